"""Conceptors by plain NumPy, and readouts of classes by SciPy: conceptors.json, to be compared with Tanren's. Run in this folder."""

import json

import numpy as np
from scipy.optimize import minimize

r = np.random.RandomState(7)
N, STEPS, WASHOUT, ALPHA, LOADING, RIDGE = 20, 160, 40, 4.0, 1e-3, 1e-3
W = (r.random_sample((N, N)) < 0.4) * r.randn(N, N)
W *= 1.2 / np.abs(np.linalg.eigvals(W)).max()
W_IN, BIAS = r.uniform(-1.2, 1.2, (N, 1)), r.uniform(-0.3, 0.3, N)
t = np.arange(STEPS)
PATTERNS = [np.sin(0.5 * t)[:, None], np.sin(0.73 * t)[:, None]]


def drive(u):
    x, states = np.zeros(N), []
    for value in u:
        x = np.tanh(W @ x + W_IN @ value + BIAS)
        states.append(x)
    return np.array(states)


def conceptor(states):
    correlations = states.T @ states / len(states)
    return correlations @ np.linalg.inv(correlations + np.eye(N) / ALPHA**2)


def conjunction(c, b):
    """Jaeger 2014, definition 4 by its appendix: on the intersection of the ranges."""

    def null(matrix):
        values, vectors = np.linalg.eigh(matrix)
        return vectors[:, np.abs(values) < 1e-12]

    nulls = np.hstack([null(c), null(b)])
    vectors, sizes, _ = np.linalg.svd(nulls @ nulls.T)
    common = vectors[:, sizes < 1e-12]
    inner = common.T @ (np.linalg.pinv(c, rcond=1e-13) + np.linalg.pinv(b, rcond=1e-13) - np.eye(N)) @ common
    return common @ np.linalg.inv(inner) @ common.T


before, sums, after, targets, conceptors, ends = [], [], [], [], [], []
for u in PATTERNS:
    states = drive(u)
    old, new, own = states[WASHOUT:-1], states[WASHOUT + 1:], u[WASHOUT + 1:]
    before.append(old)
    sums.append(old @ W.T + own @ W_IN.T)
    after.append(new)
    targets.append(own)
    conceptors.append(conceptor(new))
    ends.append(states[-1])
before, sums, after, targets = map(np.vstack, [before, sums, after, targets])
loaded = np.linalg.solve(before.T @ before + LOADING * np.eye(N), before.T @ sums)
ones = np.hstack([after, np.ones((len(after), 1))])
readout = np.linalg.solve(ones.T @ ones + RIDGE * np.eye(N + 1), ones.T @ targets)


def recall(c, x, steps=40):
    outputs = []
    for _ in range(steps):
        x = c @ np.tanh(x @ loaded + BIAS)
        outputs.append(x @ readout[:-1] + readout[-1])
    return np.array(outputs)


C, B = conceptors
widened = C @ np.linalg.inv(C + (np.eye(N) - C) / 3.0**2)
# Of low rank: directions that are left out entirely.
projection = np.linalg.qr(r.randn(N, 12))[0]
low = projection @ np.diag(np.linspace(0.1, 0.9, 12)) @ projection.T
data = {
    "recurrent": W, "input": W_IN.T, "bias": BIAS, "patterns": PATTERNS, "conceptors": conceptors, "readout": readout,
    "loaded": loaded, "first": recall(C, ends[0]), "second": recall(B, ends[1]),
    "between": recall(0.4 * C + 0.6 * B, ends[1]), "widened": widened, "low": low,
    "and": conjunction(C, B), "or": np.eye(N) - conjunction(np.eye(N) - C, np.eye(N) - B), "and_low": conjunction(C, low),
}

ROWS, LAMBDA = 60, 0.7
X = r.randn(ROWS, 5)
LABELS = (X @ r.randn(5, 3) + 0.8 * r.randn(ROWS, 3)).argmax(1)
ONE_HOT = np.eye(3)[LABELS]
X1 = np.hstack([X, np.ones((ROWS, 1))])


def minimum(loss, outputs, penalizes_bias):
    """The weights with the least loss, by a quasi-Newton method and then Newton's own with the derivatives by differences."""
    mask = np.ones((6, outputs))
    if not penalizes_bias:
        mask[-1] = 0

    def whole(w):
        w = w.reshape(6, outputs)
        value, scores = loss(X1 @ w)
        return value + LAMBDA / 2 * (mask * w**2).sum(), (X1.T @ scores + LAMBDA * mask * w).ravel()

    found = minimize(whole, np.zeros(6 * outputs), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 10000}).x
    for _ in range(3):
        size = len(found)
        hessian = np.array([(whole(found + 1e-6 * e)[1] - whole(found - 1e-6 * e)[1]) / 2e-6 for e in np.eye(size)])
        found = found - np.linalg.lstsq(hessian, whole(found)[1], rcond=1e-6)[0]
    assert np.abs(whole(found)[1]).max() < 1e-9, np.abs(whole(found)[1]).max()
    found = found.reshape(6, outputs)
    if not penalizes_bias and outputs > 1:
        # They are free up to a number for all classes.
        found[-1] -= found[-1].mean()
    return found


def multinomial(scores):
    top = scores.max(1, keepdims=True)
    exp = np.exp(scores - top)
    p = exp / exp.sum(1, keepdims=True)
    return -np.log(p[np.arange(ROWS), LABELS]).sum(), p - ONE_HOT


def binary(scores):
    y = ONE_HOT[:, :1]
    return (np.logaddexp(0, scores) - y * scores).sum(), 1 / (1 + np.exp(-scores)) - y


def hinge(scores):
    y = 2 * ONE_HOT - 1
    margin = np.maximum(0, 1 - y * scores)
    return (margin**2).sum(), -2 * y * margin


data |= {
    "rows": X, "one_hot": ONE_HOT, "lambda": LAMBDA, "logistic": minimum(multinomial, 3, False),
    "logistic_bias": minimum(multinomial, 3, True), "binary": minimum(binary, 1, False),
    "hinge": minimum(hinge, 3, True),
}
with open("conceptors.json", "w") as file:
    json.dump({name: np.asarray(value).tolist() for name, value in data.items()}, file)
