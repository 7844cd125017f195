"""Writes numpy_random_state.json: streams of numpy.random.RandomState, as hexadecimal bit patterns.

Run: python3 numpy_random_state.py   (NumPy 1.17 or later; the legacy streams are frozen)
"""
import json
import pathlib

import numpy as np


def bits(values):
    return [format(v, "016x") for v in np.asarray(values, dtype=np.float64).view(np.uint64).tolist()]


def fnv1a(array):
    """64-bit FNV-1a over the little-endian bytes of an array of 8-byte elements."""
    digest = 0xCBF29CE484222325
    for byte in array.tobytes():
        digest = ((digest ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return format(digest, "016x")


def record(seed):
    r = np.random.RandomState
    entry = {"seed": seed}
    entry["randomSample"] = bits(r(seed).random_sample(20))
    entry["uniform"] = bits(r(seed).uniform(-2.5, 4.25, 20))
    entry["randn"] = bits(r(seed).randn(21))
    entry["normal"] = bits(r(seed).normal(3.0, 0.25, 5))
    entry["randomSampleDigest"] = fnv1a(r(seed).random_sample(200_000))
    entry["randnDigest"] = fnv1a(r(seed).randn(100_001))
    order = np.arange(60_000)
    state = r(seed)
    state.shuffle(order)
    entry["shuffleDigest"] = fnv1a(order)
    state.shuffle(order)
    entry["secondShuffleDigest"] = fnv1a(order)
    entry["permutation"] = r(seed).permutation(10).tolist()
    for name, low, high in [("small", 0, 10), ("negative", -7, 8), ("one", 5, 6), ("word", 0, 2**32),
                            ("wide", -(2**40), 2**41), ("whole", -(2**63), 2**63 - 1)]:
        entry["randint_" + name] = {
            "low": str(low), "high": str(high),
            "values": [str(v) for v in r(seed).randint(low, high, 12, dtype=np.int64).tolist()]}
    entry["choice"] = r(seed).choice(100, 8).tolist()
    entry["choiceWithoutReplacement"] = r(seed).choice(100, 8, replace=False).tolist()
    # Weights, then shuffles, from one state whose odd normal draw leaves a value kept.
    mixed = r(seed)
    normals = mixed.randn(3)
    order = np.arange(9)
    mixed.shuffle(order)
    entry["mixed"] = {"normals": bits(normals), "order": order.tolist(), "next": bits([mixed.randn()])[0]}
    return entry


if __name__ == "__main__":
    data = {"streams": [record(seed) for seed in (0, 1, 10, 12345, 2**32 - 1)]}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(data, indent=1) + "\n")
