"""Models of reservoirpy 0.4.2 with given matrices: graphs.json, to be compared with Tanren's. Run in this folder."""

import json

import numpy as np
from reservoirpy.nodes import NVAR, Input, Reservoir, Ridge

STEPS, FIT, WARMUP = 90, 60, 10
r = np.random.RandomState(11)
t = np.arange(STEPS)
X = np.stack([np.sin(0.3 * t), np.cos(0.17 * t)], 1)
Y = np.stack([np.sin(0.3 * (t + 1)), np.cos(0.31 * t)], 1)


def weights(units, inputs):
    return {
        "W": (r.random_sample((units, units)) < 0.4) * r.randn(units, units) * 0.5,
        "Win": r.uniform(-1, 1, (units, inputs)),
        "bias": r.uniform(-0.3, 0.3, units),
    }


def reservoir(given, rate):
    return Reservoir(lr=rate, **{name: np.copy(value) for name, value in given.items()})


def outputs(model):
    """Fits on the first steps, then runs over the others."""
    model.fit(X[:FIT], Y[:FIT], warmup=WARMUP)
    return model.run(X[FIT:])


def readout(node):
    return np.vstack([node.Wout, node.bias])


A, B, C, D = weights(12, 2), weights(9, 12), weights(12, 4), weights(9, 2)
data = {"inputs": X, "targets": Y, "fit": FIT, "warmup": WARMUP}
for name, given in {"a": A, "b": B, "c": C, "d": D}.items():
    data[name] = {"recurrent": given["W"], "input": given["Win"].T, "bias": given["bias"]}

node = Ridge(ridge=1e-3)
data["deep"] = outputs(reservoir(A, 0.3) >> reservoir(B, 0.6) >> node)
data["deep_readout"] = readout(node)
# The readout sees both layers.
first, node = reservoir(A, 0.3), Ridge(ridge=1e-3)
second = reservoir(B, 0.6)
data["layers"] = outputs((first >> second) & ([first, second] >> node))
node = Ridge(ridge=1e-3)
data["wide"] = outputs(Input() >> [reservoir(A, 0.3), reservoir(D, 0.6)] >> node)
# Outputs fed back to the reservoir beside the inputs.
first, node = reservoir(C, 0.3), Ridge(ridge=1e-3)
data["feedback"] = outputs((first >> node) & (first << node))
data["feedback_readout"] = readout(node)
# A reservoir fed back to the one before it, by a plain loop: reservoirpy can't begin it without a teacher.
F = weights(12, 2 + 9)
data["f"] = {"recurrent": F["W"], "input": F["Win"].T, "bias": F["bias"]}
x, y, data["loop"] = np.zeros(12), np.zeros(9), []
for u in X:
    x = 0.7 * x + 0.3 * np.tanh(F["W"] @ x + F["Win"] @ np.hstack([u, y]) + F["bias"])
    y = 0.4 * y + 0.6 * np.tanh(B["W"] @ y + B["Win"] @ x + B["bias"])
    data["loop"].append(y)
# Three steps of delay between two reservoirs.
states = reservoir(A, 0.3).run(X)
data["delay"] = reservoir(B, 0.6).run(np.vstack([np.zeros((3, 12)), states[:-3]]))
# A reservoir behind a readout: it learns from the teacher's values.
node, last = Ridge(ridge=1e-3, name="first"), Ridge(ridge=1e-3, name="last")
two = reservoir(A, 0.3) >> node >> reservoir(D, 0.6) >> last
two.fit(X[:FIT], {"first": Y[:FIT], "last": X[:FIT]}, warmup=WARMUP)
data["two_readouts"] = two.run(X[FIT:])
node = Ridge(ridge=1e-3)
data["nvar"] = outputs(NVAR(delay=3, order=2, strides=2) >> node)


def plain(value):
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return np.asarray(value).tolist()


with open("graphs.json", "w") as file:
    json.dump(plain(data), file)
