"""NumPy's and SciPy's worker for echo state networks: a loop over steps with a sparse matrix, and a ridge regression by
the Gram matrix: variant `solve` as it is written usually, `factor` by the routines of BLAS and LAPACK that need the fewest
operations.
"""

import protocol

options = protocol.options()

import numpy as np
import scipy
import scipy.linalg
import scipy.sparse


def ridge(states, targets):
    rows = np.hstack([states, np.ones((len(states), 1))])
    gram = rows.T @ rows
    gram[np.diag_indices_from(gram)] += 1e-6
    return scipy.linalg.solve(gram, rows.T @ targets, assume_a="pos")


def factor(states, targets):
    # Row-major arrays are the column-major ones' transposes, which costs no copy.
    rows = np.hstack([states, np.ones((len(states), 1))])
    gram = scipy.linalg.blas.dsyrk(1.0, rows.T)
    gram[np.diag_indices_from(gram)] += 1e-6
    upper, info = scipy.linalg.lapack.dpotrf(gram, overwrite_a=True, clean=False)
    if info != 0:
        raise ValueError("the Gram matrix isn't positive definite")
    return scipy.linalg.lapack.dpotrs(upper, rows.T @ targets)[0]


def network():
    recurrent, inputs = protocol.reservoir_weights()
    return scipy.sparse.csr_matrix(recurrent), inputs[:, 0]


def drive(recurrent, inputs, series):
    states, state = np.empty((len(series), protocol.UNITS)), np.zeros(protocol.UNITS)
    for t, value in enumerate(series):
        state = np.tanh(recurrent @ state + inputs * value)
        states[t] = state
    return states


def esn_drive(_):
    (recurrent, inputs), series = network(), protocol.series()[:-1, 0]
    return lambda: (1, {"loss": float(drive(recurrent, inputs, series)[-1, 0])})


def esn_curve(options):
    """A loop over steps, of all series at once; as `dense` with a dense matrix."""
    recurrent, inputs = protocol.reservoir_weights(0, options.width, options.density)
    recurrent = recurrent if options.variant == "dense" else scipy.sparse.csr_matrix(recurrent)
    series = protocol.curve_series(options)[:, :, 0].T
    is_one = options.sequences == 1

    def work():
        states = np.empty((options.steps, options.width, options.sequences))
        state = np.zeros(options.width if is_one else (options.width, options.sequences))
        for t, values in enumerate(series):
            state = np.tanh(recurrent @ state + (inputs[:, 0] * values[0] if is_one else inputs * values))
            states[t] = state[:, None] if is_one else state
        return options.steps, {"loss": float(states[-1, 0, 0])}

    return work


def esn_generate(_):
    (recurrent, inputs), series = network(), protocol.series()
    states = drive(recurrent, inputs, series[:-1, 0])
    weights = ridge(states[2000:], series[2001:])[:, 0]

    def work():
        state, value, outputs = states[-1], series[-1, 0], np.empty(protocol.STEPS)
        for t in range(protocol.STEPS):
            state = np.tanh(recurrent @ state + inputs * value)
            outputs[t] = value = weights[:-1] @ state + weights[-1]
        return 1, {"loss": float(outputs[-1])}

    return work


def esn_fit(options):
    (states, targets), fit = protocol.regression(), factor if options.variant == "factor" else ridge
    return lambda: (1, {"loss": float(fit(states, targets)[0, 0])})


protocol.serve(options, f"NumPy {np.__version__}, SciPy {scipy.__version__}",
               {"esn-drive": esn_drive, "esn-curve": esn_curve, "esn-fit": esn_fit, "esn-generate": esn_generate})
