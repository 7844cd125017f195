"""Echo state networks by plain NumPy: networks.json, to be compared with Tanren's.

Draws come from numpy.random.RandomState in the order that ReservoirDraws.numPy documents. Run in this folder.
"""

import json

import numpy as np


def draw(r, n, p, gain, inputs, outputs, feedback, input_scale, feedback_scale, bias_scale):
    w = (r.random_sample((n, n)) < p) * r.randn(n, n) * gain / np.sqrt(p * n)
    w_in = input_scale * (2 * r.random_sample((n, inputs)) - 1) if inputs else np.zeros((n, 0))
    w_fb = feedback_scale * (2 * r.random_sample((n, outputs)) - 1) if feedback else np.zeros((n, 0))
    bias = bias_scale * (2 * r.random_sample(n) - 1) if bias_scale else np.zeros(n)
    untrained = np.sqrt(6 / (n + outputs)) * (2 * r.random_sample((n, outputs)) - 1)
    return w, w_in, w_fb, bias, untrained


def run(x, w, w_in, w_fb, bias, leak, inputs, fed_back, noise):
    states = []
    for t in range(len(noise)):
        total = w @ x + bias + noise[t]
        if w_in.shape[1]:
            total = total + w_in @ inputs[t]
        if w_fb.shape[1]:
            total = total + w_fb @ fed_back[t]
        x = (1 - leak) * x + leak * np.tanh(total)
        states.append(x)
    return np.array(states)


def small():
    """Two inputs, two outputs, feedback, bias, leak, centred noise."""
    n, steps, washout, free, leak, lam = 30, 60, 10, 8, 0.6, 1e-3
    r = np.random.RandomState(3)
    w, w_in, w_fb, bias, _ = draw(r, n, 0.2, 0.8, 2, 2, True, 0.4, 0.7, 0.1)
    t = np.arange(steps + free + 1)
    inputs = np.stack([np.sin(0.3 * t), np.cos(0.17 * t)], 1)
    teacher = np.stack([np.sin(0.2 * t), 0.5 * np.cos(0.31 * t)], 1)
    noise = 1e-3 * (2 * r.random_sample((steps, n)) - 1)
    states = run(np.zeros(n), w, w_in, w_fb, bias, leak, inputs, teacher, noise)
    x = np.hstack([states, np.ones((steps, 1))])[washout:]
    d = teacher[1 + washout:steps + 1]
    readouts = {
        "all": np.linalg.solve(x.T @ x + lam * np.eye(n + 1), x.T @ d),
        "units": np.linalg.solve(x.T @ x + lam * np.diag([1.0] * n + [0.0]), x.T @ d),
        "pinv": np.linalg.pinv(x.T @ x + lam * np.eye(n + 1), rcond=1e-3) @ x.T @ d,
    }
    q, u = np.linalg.qr(np.vstack([x, np.sqrt(1e-9) * np.eye(n + 1)]))
    readouts["qr"] = np.linalg.solve(u, q.T @ np.vstack([d, np.zeros((n + 1, 2))]))
    readout, state, generated = readouts["all"], states[-1], []
    z = np.append(state, 1) @ readout
    for k in range(free):
        state = run(state, w, w_in, w_fb, bias, leak, inputs[steps + k:steps + k + 1], [z], 1e-3 * (2 * r.random_sample((1, n)) - 1))[0]
        z = np.append(state, 1) @ readout
        generated.append(z)
    # Blocked cross-validation, fold by fold.
    lambdas, folds, errors = [1e-6, 1e-3, 1e-1, 10.0], 4, []
    for candidate in lambdas:
        error = 0.0
        for f in range(folds):
            held = np.arange(f * len(x) // folds, (f + 1) * len(x) // folds)
            rest = np.setdiff1d(np.arange(len(x)), held)
            v = np.linalg.solve(x[rest].T @ x[rest] + candidate * np.eye(n + 1), x[rest].T @ d[rest])
            error += np.sum((x[held] @ v - d[held]) ** 2)
        errors.append(error)
    # Recursive least squares ends where ridge regression with the same penalty does.
    full = np.hstack([states, np.ones((steps, 1))])
    online = np.linalg.solve(full.T @ full + lam * np.eye(n + 1), full.T @ teacher[1:steps + 1])
    return {
        "recurrent": w, "radius": np.abs(np.linalg.eigvals(w)).max(), "inputs": inputs, "teacher": teacher,
        "states": states, "generated": np.array(generated), "best": lambdas[int(np.argmin(errors))], "online": online,
        **{f"readout_{name}": value for name, value in readouts.items()},
    }


def article():
    """The run of the recipe esn-sine without its input, which is 0: the first 200 free steps."""
    n, p, lam, s, washout, learned, free = 1000, 0.05, 1e-5, 1e-8, 2000, 5000, 200
    r = np.random.RandomState(0)
    w, w_in, w_fb, bias, _ = draw(r, n, p, 0.6, 0, 1, True, 0.5, 0.3, 0)
    d = np.sin(2 * np.pi / 240 * np.arange(10001))[:, None]
    x, states = np.zeros(n), []
    for t in range(learned):
        x = np.tanh(w @ x + w_fb[:, 0] * d[t] + s * r.random_sample(n))
        states.append(x)
    rows = np.hstack([np.array(states), np.ones((learned, 1))])[washout:]
    gram = rows.T @ rows + lam * np.eye(n + 1)
    # No eigenvalue lies below TensorFlow's cutoff, so this is the pseudo-inverse's solution. np.linalg.pinv itself
    # loses digits on the way (its free run is 3e-3 off after 200 steps), while solve and QR agree to 2e-9.
    readout = np.linalg.solve(gram, rows.T @ d[washout + 1:learned + 1])
    z, generated = np.append(x, 1) @ readout, []
    for _ in range(free):
        x = np.tanh(w @ x + w_fb[:, 0] * z + s * r.random_sample(n))
        z = np.append(x, 1) @ readout
        generated.append(z[0])
    return {"generated": np.array(generated), "last": states[-1]}


def main():
    data = {"small": small(), "article": article()}
    lists = {name: {key: np.asarray(value).tolist() for key, value in part.items()} for name, part in data.items()}
    with open("networks.json", "w") as file:
        json.dump(lists, file)


main()
