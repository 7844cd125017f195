#!/usr/bin/env python3
"""Cross-validated scores of scikit-learn's MLPClassifier and MLPRegressor, on the folds that Tanren's `table` makes.

    Benchmarks/tables_sklearn.py FOLDER        the folder with wine.csv, breast_cancer.csv and diabetes.csv

Settings are those of the plans in Examples/Tables: one hidden layer of 32 ReLUs, Adam with a learning rate of 0.001, batches of
32, an L2 penalty of 1e-4, Glorot's initialization; 100 epochs for the classes, 300 for diabetes. Three repetitions of ten folds, each
run with a seed of its own.
Needs scikit-learn.
"""

import csv
import sys
import warnings

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TABLES = [("wine.csv", "cultivar", 100), ("breast_cancer.csv", "diagnosis", 100), ("diabetes.csv", "progression", 300)]
FOLDS, RUNS = 10, 30


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    for name, target, epochs in TABLES:
        with open(f"{sys.argv[1]}/{name}", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        texts = [row[target] for row in rows]
        is_regression = all(is_number(text) for text in texts)
        targets = np.array([float(text) for text in texts]) if is_regression else np.array(texts)
        columns = [column for column in rows[0] if column != target]
        numbers = [index for index, column in enumerate(columns) if all(is_number(row[column]) for row in rows)]
        others = [index for index in range(len(columns)) if index not in numbers]
        inputs = np.array([[row[column] for column in columns] for row in rows], dtype=object)
        inputs[:, numbers] = inputs[:, numbers].astype(float)
        scores = []
        for fold in range(RUNS):
            train, test = divide(None if is_regression else targets, len(rows), fold)
            kind = MLPRegressor if is_regression else MLPClassifier
            network = kind(
                hidden_layer_sizes=(32,), activation="relu", solver="adam", learning_rate_init=1e-3, batch_size=32, alpha=1e-4,
                max_iter=epochs, tol=0, n_iter_no_change=epochs, random_state=fold)
            model = make_pipeline(make_column_transformer((StandardScaler(), numbers), (OneHotEncoder(), others)), network)
            model.fit(inputs[train], targets[train])
            score = r2_score if is_regression else accuracy_score
            scores.append(score(targets[test], model.predict(inputs[test])))
        print(f"{name}: mean {np.mean(scores):.4f}, standard deviation {np.std(scores, ddof=1):.4f};",
              " ".join(f"{score:.4f}" for score in scores), flush=True)


def divide(classes, count, fold):
    """The rows for training and testing: rows shuffled class by class, then dealt one after the other."""
    random = np.random.RandomState(fold // FOLDS)
    groups = [np.arange(count)] if classes is None else [np.flatnonzero(classes == name) for name in np.unique(classes)]
    order = np.concatenate([random.permutation(group) for group in groups])
    test = np.sort(order[fold % FOLDS::FOLDS])
    return np.setdiff1d(np.arange(count), test), test


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


main()
