"""Writes activations.json: activation functions and their derivatives, correctly rounded.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_activations.py

Elementwise rows: {"name", "activation", "attributes", "inputs", "values", "derivatives"}; values and
derivatives are float64 whatever the type of the inputs. They are computed with mpmath from the
definition, so they are right where a floating-point formula overflows or cancels. Vector rows
(softmax, logSoftmax) have "axis" and a "cotangent", and "gradient" is its product with the Jacobian.

Where a function has a corner, the derivative at the corner is:
  relu, relu6, hardSigmoid, hardTanh   0 (PyTorch)
  leakyRelu, elu, selu at 0            that of the negative side (PyTorch)
  hSwish                               that of the left side: the comparisons are strict (the article)
"""

import sys
from pathlib import Path

import numpy as np
import torch
from mpmath import mp, mpf

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, scalars, write_list  # noqa: E402

mp.dps = 60

MAGNITUDES = [0, 1e-8, 1e-4, 0.1, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 8, 12, 20, 40, 88, 89, 100, 700, 710, 1e4]
GRID = sorted({-m for m in MAGNITUDES[1:]} | set(MAGNITUDES[1:])) + [-0.0, 0.0]


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def softplus(x):
    return x + mp.log1p(mp.exp(-x)) if x > 0 else mp.log1p(mp.exp(x))


def sech_squared(x):
    e = mp.exp(-2 * abs(x))
    return 4 * e / (1 + e) ** 2


def tanh_exp_derivative(x):
    e = mp.exp(x)
    # Past this the second term is below any float, and e^e no longer has an exponent.
    return mpf(1) if e > 1e5 else mp.tanh(e) + x * e * sech_squared(e)


def normal_cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


GELU_INNER = mp.sqrt(2 / mp.pi)


def gelu_tanh(x):
    return x * sigmoid(2 * GELU_INNER * (x + mpf("0.044715") * x**3))


def gelu_tanh_derivative(x):
    z = 2 * GELU_INNER * (x + mpf("0.044715") * x**3)
    s = sigmoid(z)
    return s + x * s * sigmoid(-z) * 2 * GELU_INNER * (1 + 3 * mpf("0.044715") * x**2)


SELU_ALPHA = mpf("1.6732632423543772848170429916717")
SELU_SCALE = mpf("1.0507009873554804934193349852946")

SMOOTH = {
    "gelu": (lambda x: x * normal_cdf(x), lambda x: normal_cdf(x) + x * mp.npdf(x)),
    "geluTanh": (gelu_tanh, gelu_tanh_derivative),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "tanh": (mp.tanh, sech_squared),
    "softplus": (softplus, sigmoid),
    "swish": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
    "mish": (lambda x: x * mp.tanh(softplus(x)), lambda x: mp.tanh(softplus(x)) + x * sech_squared(softplus(x)) * sigmoid(x)),
    "tanhExp": (lambda x: x * mp.tanh(mp.exp(x)), tanh_exp_derivative),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "logSigmoid": (lambda x: -softplus(-x), lambda x: sigmoid(-x)),
}

CORNERED = {
    "relu": (lambda x: max(x, 0), lambda x: int(x > 0)),
    "relu6": (lambda x: min(max(x, 0), 6), lambda x: int(0 < x < 6)),
    "elu": (lambda x: x if x > 0 else mp.expm1(x), lambda x: 1 if x > 0 else mp.exp(x)),
    "selu": (lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * mp.expm1(x)),
             lambda x: SELU_SCALE * (1 if x > 0 else SELU_ALPHA * mp.exp(x))),
    "hardSigmoid": (lambda x: min(max(x + 3, 0), 6) / 6, lambda x: mpf(1) / 6 if -3 < x < 3 else 0),
    "hardTanh": (lambda x: min(max(x, -1), 1), lambda x: int(-1 < x < 1)),
}

TORCH = {
    "gelu": torch.nn.functional.gelu, "geluTanh": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
    "sigmoid": torch.sigmoid, "tanh": torch.tanh, "softplus": torch.nn.functional.softplus,
    "swish": torch.nn.functional.silu, "mish": torch.nn.functional.mish, "softsign": torch.nn.functional.softsign,
    "logSigmoid": torch.nn.functional.logsigmoid, "relu": torch.relu, "relu6": torch.nn.functional.relu6,
    "elu": torch.nn.functional.elu, "selu": torch.selu, "hardSigmoid": torch.nn.functional.hardsigmoid,
    "hardTanh": torch.nn.functional.hardtanh, "tanhExp": lambda x: x * torch.tanh(torch.exp(x)),
    "leakyRelu": torch.nn.functional.leaky_relu,
}


