"""Series of dynamical systems by reservoirpy 0.4.2, integrated to 12 digits: systems.json, to be compared with Tanren's. Run in this folder.

reservoirpy divides its time by one step too few, so each h is made a little smaller.
"""

import json

import numpy as np
from reservoirpy import datasets

COUNT = 21
EXACT = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-12}


def sampled(series, step, **options):
    return series(COUNT, h=step * (COUNT - 1) / COUNT, **options, **EXACT)


data = {
    "lorenz": sampled(datasets.lorenz, 0.05),
    "rossler": sampled(datasets.rossler, 0.2),
    "doubleScroll": sampled(datasets.doublescroll, 0.25),
    "multiScroll": sampled(datasets.multiscroll, 0.02),
    "rabinovichFabrikant": sampled(datasets.rabinovich_fabrikant, 0.1),
    # Its time is multiplied by h twice.
    "lorenz96": datasets.lorenz96(COUNT, N=8, h=np.sqrt(0.05 * (COUNT - 1) / COUNT), **EXACT),
    "henon": datasets.henon_map(COUNT),
    "logistic": datasets.logistic_map(COUNT),
    "kuramotoSivashinsky": datasets.kuramoto_sivashinsky(COUNT, N=64, M=16, h=0.25),
}
# What the settings of many published series make, errors included.
for name, series, step in [("lorenz", datasets.lorenz, 0.025), ("doubleScroll", datasets.doublescroll, 0.25)]:
    data[name + "RK23"] = series(60, h=step * 59 / 60, method="RK23")[:50]
with open("systems.json", "w") as file:
    json.dump({name: np.ravel(value).tolist() for name, value in data.items()}, file)
