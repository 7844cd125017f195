"""Floating-point operations and bytes that a training step can't do without, and what the machine can do at most.

Operations are those of products and convolutions as they are defined: Winograd's algorithm does with fewer, so a convolution can be
above the roof. Bytes are those of a step whose every array travels once to each place that needs it: parameters are read forwards and
backwards and written once, what a layer gives is written once and read twice.
"""

import json
import subprocess

PEAKS = """
import json, time
import numpy as np
def best(work, amount):
    work()
    times = []
    for _ in range(7):
        start = time.perf_counter(); work(); times.append(time.perf_counter() - start)
    return amount / min(times)
n, random = 2048, np.random.default_rng(0)
f64 = random.random((n, n)); f32 = f64.astype(np.float32); out32, out64 = np.empty_like(f32), np.empty_like(f64)
source = np.zeros(32_000_000, np.float64); target = np.ones_like(source)
print(json.dumps({"f32": best(lambda: np.matmul(f32, f32, out32), 2 * n ** 3), "f64": best(lambda: np.matmul(f64, f64, out64), 2 * n ** 3),
                  "copy": best(lambda: np.copyto(target, source), 2 * source.nbytes)}))
"""


def peaks(python):
    """Operations a second of a product of matrices of 2,048 rows in f32 and f64, and bytes a second, read and written, of a copy."""
    return json.loads(subprocess.run([python, "-c", PEAKS], check=True, capture_output=True, text=True).stdout)


def dense(batch, sizes):
    """A step of dense layers: (operations, bytes)."""
    pairs = list(zip(sizes, sizes[1:]))
    operations = sum((4 if index == 0 else 6) * batch * i * o for index, (i, o) in enumerate(pairs))
    numbers = 3 * sum((i + 1) * o for i, o in pairs) + batch * sizes[0] + 3 * batch * sum(sizes[1:])
    return operations, 4 * numbers


def convolutional(batch, convolutions, last):
    """A step of convolutions [(side of the result, kernel, channels in, channels out)] and a dense layer."""
    operations = sum((4 if index == 0 else 6) * batch * side ** 2 * kernel ** 2 * i * o for index, (side, kernel, i, o) in enumerate(convolutions))
    numbers = sum(3 * kernel ** 2 * i * o + 3 * batch * side ** 2 * o for side, kernel, i, o in convolutions)
    more = dense(batch, last)
    return operations + more[0], 4 * (numbers + batch * 32 * 32 * 3) + more[1]


def wide(depth, width):
    found, inputs = [(32, 3, 3, 16)], 16
    for group in range(3):
        side, filters = 32 >> group, (16 << group) * width
        for _ in range((depth - 4) // 6):
            found += [(side, 3, inputs, filters), (side, 3, filters, filters)] + ([(side, 1, inputs, filters)] if inputs != filters else [])
            inputs = filters
    return found


NINE = [(32, 3, 3, 64), *[(32, 3, 64, 64)] * 2, (16, 3, 64, 128), *[(16, 3, 128, 128)] * 2, (8, 3, 128, 256), *[(8, 3, 256, 256)] * 2]
WEIGHTS, STEPS, ROWS, COLUMNS = 50_000, 5000, 3000, 1001

# workload: (type, operations, bytes) of a unit.
WORK = {
    "mlp-step": ("f32", *dense(100, [784, 100, 50, 10])),
    "cnn-step": ("f32", *convolutional(100, [(30, 3, 3, 32), (13, 3, 32, 64)], [2304, 10])),
    "nine-step": ("f32", *convolutional(128, NINE, [256, 10])),
    "wrn-step": ("f32", *convolutional(64, wide(16, 4), [256, 10])),
    # Weights with their places, twelve bytes each, and states.
    "esn-drive": ("f64", STEPS * 2 * WEIGHTS, STEPS * (12 * WEIGHTS + 3 * 8 * 1000)),
    "esn-generate": ("f64", STEPS * 2 * WEIGHTS, STEPS * (12 * WEIGHTS + 3 * 8 * 1000)),
    "esn-fit": ("f64", ROWS * COLUMNS ** 2 + COLUMNS ** 3 // 3, 8 * (ROWS * COLUMNS + 2 * COLUMNS ** 2)),
}


def rows(run, peaks):
    """Of each workload of a run of Benchmarks/run: work, our best time and the nearest peer's, and the time of the roof."""
    found = []
    for result in run["results"]:
        if result["workload"] not in WORK:
            continue
        kind, operations, traffic = WORK[result["workload"]]
        ours = min((m for m in result["measured"] if m["worker"] == "tanren"), key=lambda m: m["median"], default=None)
        peers = [m for m in result["measured"] if m["worker"] != "tanren"]
        if ours is None:
            continue
        found.append({
            "workload": result["workload"], "type": kind, "operations": operations, "bytes": traffic, "seconds": ours["median"],
            "peer": min(peers, key=lambda m: m["median"])["contestant"] if peers else None,
            "peer seconds": min(m["median"] for m in peers) if peers else None,
            "roof": max(operations / peaks[kind], traffic / peaks["copy"])})
    return found
