"""Echo state networks in PyTorch: a loop over steps with a sparse matrix, and a ridge regression."""

import protocol
import torch


def ridge(states, targets):
    rows = torch.cat([states, torch.ones(len(states), 1, dtype=states.dtype)], 1)
    gram = rows.T @ rows + 1e-6 * torch.eye(rows.shape[1], dtype=rows.dtype)
    return torch.cholesky_solve(rows.T @ targets, torch.linalg.cholesky(gram))


def network():
    recurrent, inputs = protocol.reservoir_weights()
    return torch.from_numpy(recurrent).to_sparse_csr(), torch.from_numpy(inputs[:, 0].copy())


def drive(recurrent, inputs, series):
    states, state = torch.empty(len(series), protocol.UNITS, dtype=torch.float64), torch.zeros(protocol.UNITS, dtype=torch.float64)
    drives = series[:, None] * inputs
    for t in range(len(series)):
        state = torch.tanh(recurrent @ state + drives[t])
        states[t] = state
    return states


@torch.inference_mode()
def workload(options):
    series = torch.from_numpy(protocol.series())[:, 0]
    if options.workload == "esn-fit":
        states, targets = (torch.from_numpy(x) for x in protocol.regression())

        def work():
            return 1, {"loss": ridge(states, targets)[0, 0].item()}
    else:
        recurrent, inputs = network()
        if options.workload == "esn-generate":
            start = drive(recurrent, inputs, series[:-1])
            weights = ridge(start[2000:], series[2001:, None])[:, 0]

        def work():
            if options.workload == "esn-drive":
                return 1, {"loss": drive(recurrent, inputs, series[:-1])[-1, 0].item()}
            state, value = start[-1], series[-1]
            outputs = torch.empty(protocol.STEPS, dtype=torch.float64)
            for t in range(protocol.STEPS):
                state = torch.tanh(recurrent @ state + inputs * value)
                outputs[t] = value = weights[:-1] @ state + weights[-1]
            return 1, {"loss": outputs[-1].item()}

    return torch.inference_mode()(work)


@torch.inference_mode()
def curve(options):
    """A loop over steps, of all series at once; as `dense` with a dense matrix."""
    recurrent, inputs = (torch.from_numpy(x) for x in protocol.reservoir_weights(0, options.width, options.density))
    recurrent = recurrent if options.variant == "dense" else recurrent.to_sparse_csr()
    drives = torch.from_numpy(protocol.curve_series(options)[:, :, 0].T.copy())[:, None] * inputs
    if options.sequences == 1:
        drives = drives[:, :, 0].contiguous()

    def work():
        states, state = torch.empty_like(drives), torch.zeros_like(drives[0])
        for t in range(options.steps):
            state = torch.tanh(recurrent @ state + drives[t])
            states[t] = state
        return options.steps, {"loss": states[-1].flatten()[0].item()}

    return torch.inference_mode()(work)
