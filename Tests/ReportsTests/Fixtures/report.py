"""Three arms over eight seeds, and what SciPy makes of their last epochs. Writes report.json beside itself."""

import itertools
import json
import pathlib

import numpy as np
from scipy import stats

random = np.random.default_rng(7)
seeds = list(range(3, 11))
common = random.normal(0, 0.002, len(seeds))
ends = {"base": 0.97, "better": 0.974, "alike": 0.9702}
epochs = 6
arms = {}
for name, end in ends.items():
    runs = {}
    for seed, shift in zip(seeds, common):
        curve = end + shift - 0.08 * np.exp(-np.arange(1, epochs + 1)) + random.normal(0, 0.0008, epochs)
        runs[seed] = [round(float(value), 4) for value in curve]
    arms[name] = runs


def last(name):
    return np.array([arms[name][seed][-1] for seed in seeds])


def interval(values):
    margin = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return [float(values.mean() - margin), float(values.mean() + margin)]


def sign_flip(differences):
    observed = abs(differences.sum())
    sums = [abs((np.array(signs) * differences).sum()) for signs in itertools.product([-1, 1], repeat=len(differences))]
    return sum(total >= observed * (1 - 1e-12) for total in sums) / len(sums)


expected = {"arms": {}, "comparisons": {}}
for name in arms:
    values = last(name)
    margin = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) * np.sqrt(1 + 1 / len(values))
    expected["arms"][name] = {
        "mean": float(values.mean()),
        "interval": interval(values),
        "median": float(np.median(values)),
        "quartiles": [float(q) for q in np.quantile(values, [0.25, 0.75])],
        "best": float(np.mean([max(curve) for curve in arms[name].values()])),
        "prediction": [float(values.mean() - margin), float(values.mean() + margin)],
        "epochs_to_0.96": float(
            np.median([next((i + 1 for i, v in enumerate(curve) if v >= 0.96), np.inf) for curve in arms[name].values()])
        ),
    }
raw = {name: sign_flip(last(name) - last("base")) for name in ["better", "alike"]}
ordered = sorted(raw, key=raw.get)
holm, largest = {}, 0.0
for place, name in enumerate(ordered):
    largest = max(largest, min(1, (len(ordered) - place) * raw[name]))
    holm[name] = largest
for name in raw:
    differences = last(name) - last("base")
    wins = (last(name)[:, None] > last("base")).mean() + 0.5 * (last(name)[:, None] == last("base")).mean()
    expected["comparisons"][name] = {
        "difference": float(differences.mean()),
        "interval": interval(differences),
        "p": raw[name],
        "holm": holm[name],
        "probability": float(wins),
    }

document = {"seeds": seeds, "arms": {n: {str(s): c for s, c in r.items()} for n, r in arms.items()}, "expected": expected}
path = pathlib.Path(__file__).with_name("report.json")
path.write_text(json.dumps(document, indent=1) + "\n")
