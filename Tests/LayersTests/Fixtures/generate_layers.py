"""Writes layers.json: layers with parameters and state, from Keras and PyTorch in float64.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_layers.py

A row is {"name", "source", "isTraining", "input", "parameters", "state", "output", "stateAfter", "cotangent",
"gradients"}. Names and layouts are ours: images are [batch, height, width, channels], kernels
[rows, columns, channels / groups, filters]. "gradients" are those of sum(output * cotangent), by "input" and by
the parameters' paths.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list  # noqa: E402

keras.config.set_floatx("float64")
random = np.random.default_rng(20)
rows = []


def draw(*shape):
    return np.round(random.normal(size=shape), 3)


def add(name, source, training, x, parameters, state, output, after, cotangent, gradients):
    trees = {"parameters": parameters, "state": state, "stateAfter": after, "gradients": gradients}
    rows.append({"name": name, "source": source, "isTraining": training, "input": array(x), "output": array(output),
                 "cotangent": array(cotangent), **{k: {p: array(v) for p, v in t.items()} for k, t in trees.items()}})


def with_keras(name, layer, x, parameters, state=(), training=False):
    """`parameters` and `state` are (our path, Keras' weight, value there, from Keras' array to ours)."""
    layer.build(x.shape)
    parameters, state = parameters(layer), list(state(layer)) if state else []
    for _, variable, value, _ in parameters + state:
        variable.assign(value)
    before = {p: f(v.numpy()) for p, v, _, f in state}
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = layer(given, training=training)
        cotangent = draw(*y.shape)
        total = tf.reduce_sum(y * cotangent)
    found = tape.gradient(total, [given] + [v.value for _, v, _, _ in parameters])
    gradients = {"input": found[0].numpy()}
    ours = {}
    for (path, variable, _, move), gradient in zip(parameters, found[1:]):
        for p, part in split(path, move(gradient.numpy())):
            gradients[p] = part
        for p, part in split(path, move(variable.numpy())):
            ours[p] = part
    after = {p: f(v.numpy()) for p, v, _, f in state}
    add(name, "keras", training, x, ours, before, y.numpy(), after, cotangent, gradients)


def split(path, value):
    """A weight of Keras' that is two of ours."""
    return [(path, value)] if isinstance(path, str) else list(zip(path, value))


def with_torch(name, x, parameters, function, state=None, training=False):
    """`function(x, parameters, state)` computes on tensors in our layouts, and updates the state's."""
    given = torch.tensor(x, requires_grad=True)
    tensors = {p: torch.tensor(v, requires_grad=True) for p, v in parameters.items()}
    running = {p: torch.tensor(v) for p, v in (state or {}).items()}
    y = function(given, tensors, running)
    cotangent = draw(*y.shape)
    found = torch.autograd.grad((y * torch.tensor(cotangent)).sum(), [given] + list(tensors.values()))
    gradients = dict(zip(["input"] + list(tensors), [g.numpy() for g in found]))
    after = {p: v.numpy() for p, v in running.items()}
    add(name, "pytorch", training, x, parameters, state or {}, y.detach().numpy(), after, cotangent, gradients)


def same(value):
    return value


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def channels_last(x):
    return x.permute(0, 2, 3, 1)


def conv_weights(layer):
    weights = [("kernel", layer.kernel, draw(*layer.kernel.shape), same)]
    if layer.use_bias:
        weights.append(("bias", layer.bias, draw(*layer.bias.shape), same))
    return weights


def torch_conv(**settings):
    def run(x, p, _):
        return channels_last(
            F.conv2d(channels_first(x), p["kernel"].permute(3, 2, 0, 1), p.get("bias"), **settings))
    return run


Conv2D = keras.layers.Conv2D
with_keras("conv valid", Conv2D(3, 3), draw(2, 5, 6, 2), conv_weights)
with_keras("conv same, stride 2, even extents", Conv2D(2, 3, strides=2, padding="same"), draw(2, 6, 8, 2), conv_weights)
with_keras("conv same, size 2x4", Conv2D(2, (2, 4), padding="same"), draw(1, 5, 5, 2), conv_weights)
with_keras("conv dilated, no bias", Conv2D(2, 3, dilation_rate=2, padding="same", use_bias=False), draw(1, 7, 6, 2), conv_weights)
with_keras("conv relu", Conv2D(3, 3, activation="relu"), draw(2, 4, 4, 2), conv_weights)
with_torch("conv padding 1, stride 2", draw(2, 6, 8, 2), {"kernel": draw(3, 3, 2, 4), "bias": draw(4)},
           torch_conv(padding=1, stride=2))
with_torch("conv groups", draw(2, 5, 5, 4), {"kernel": draw(3, 3, 2, 6), "bias": draw(6)}, torch_conv(groups=2))
with_torch("conv depthwise, all settings", draw(2, 9, 8, 3), {"kernel": draw(3, 2, 1, 6)},
           torch_conv(groups=3, stride=(2, 1), padding=(2, 1), dilation=(2, 3)))


