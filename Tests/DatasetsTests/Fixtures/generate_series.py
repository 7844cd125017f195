"""Time series by plain NumPy: series.json, to be compared with Tanren's. Run in this folder."""

import json

import numpy as np


def mackey_glass(method, count, tau=17.0, h=0.1, every=10, skipped=1000, start=1.2):
    delay = round(tau / h)
    y = [start] * (delay + 1)  # y[-1] is now, y[-1 - delay] the delayed one

    def f(now, late):
        return 0.2 * late / (1 + late**10) - 0.1 * now

    for _ in range((count + skipped) * every):
        now, a = y[-1], y[-1 - delay]
        b = y[-delay] if delay > 0 else now
        if method == "euler":
            y.append(now + h * f(now, a))
        else:
            m = (a + b) / 2
            k1 = f(now, a)
            k2 = f(now + h * k1 / 2, m)
            k3 = f(now + h * k2 / 2, m)
            k4 = f(now + h * k3, b)
            y.append(now + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return np.array(y)[delay::every][skipped:skipped + count]


def lorenz(count, h=0.02, skipped=0):
    def f(p):
        return np.array([10 * (p[1] - p[0]), p[0] * (28 - p[2]) - p[1], p[0] * p[1] - 8 / 3 * p[2]])

    p, rows = np.ones(3), []
    for i in range(count + skipped):
        if i >= skipped:
            rows.append(p)
        k1 = f(p)
        k2 = f(p + h * k1 / 2)
        k3 = f(p + h * k2 / 2)
        k4 = f(p + h * k3)
        p = p + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.array(rows)


def narma(u, n=10):
    y = np.zeros(len(u) + 1)
    for t in range(n - 1, len(u)):
        y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * y[t - n + 1:t + 1].sum() + 1.5 * u[t - n + 1] * u[t] + 0.1
    return y[1:]


u = 0.5 * np.random.RandomState(1).random_sample(60)
data = {
    # A chaotic system keeps digits for a while only: few steps are left out.
    "euler": mackey_glass("euler", 100, skipped=20), "rungeKutta": mackey_glass("rungeKutta", 100, skipped=20),
    "euler30": mackey_glass("euler", 50, tau=30, skipped=20), "lorenz": lorenz(100).ravel(),
    "narmaInputs": u, "narma": narma(u),
}
with open("series.json", "w") as file:
    json.dump({name: value.tolist() for name, value in data.items()}, file)