def leaky(slope):
    return lambda x: x if x > 0 else slope * x, lambda x: 1 if x > 0 else slope


def h_swish(n):
    half = mpf(n) / 2
    return (lambda x: x if x > half else x * (x + half) / n if x > -half else 0,
            lambda x: 1 if x > half else (2 * x + half) / n if x > -half else 0)


rows = []


def check_against_torch(activation, attributes, inputs, values, derivatives):
    """A slip in a definition above shows against PyTorch where PyTorch is accurate."""
    if activation not in TORCH:
        return
    x = torch.tensor([float(x) for x in inputs if abs(x) <= 20], dtype=torch.float64, requires_grad=True)
    y = TORCH[activation](x, attributes["slope"]) if "slope" in attributes else TORCH[activation](x)
    (g,) = torch.autograd.grad(y.sum(), x)
    keep = [i for i, x in enumerate(inputs) if abs(x) <= 20]
    # softplus' own threshold in PyTorch makes it linear past 20, hence the absolute part.
    np.testing.assert_allclose(y.detach().numpy(), np.array(values)[keep], rtol=1e-9, atol=1e-8, err_msg=activation)
    np.testing.assert_allclose(g.numpy(), np.array(derivatives)[keep], rtol=1e-9, atol=1e-8, err_msg=activation)


def add(name, activation, pair, **attributes):
    for dtype in (np.float64, np.float32):
        inputs = np.array(GRID, dtype)
        values = [float(pair[0](mpf(float(x)))) for x in inputs]
        derivatives = [float(pair[1](mpf(float(x)))) for x in inputs]
        check_against_torch(activation, attributes, inputs, values, derivatives)
        suffix = "" if dtype is np.float64 else "-float32"
        rows.append({"name": name + suffix, "activation": activation, "attributes": attributes, "inputs": array(inputs),
                     "values": scalars(values), "derivatives": scalars(derivatives)})


for name, pair in (SMOOTH | CORNERED).items():
    add(name, name, pair)
for slope in (0.01, 0.2, 0.3):
    add(f"leakyRelu-{slope}", "leakyRelu", leaky(mpf(slope)), slope=slope)
for n in range(1, 11):
    add(f"hSwish-{n}", "hSwish", h_swish(n), n=n)


def vectors(name, dtype, inputs, axis):
    x = np.array(inputs, dtype)
    cotangent = np.round(np.sin(np.arange(x.size) + 1), 2).reshape(x.shape).astype(dtype)
    for activation in ("softmax", "logSoftmax"):
        values, gradient = np.zeros(x.shape), np.zeros(x.shape)
        moved = [np.moveaxis(a, axis, -1) for a in (x, cotangent, values, gradient)]
        for index in np.ndindex(moved[0].shape[:-1]):
            logits = [mpf(float(v)) for v in moved[0][index]]
            c = [mpf(float(v)) for v in moved[1][index]]
            top = max(logits)
            log_sum = top + mp.log(mp.fsum(mp.exp(v - top) for v in logits))
            p = [mp.exp(v - log_sum) for v in logits]
            if activation == "softmax":
                out, dot = p, mp.fsum(a * b for a, b in zip(c, p))
                grad = [pi * (ci - dot) for pi, ci in zip(p, c)]
            else:
                out, total = [v - log_sum for v in logits], mp.fsum(c)
                grad = [ci - pi * total for pi, ci in zip(p, c)]
            moved[2][index] = [float(v) for v in out]
            moved[3][index] = [float(v) for v in grad]
        rows.append({"name": f"{activation}-{name}", "activation": activation, "attributes": {"axis": axis}, "inputs": array(x),
                     "cotangent": scalars(cotangent), "values": scalars(values), "gradient": scalars(gradient)})


plain = [[0.5, -1.25, 3, 0], [2, 2, 2, 2], [-0.1, 0.1, 0.3, -7]]
large = [[1e4, -1e4, 9999, 0], [-1e4, -10001, -10002, -1e4], [710, 709, -710, 0], [1e4, 1e4, 1e4, 1e4]]
for suffix, dtype in [("", np.float64), ("-float32", np.float32)]:
    vectors("plain" + suffix, dtype, plain, -1)
    vectors("axis0" + suffix, dtype, plain, 0)
    vectors("large" + suffix, dtype, large, -1)
vectors("one", np.float64, [[3.0], [-2.0]], -1)

write_list(__file__, "activations.json", rows)
