"""Nodes of reservoirpy 0.4.2 with given matrices: nodes.json, to be compared with Tanren's. Run in this folder."""

import json

import numpy as np
from reservoirpy.nodes import ES2N, LIF, LMS, NVAR, RLS, IPReservoir, Reservoir, Ridge

r = np.random.RandomState(5)
N, STEPS = 12, 40
W = (r.random_sample((N, N)) < 0.4) * r.randn(N, N) * 0.5
W_IN = r.uniform(-1, 1, (N, 2))
BIAS = r.uniform(-0.3, 0.3, N)
O = np.linalg.qr(r.randn(N, N))[0]
t = np.arange(STEPS)
X = np.stack([np.sin(0.3 * t), np.cos(0.17 * t)], 1)
Y = np.stack([np.sin(0.3 * (t + 1)), np.cos(0.31 * t)], 1)

given = {"W": W, "Win": W_IN, "bias": BIAS}
data = {"recurrent": W, "input": W_IN.T, "bias": BIAS, "rotation": O, "inputs": X, "targets": Y}
for name in ["tanh", "sigmoid", "relu", "identity", "softplus"]:
    small = {**given, "W": 0.3 * W} if name in ("relu", "identity", "softplus") else given
    data[name] = Reservoir(lr=0.3, activation=name, **small).run(X)
data["es2n"] = ES2N(proximity=0.2, O=O, **given).run(X)
# Positive weights make units fire.
data["lif"] = LIF(lr=0.1, W=np.abs(W), Win=np.abs(W_IN)).run(X)
for name, activation, options in [("ip_normal", "tanh", {"mu": 0.1, "sigma": 0.3}), ("ip_exponential", "sigmoid", {"mu": 0.2})]:
    node = IPReservoir(activation=activation, learning_rate=1e-2, epochs=2, **options, **{k: np.copy(v) for k, v in given.items()})
    node.fit(X)
    node.state = {"internal": np.zeros(N), "out": np.zeros(N)}
    data[name] = node.run(X)
nvar = NVAR(delay=3, order=2, strides=2)
data["nvar"] = nvar.run(X)
states = Reservoir(lr=0.3, **given).run(X)
ridge = Ridge(ridge=1e-3).fit(states, Y)
data["ridge"] = np.vstack([ridge.Wout, ridge.bias])
lms = LMS(learning_rate=0.05)
lms.initialize(states, Y)
lms.partial_fit(states, Y)
data["lms"] = np.vstack([lms.Wout, lms.bias])
# Its bias isn't part of the recursion: a column of ones is.
ones = np.hstack([states, np.ones((STEPS, 1))])
rls = RLS(alpha=1e-2, fit_bias=False)
rls.initialize(ones, Y)
rls.partial_fit(ones, Y)
data["rls"] = rls.Wout


def oja(weights, eta, normalizes):
    """Local plasticity by plain loops: reservoirpy's never moves its state while it learns."""
    w, x = weights.copy(), np.zeros(N)
    there = weights != 0
    for u in X:
        y = np.tanh(w @ x + W_IN @ u + BIAS)
        w += eta * there * (y[:, None] * (x[None, :] - y[:, None] * w))
        if normalizes:
            length = np.sqrt((w**2).sum(1, keepdims=True))
            w /= np.where(length > 0, length, 1)
        x = y
    return w


data["oja"], data["oja_normalized"] = oja(W, 0.05, False), oja(W, 0.05, True)
with open("nodes.json", "w") as file:
    json.dump({name: np.asarray(value).tolist() for name, value in data.items()}, file)
