"""Writes reparametrizations.json: layers with standardized and spectrally normalized kernels, in float64.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_reparametrizations.py

Rows are those of layers.json; see generate_layers.py. Spectral normalization is PyTorch's; standardization is timm's
StdConv2d, written out: a batch normalization of the kernel.
"""

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.parametrizations import spectral_norm

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list  # noqa: E402

random = np.random.default_rng(43)
torch.set_default_dtype(torch.float64)
rows = []


def draw(*shape):
    return np.round(random.normal(size=shape), 3)


def add(name, is_training, x, parameters, state, function):
    """`function(x, parameters, state)` gives the output and the state after it."""
    given = torch.tensor(x, requires_grad=True)
    tensors = {p: torch.tensor(v, requires_grad=True) for p, v in parameters.items()}
    y, after = function(given, tensors, state)
    cotangent = draw(*y.shape)
    found = torch.autograd.grad((y * torch.tensor(cotangent)).sum(), [given] + list(tensors.values()))
    gradients = dict(zip(["input"] + list(tensors), [g.numpy() for g in found]))
    rows.append({
        "name": name, "source": "pytorch", "isTraining": is_training, "input": array(x),
        "output": array(y.detach().numpy()), "cotangent": array(cotangent),
        "state": {p: array(v) for p, v in state.items()}, "stateAfter": {p: array(v) for p, v in after.items()},
        "parameters": {p: array(v) for p, v in parameters.items()},
        "gradients": {p: array(v) for p, v in gradients.items()}})


def standardized(kernel):
    """A kernel in PyTorch's layout, outputs first."""
    flat = kernel.reshape(1, kernel.shape[0], -1)
    return F.batch_norm(flat, None, None, training=True, momentum=0.0, eps=1e-6).reshape_as(kernel)


def convolution(x, kernel, bias):
    return F.conv2d(x.permute(0, 3, 1, 2), kernel, bias).permute(0, 2, 3, 1)


add("weight standardized conv", True, draw(2, 5, 4, 3), {"kernel": draw(3, 2, 3, 4), "bias": draw(4)}, {},
    lambda x, p, s: (convolution(x, standardized(p["kernel"].permute(3, 2, 0, 1)), p["bias"]), {}))
add("weight standardized dense", False, draw(3, 4), {"kernel": draw(4, 5), "bias": draw(5)}, {},
    lambda x, p, s: (F.linear(x, standardized(p["kernel"].T), p["bias"]), {}))


def unit(*shape):
    x = random.normal(size=shape)
    return x / np.linalg.norm(x)


def spectral(module, weight, to_torch, from_torch, run):
    """`to_torch` and `from_torch` permute the vector of inputs between our order and PyTorch's."""
    def function(x, p, state):
        wrapped = spectral_norm(module, n_power_iterations=1, eps=1e-12)
        norm = wrapped.parametrizations.weight[0]
        norm._u.copy_(torch.tensor(state["right"]))
        norm._v.copy_(torch.tensor(to_torch(state["left"])))
        norm.train(function.is_training)
        normalized = norm(weight(p["kernel"]))
        after = {"left": from_torch(norm._v.numpy()), "right": norm._u.numpy().copy()}
        return run(x, normalized, p["bias"]), after
    return function


def dense(is_training):
    function = spectral(nn.Linear(4, 5), lambda k: k.T, lambda v: v, lambda v: v.copy(), F.linear)
    function.is_training = is_training
    return function


def conv(is_training):
    function = spectral(
        nn.Conv2d(3, 4, (2, 3)), lambda k: k.permute(3, 2, 0, 1),
        lambda v: v.reshape(2, 3, 3).transpose(2, 0, 1).reshape(-1).copy(),
        lambda v: v.reshape(3, 2, 3).transpose(1, 2, 0).reshape(-1).copy(), convolution)
    function.is_training = is_training
    return function


add("spectrally normalized dense, training", True, draw(3, 4), {"kernel": draw(4, 5), "bias": draw(5)},
    {"left": unit(4), "right": unit(5)}, dense(True))
add("spectrally normalized dense, inference", False, draw(3, 4), {"kernel": draw(4, 5), "bias": draw(5)},
    {"left": unit(4), "right": unit(5)}, dense(False))
add("spectrally normalized conv, training", True, draw(2, 4, 5, 3), {"kernel": draw(2, 3, 3, 4), "bias": draw(4)},
    {"left": unit(18), "right": unit(4)}, conv(True))
write_list(__file__, "reparametrizations.json", rows)