def pool(name, layer, x):
    with_keras(name, layer, x, lambda _: [])


pool("max pool", keras.layers.MaxPooling2D(2), draw(2, 5, 6, 2))
pool("max pool same, window 3", keras.layers.MaxPooling2D(3, strides=2, padding="same"), draw(2, 6, 5, 2))
pool("average pool", keras.layers.AveragePooling2D(2), draw(2, 5, 6, 2))
pool("average pool same, window 3", keras.layers.AveragePooling2D(3, strides=2, padding="same"), draw(2, 6, 5, 2))
pool("global average pool", keras.layers.GlobalAveragePooling2D(), draw(2, 3, 4, 2))
with_torch("max pool, padding 1", draw(2, 6, 5, 2), {},
           lambda x, *_: channels_last(F.max_pool2d(channels_first(x), 3, 2, 1)))
with_torch("average pool, padding 1", draw(2, 6, 5, 2), {},
           lambda x, *_: channels_last(F.avg_pool2d(channels_first(x), 3, 2, 1)))


def norm_weights(layer):
    return [("scale", layer.gamma, draw(*layer.gamma.shape), same), ("offset", layer.beta, draw(*layer.beta.shape), same)]


def norm_state(layer):
    return [("mean", layer.moving_mean, draw(*layer.moving_mean.shape), same),
            ("variance", layer.moving_variance, draw(*layer.moving_variance.shape) ** 2, same)]


def torch_norm(training):
    def run(x, p, state):
        return F.batch_norm(x.movedim(-1, 1), state["mean"], state["variance"], p["scale"], p["offset"], training,
                            0.1, 1e-5).movedim(1, -1)
    return run


for training in [True, False]:
    suffix = "training" if training else "inference"
    with_keras(f"batch norm keras, {suffix}", keras.layers.BatchNormalization(), draw(3, 2, 2, 3), norm_weights, norm_state, training)
    with_torch(f"batch norm pytorch, {suffix}", draw(3, 2, 2, 3), {"scale": draw(3), "offset": draw(3)}, torch_norm(training),
               {"mean": draw(3), "variance": draw(3) ** 2}, training)
with_torch("batch norm of rows, relu", draw(5, 3), {"scale": draw(3), "offset": draw(3)},
           lambda *a: torch_norm(True)(*a).relu(), {"mean": draw(3), "variance": draw(3) ** 2}, True)
with_keras("layer norm keras", keras.layers.LayerNormalization(), draw(2, 3, 4), norm_weights)
with_torch("layer norm pytorch, two axes", draw(2, 3, 4), {"scale": draw(3, 4), "offset": draw(3, 4)},
           lambda x, p, _: F.layer_norm(x, (3, 4), p["scale"], p["offset"]))

with_torch("embedding", np.array([[0.0, 2, 2], [1, 0, 3]]), {"table": draw(4, 3)},
           lambda x, p, _: F.embedding(x.long(), p["table"]) + 0 * x[..., None])


def cell_weights(layer):
    cell = layer.cell
    bias = ("bias", "recurrent/bias") if cell.bias.shape.rank == 2 else "bias"
    return [("kernel", cell.kernel, draw(*cell.kernel.shape), same),
            ("recurrent/kernel", cell.recurrent_kernel, draw(*cell.recurrent_kernel.shape), same),
            (bias, cell.bias, draw(*cell.bias.shape), same)]


layers = keras.layers
with_keras("keras simple", layers.SimpleRNN(3), draw(2, 4, 2), cell_weights)
with_keras("keras simple, sequence, relu", layers.SimpleRNN(3, activation="relu", return_sequences=True), draw(2, 4, 2), cell_weights)
with_keras("keras lstm, sequence", layers.LSTM(3, return_sequences=True), draw(2, 4, 2), cell_weights)
with_keras("keras gru, reset after", layers.GRU(3), draw(2, 4, 2), cell_weights)
with_keras("keras gru, reset before, sequence", layers.GRU(3, reset_after=False, return_sequences=True), draw(2, 4, 2), cell_weights)


def with_torch_cell(name, module, gates):
    units, inputs = 3, 2
    module = module(inputs, units, batch_first=True).double()
    names = {"kernel": "weight_ih_l0", "bias": "bias_ih_l0", "recurrent/kernel": "weight_hh_l0",
             "recurrent/bias": "bias_hh_l0"}

    def run(x, p, _):
        theirs = {names[k]: (v.T if v.dim() == 2 else v) for k, v in p.items()}
        return torch.func.functional_call(module, theirs, (x,))[0]
    with_torch(name, draw(2, 4, inputs), {"kernel": draw(inputs, gates * units), "bias": draw(gates * units),
               "recurrent/kernel": draw(units, gates * units), "recurrent/bias": draw(gates * units)}, run)


with_torch_cell("pytorch simple", torch.nn.RNN, 1)
with_torch_cell("pytorch lstm", torch.nn.LSTM, 4)
with_torch_cell("pytorch gru", torch.nn.GRU, 3)
write_list(__file__, "layers.json", rows)
