"""Writes torch_layers.json: layers with parameters, from PyTorch and torchvision in float64.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_torch_layers.py

Rows are those of layers.json; see generate_layers.py.
"""

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list  # noqa: E402

random = np.random.default_rng(21)
rows = []


def draw(*shape):
    return np.round(random.normal(size=shape), 3)


def add(name, x, parameters, function):
    """`function(x, parameters)` computes on tensors in our layouts."""
    given = torch.tensor(x, requires_grad=True)
    tensors = {p: torch.tensor(v, requires_grad=True) for p, v in parameters.items()}
    y = function(given, tensors)
    cotangent = draw(*y.shape)
    found = torch.autograd.grad((y * torch.tensor(cotangent)).sum(), [given] + list(tensors.values()))
    gradients = dict(zip(["input"] + list(tensors), [g.numpy() for g in found]))
    rows.append({
        "name": name, "source": "pytorch", "isTraining": False, "input": array(x), "output": array(y.detach().numpy()),
        "cotangent": array(cotangent), "state": {}, "stateAfter": {},
        "parameters": {p: array(v) for p, v in parameters.items()},
        "gradients": {p: array(v) for p, v in gradients.items()}})


def first(x):
    """Channels first."""
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def conv1d(**settings):
    return lambda x, p: last(F.conv1d(first(x), p["kernel"].permute(2, 1, 0), p.get("bias"), **settings))


add("conv1D", draw(2, 7, 3), {"kernel": draw(3, 3, 4), "bias": draw(4)}, conv1d())
add("conv1D, all settings", draw(2, 9, 4), {"kernel": draw(3, 2, 6)},
    lambda x, p: F.relu(conv1d(stride=2, padding=2, dilation=2, groups=2)(x, p)))
add("conv1D causal", draw(2, 6, 2), {"kernel": draw(3, 2, 3), "bias": draw(3)},
    lambda x, p: conv1d(dilation=2)(F.pad(x, (0, 0, 4, 0)), p))
add("depthwise conv", draw(2, 6, 5, 3), {"kernel": draw(3, 3, 1, 6), "bias": draw(6)},
    lambda x, p: last(F.conv2d(first(x), p["kernel"].permute(3, 2, 0, 1), p["bias"], 2, 1, 1, 3)))


def transposed(**settings):
    return lambda x, p: last(F.conv_transpose2d(first(x), p["kernel"].permute(2, 3, 0, 1), p.get("bias"), **settings))


add("transposed conv", draw(2, 3, 4, 2), {"kernel": draw(2, 2, 2, 3), "bias": draw(3)}, transposed(stride=2))
add("transposed conv, padding 1", draw(2, 4, 3, 2), {"kernel": draw(4, 3, 2, 3)},
    transposed(stride=(2, 1), padding=1))
# Keras' padding="same": twice as large, with 1 row and column cut off below and to the right.
add("transposed conv, same", draw(2, 3, 3, 2), {"kernel": draw(3, 3, 2, 2), "bias": draw(2)},
    lambda x, p: transposed(stride=2)(x, p)[:, :6, :6, :])


def attention(mask=None, heads=2):
    def run(x, p):
        width = x.shape[-1]
        module = nn.MultiheadAttention(width, heads, bias="in_proj_bias" in p, batch_first=True).double()
        theirs = {"in_proj_weight": p["in_proj_kernel"].T, "out_proj.weight": p["out_proj/kernel"].T}
        if "in_proj_bias" in p:
            theirs |= {"in_proj_bias": p["in_proj_bias"], "out_proj.bias": p["out_proj/bias"]}
        settings = {"attn_mask": mask(x), "is_causal": False} if mask else {}
        return torch.func.functional_call(module, theirs, (x, x, x), dict(need_weights=False, **settings))[0]
    return run


def causal(x):
    return nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=torch.float64)


def attention_weights(width, prefix=""):
    return {prefix + "in_proj_kernel": draw(width, 3 * width), prefix + "in_proj_bias": draw(3 * width),
            prefix + "out_proj/kernel": draw(width, width), prefix + "out_proj/bias": draw(width)}


add("attention", draw(2, 4, 4), attention_weights(4), attention())
add("attention causal", draw(2, 4, 3), attention_weights(3), attention(causal, heads=3))
add("attention, no bias", draw(1, 4, 4), {"in_proj_kernel": draw(4, 12), "out_proj/kernel": draw(4, 4)}, attention())


