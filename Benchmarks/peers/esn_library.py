"""reservoirpy's worker. Ensembles, which it doesn't have: `one-by-one`, and `parallel` by joblib, which it uses itself for
several series.
"""

import protocol

options = protocol.options()

import numpy as np
import reservoirpy
import scipy.sparse
from joblib import Parallel, delayed
from reservoirpy.nodes import Reservoir, Ridge


def reservoir(seed=0):
    recurrent, inputs = protocol.reservoir_weights(seed)
    return Reservoir(W=scipy.sparse.csr_matrix(recurrent), Win=inputs, bias=0.0)


def generate(model, value):
    outputs = np.empty(protocol.STEPS)
    for t in range(protocol.STEPS):
        value = model.step(value)
        outputs[t] = value[0]
    return outputs


def esn_drive(_):
    node, series = reservoir(), protocol.series()[:-1]
    return lambda: (1, {"loss": float(node.run(series)[-1, 0])})


def esn_curve(options):
    """Sparse weights, or as `dense` a NumPy array; series one after the other, as it has them."""
    recurrent, inputs = protocol.reservoir_weights(0, options.width, options.density)
    node = Reservoir(W=recurrent if options.variant == "dense" else scipy.sparse.csr_matrix(recurrent), Win=inputs, bias=0.0)
    series = protocol.curve_series(options)

    def work():
        states = node.run(series if len(series) > 1 else series[0])
        return options.steps, {"loss": float(np.asarray(states)[..., -1, 0].ravel()[0])}

    return work


def esn_fit(_):
    states, targets = protocol.regression()

    def work():
        node = Ridge(ridge=1e-6)
        node.fit(states, targets)
        return 1, {"loss": float(node.Wout[0, 0])}

    return work


def esn_generate(_):
    series = protocol.series()
    model = reservoir() >> Ridge(ridge=1e-6)
    model.fit(series[:-1], series[1:], warmup=2000)
    return lambda: (1, {"loss": float(generate(model, series[-1])[-1])})


def member(seed):
    series = protocol.series()
    model = reservoir(seed) >> Ridge(ridge=1e-6)
    model.fit(series[:-1], series[1:], warmup=2000)
    return generate(model, series[-1])[-1]


def esn_ensemble(options):
    jobs = -1 if options.variant == "parallel" else 1
    return lambda: (1, {"loss": float(Parallel(n_jobs=jobs)(delayed(member)(seed) for seed in range(20))[0])})


protocol.serve(options, f"reservoirpy {reservoirpy.__version__}",
               {"esn-drive": esn_drive, "esn-curve": esn_curve, "esn-fit": esn_fit, "esn-generate": esn_generate, "esn-ensemble": esn_ensemble})
