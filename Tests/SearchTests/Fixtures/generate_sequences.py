"""Writes sequences.json: SciPy's quasi-random points, and NumPy's random numbers.

    python generate_sequences.py

Run with SciPy 1.17.1 and NumPy 2.4.6. Points are scrambled with `seed=`; `rng=` spawns another stream of the same seed.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import qmc

SEEDS = [0, 1, 42, 2**40 + 7]
POINTS = 20
TRIALS = [0, 1, 2, 3, 7, 19]


def rows(sample):
    return [sample[trial].tolist() for trial in TRIALS]


def main():
    cases = []
    for name, engine in [("halton", qmc.Halton), ("sobol", qmc.Sobol)]:
        for dimensions in [2, 5, 20]:
            for seed in SEEDS:
                # The first point of Sobol's sequence counts, so 32 are drawn.
                sample = engine(dimensions, scramble=True, seed=seed).random(32)
                cases.append({"name": name, "scramble": True, "dimensions": dimensions, "seed": seed, "points": rows(sample)})
            sample = engine(dimensions, scramble=False).random(32)
            cases.append({"name": name, "scramble": False, "dimensions": dimensions, "seed": 0, "points": rows(sample)})
    # All the rows of the table of direction numbers, and all primes, far into the sequence.
    for name, engine, dimensions in [("halton", qmc.Halton, 100), ("sobol", qmc.Sobol, 64)]:
        for scramble in [False, True]:
            sampler = engine(dimensions, scramble=scramble, seed=5)
            sampler.fast_forward(1000)
            cases.append(
                {"name": name, "scramble": scramble, "dimensions": dimensions, "seed": 5, "trials": [1000],
                 "points": sampler.random(1).tolist()})
    for seed in SEEDS:
        sample = np.random.default_rng(seed).random((32, 3))
        cases.append({"name": "random", "scramble": False, "dimensions": 3, "seed": seed, "points": rows(sample)})
    cases = [{"trials": TRIALS} | case for case in cases]
    document = {"scipy": scipy.__version__, "numpy": np.__version__}
    text = json.dumps(document)[:-1] + ', "cases": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]}\n"
    Path(__file__).with_name("sequences.json").write_text(text)
    print(len(cases), "cases,", len(text), "bytes")


main()