def block(activation, norm_first):
    def run(x, p):
        width, hidden = p["linear1/kernel"].shape
        module = nn.TransformerEncoderLayer(
            width, 2, hidden, 0.0, activation, batch_first=True, norm_first=norm_first).double()
        names = {"kernel": "weight", "scale": "weight", "offset": "bias", "in_proj_kernel": "in_proj_weight"}
        theirs = {}
        for path, value in p.items():
            *module_path, leaf = path.split("/")
            theirs[".".join(module_path + [names.get(leaf, leaf)])] = value.T if leaf.endswith("kernel") else value
        return torch.func.functional_call(module, theirs, (x,))
    return run


def block_weights(width, hidden):
    weights = attention_weights(width, "self_attn/")
    weights |= {"linear1/kernel": draw(width, hidden), "linear1/bias": draw(hidden),
                "linear2/kernel": draw(hidden, width), "linear2/bias": draw(width)}
    for norm in ["norm1", "norm2"]:
        weights |= {f"{norm}/scale": draw(width), f"{norm}/offset": draw(width)}
    return weights


add("transformer block", draw(2, 4, 4), block_weights(4, 16), block("gelu", True))
add("transformer block as in the paper", draw(2, 3, 4), block_weights(4, 5), block("relu", False))
add("rms norm", draw(2, 3, 5), {"scale": draw(5)}, lambda x, p: F.rms_norm(x, (5,), p["scale"], 1e-6))
add("group norm", draw(2, 3, 4, 6), {"scale": draw(6), "offset": draw(6)},
    lambda x, p: last(F.group_norm(first(x), 3, p["scale"], p["offset"])))
add("positional embedding", draw(2, 3, 4), {"table": draw(5, 4)}, lambda x, p: x + p["table"][:3])


def sinusoidal(x, _):
    steps, size = x.shape[1:]
    table = np.zeros((steps, size))
    for position in range(steps):
        for i in range(size):
            angle = position / 10000 ** (i // 2 * 2 / size)
            table[position, i] = np.sin(angle) if i % 2 == 0 else np.cos(angle)
    return x + torch.tensor(table)


add("sinusoidal encoding", draw(2, 7, 5), {}, sinusoidal)
add("prelu", draw(2, 3, 4), {"slope": draw(4)}, lambda x, p: last(F.prelu(first(x), p["slope"])))
add("prelu, shared", draw(2, 3, 4), {"slope": draw(1)}, lambda x, p: F.prelu(x, p["slope"]))
add("squeeze and excitation", draw(2, 3, 2, 8),
    {"fc1/kernel": draw(1, 1, 8, 2), "fc1/bias": np.array([0.9, 0.4]), "fc2/kernel": draw(1, 1, 2, 8), "fc2/bias": draw(8)},
    # PyTorch's hardsigmoid has a derivative that is rounded to single precision.
    lambda x, p: x * (F.relu6(
        F.relu(x.mean((1, 2)) @ p["fc1/kernel"][0, 0] + p["fc1/bias"]) @ p["fc2/kernel"][0, 0] + p["fc2/bias"] + 3
    ) / 6)[:, None, None])
add("global max pool", draw(2, 3, 4, 2), {}, lambda x, p: x.amax((1, 2)))
add("global average pool of sequences", draw(2, 3, 4), {}, lambda x, p: x.mean(1))
add("max pool of sequences", draw(2, 7, 3), {}, lambda x, p: last(F.max_pool1d(first(x), 3, 2)))


def bidirectional(x, p):
    module = nn.GRU(3, 2, batch_first=True, bidirectional=True).double()
    names = {"kernel": "weight_ih_l0", "bias": "bias_ih_l0", "recurrent/kernel": "weight_hh_l0",
             "recurrent/bias": "bias_hh_l0"}
    theirs = {}
    for path, value in p.items():
        direction, leaf = path.split("/", 1)
        theirs[names[leaf] + ("_reverse" if direction == "backward" else "")] = value.T if value.dim() == 2 else value
    return torch.func.functional_call(module, theirs, (x,))[0]


cell = {}
for direction in ["forward", "backward"]:
    cell |= {f"{direction}/kernel": draw(3, 6), f"{direction}/bias": draw(6),
             f"{direction}/recurrent/kernel": draw(2, 6), f"{direction}/recurrent/bias": draw(6)}
add("bidirectional gru", draw(2, 4, 3), cell, bidirectional)
add("transposed conv, groups", draw(2, 3, 2, 4), {"kernel": draw(3, 2, 4, 3), "bias": draw(6)},
    transposed(stride=(2, 1), groups=2))
write_list(__file__, "torch_layers.json", rows)
