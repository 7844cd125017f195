#!/usr/bin/env python3
"""Compares Tanren's TPE with Optuna's on test functions and on a small real search: a table for docs/search.md.

    swift build -c release --product sampler-worker
    python Benchmarks/samplers/compare.py .build/release/sampler-worker

Needs optuna (5.0.0) and scikit-learn. Every search has the same number of trials; the table has the median over repeats of
the best loss so far. Optuna's sampler has its defaults, which since version 5 are those of the multivariate estimator.
"""

import argparse
import json
import math
import subprocess
import warnings

import numpy as np
import optuna
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

HARTMANN_SCALES = np.array(
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
HARTMANN_CENTRES = np.array(
    [[0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
     [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]])
HARTMANN_WEIGHTS = np.array([1, 1.2, 3, 3.2])


def sphere(*x):
    return sum(v * v for v in x)


def rosenbrock(*x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def branin(x, y):
    """Minus its minimum, as Hartmann's function below."""
    parabola = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return parabola**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10 - 0.397887


def hartmann(*x):
    exponents = (HARTMANN_SCALES * (np.array(x) - HARTMANN_CENTRES) ** 2).sum(axis=1)
    return 3.32237 - float((HARTMANN_WEIGHTS * np.exp(-exponents)).sum())


def rastrigin(*x):
    return sum(v * v - 10 * math.cos(2 * math.pi * v) + 10 for v in x)


def mixed(rate, units, layers, momentum, activation):
    """As settings of a network depend on each other: a rate for each momentum."""
    step = math.log10(rate / (1 - momentum)) + 1
    penalty = {"relu": 0.3, "tanh": 0.8, "swish": 0, "mish": 0.1}[activation]
    return step**2 + (math.log2(units / 96) / 3) ** 2 + 0.1 * (layers - 3) ** 2 + (momentum - 0.9) ** 2 + penalty


DIGITS, LABELS = load_digits(return_X_y=True)
DIGITS = DIGITS / 16


def network(rate, penalty, units, batch, momentum, activation):
    """The validation loss of a small network on pictures of digits."""
    model = MLPClassifier(
        (units,), activation=activation, solver="sgd", alpha=penalty, batch_size=batch, learning_rate_init=rate,
        momentum=momentum, max_iter=8, n_iter_no_change=100, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.fit(DIGITS[:500], LABELS[:500])
            return float(log_loss(LABELS[500:1000], model.predict_proba(DIGITS[500:1000]), labels=range(10)))
        except ValueError:  # diverged
            return 1e3


# Name: function, scales, trials.
SEARCHES = {
    "sphere, 5 settings": (sphere, [("linear", -5, 10)] * 5, 100),
    "Rosenbrock, 4": (rosenbrock, [("linear", -5, 10)] * 4, 100),
    "Branin, 2": (branin, [("linear", -5, 10), ("linear", 0, 15)], 100),
    "Hartmann, 6": (hartmann, [("linear", 0, 1)] * 6, 100),
    "Rastrigin, 5": (rastrigin, [("linear", -5.12, 5.12)] * 5, 100),
    "mixed scales, 5": (
        mixed, [("log", 1e-5, 1), ("integer log", 4, 512), ("integer", 1, 6), ("linear", 0, 0.99),
                ("choice", "relu", "tanh", "swish", "mish")], 100),
    "network on digits, 6": (
        network, [("log", 1e-4, 1), ("log", 1e-6, 1), ("integer log", 8, 64), ("integer log", 8, 128),
                  ("linear", 0, 0.99), ("choice", "relu", "tanh", "logistic")], 50),
}


class Tanren:
    def __init__(self, program, sampler):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.sampler = sampler

    def ask(self, *words):
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return [self.number(word) for word in self.process.stdout.readline().rstrip("\n").split("\t")]

    @staticmethod
    def number(word):
        try:
            return int(word) if word.lstrip("-").isdigit() else float(word)
        except ValueError:
            return word

    def losses(self, function, scales, trials, seed):
        texts = []
        for kind, *ends in scales:
            name, *log = kind.split()
            texts.append(f"{name}({', '.join(map(str, ends))}{', log: true' if log else ''})")
        values, losses = self.ask("search", self.sampler, seed, *texts), []
        for _ in range(trials):
            losses.append(function(*values))
            values = self.ask("tell", losses[-1])
        return losses


class Optuna:
    def losses(self, function, scales, trials, seed):
        def objective(trial):
            values = []
            for place, (kind, *ends) in enumerate(scales):
                name = f"setting{place}"
                if kind == "choice":
                    values.append(trial.suggest_categorical(name, ends))
                elif kind.startswith("integer"):
                    values.append(trial.suggest_int(name, *ends, log=kind.endswith("log")))
                else:
                    values.append(trial.suggest_float(name, *ends, log=kind == "log"))
            return function(*values)

        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
        study.optimize(objective, n_trials=trials)
        return [trial.value for trial in study.trials]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the built sampler-worker")
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--only", default="", help="the searches whose names contain this")
    parser.add_argument("--out", help="a JSON file for every loss")
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    contestants = {
        "random": Tanren(options.program, "random"), "Optuna's TPE": Optuna(), "Tanren's `tpe`": Tanren(options.program, "tpe")}
    print("| search | trials | " + " | ".join(contestants) + " |\n|---" + "|---:" * (1 + len(contestants)) + "|")
    record = {}
    for name, (function, scales, trials) in SEARCHES.items():
        if options.only not in name:
            continue
        best = {}
        for contestant, runner in contestants.items():
            runs = [runner.losses(function, scales, trials, seed) for seed in range(options.repeats)]
            best[contestant] = np.minimum.accumulate(runs, axis=1)
        record[name] = {contestant: curves.tolist() for contestant, curves in best.items()}
        for count in [trials // 2, trials]:
            medians = [f"{np.median(curves[:, count - 1]):.3g}" for curves in best.values()]
            print(f"| {name} | {count} | " + " | ".join(medians) + " |", flush=True)
    if options.out:
        with open(options.out, "w") as file:
            json.dump(record, file)


main()
