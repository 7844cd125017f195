"""Writes models.json: whole networks' outputs, gradients and parameter counts, from PyTorch in float64 and Keras.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_models.py

Weights and images aren't stored: element i of the tensor whose path is number n in alphabetical order is
scale * sin(0.7 * i + n), where scale is sqrt(2 / (elements / last extent)) for kernels and 0.1 else, with 1 added for
scales; running means are 0 and variances 1. Images are sin(0.37 * i). A row is {"name", "isTraining", "image", "output",
"gradients", "state"}: the norm of each parameter's gradient of sum(output * cos(i)), and each running statistic's norm
after the step.

"counts" are Keras' (and PyTorch's for networks that it is known for): [all, not trainable].
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, scalar, write_list  # noqa: E402

rows = []


class Net:
    """Asks for parameters by our paths and layouts; images are [batch, channels, height, width]."""

    def __init__(self, training, eps, momentum, unbiased, values=None):
        self.training, self.eps, self.momentum, self.unbiased = training, eps, momentum, unbiased
        self.shapes, self.values, self.state = {}, values, {}

    def parameter(self, path, *shape):
        self.shapes[path] = shape
        return self.values[path] if self.values else torch.zeros(shape, dtype=torch.float64)

    def conv(self, path, x, filters, size, stride=1, padding=0, bias=True, same=False):
        kernel = self.parameter(f"{path}/kernel", size, size, x.shape[1], filters).permute(3, 2, 0, 1)
        b = self.parameter(f"{path}/bias", filters) if bias else None
        if same:
            pads = []
            for n in reversed(x.shape[2:]):
                total = max(0, (-(-n // stride) - 1) * stride + size - n)
                pads += [total // 2, total - total // 2]
            x = F.pad(x, pads)
        return F.conv2d(x, kernel, b, stride, padding)

    def norm(self, path, x):
        c = x.shape[1]
        scale, offset = self.parameter(f"{path}/scale", c), self.parameter(f"{path}/offset", c)
        mean, variance = torch.zeros(c, dtype=torch.float64), torch.ones(c, dtype=torch.float64)
        if self.training:
            m, v = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            n = x.numel() / c
            mean = mean * (1 - self.momentum) + m * self.momentum
            variance = variance * (1 - self.momentum) + v * self.momentum * (n / (n - 1) if self.unbiased else 1)
        else:
            m, v = mean, variance
        self.state[f"{path}/mean"], self.state[f"{path}/variance"] = mean, variance
        shape = (1, c, 1, 1)
        y = (x - m.view(shape)) / torch.sqrt(v.view(shape) + self.eps)
        return F.relu(y * scale.view(shape) + offset.view(shape))

    def dense(self, path, x, units):
        return x @ self.parameter(f"{path}/kernel", x.shape[1], units) + self.parameter(f"{path}/bias", units)


def flat(x):
    return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)


def cnn(filters, size, hidden):
    def run(net, x):
        for i, f in enumerate(filters, 1):
            x = F.max_pool2d(F.relu(net.conv(f"conv2D{i}", x, f, size)), 2)
        x = flat(x)
        for i, u in enumerate(hidden, 1):
            x = F.relu(net.dense(f"dense{i}", x, u))
        return net.dense(f"dense{len(hidden) + 1}", x, 10)
    return run


def nine(filters, repeats):
    def run(net, x):
        count = 0
        for block, f in enumerate(filters):
            if block:
                x = F.avg_pool2d(x, 2)
            for _ in range(repeats):
                count += 1
                x = net.norm(f"batchNorm{count}", net.conv(f"conv2D{count}", x, f, 3, padding=1))
        return net.dense("dense1", x.mean((2, 3)), 10)
    return run


def wide(depth, width, projection):
    """The block structure of SAM's authors' code, or of the usual one with 1x1 convolutions."""
    def conv(net, path, x, f, size, stride=1):
        if projection:
            return net.conv(path, x, f, size, stride, padding=size // 2, bias=False)
        return net.conv(path, x, f, size, stride, bias=False, same=True)

    def run(net, x):
        x = conv(net, "conv", x, 16, 3)
        for g in range(3):
            for b in range((depth - 4) // 6):
                path, f = f"group{g + 1}_block{b + 1}", (16 << g) * width
                stride = 2 if g > 0 and b == 0 else 1
                active = net.norm(f"{path}/norm1", x)
                y = conv(net, f"{path}/conv1", active, f, 3, stride)
                y = conv(net, f"{path}/conv2", net.norm(f"{path}/norm2", y), f, 3)
                if projection:
                    way = x if x.shape == y.shape else conv(net, f"{path}/shortcut", active, f, 1, stride)
                else:
                    way = active if g == 0 and b == 0 else x
                    if way.shape[1] != f:
                        way = F.avg_pool2d(way, stride) if stride > 1 else way
                        way = torch.cat([way, torch.zeros(way.shape[0], f - way.shape[1], *way.shape[2:], dtype=way.dtype)], 1)
                x = y + way
        return net.dense("dense", net.norm("norm", x).mean((2, 3)), 10)
    return run


def add(name, run, image, training, eps=1e-5, momentum=0.1, unbiased=True):
    x = torch.sin(0.37 * torch.arange(int(np.prod(image)), dtype=torch.float64)).reshape(image).permute(0, 3, 1, 2)
    probe = Net(training, eps, momentum, unbiased)
    run(probe, x)
    values = {}
    for n, path in enumerate(sorted(probe.shapes)):
        shape = probe.shapes[path]
        count = int(np.prod(shape))
        scale = np.sqrt(2 / (count / shape[-1])) if path.endswith("kernel") else 0.1
        value = scale * torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + n) + (1.0 if path.endswith("scale") else 0.0)
        values[path] = value.reshape(shape).requires_grad_()
    net = Net(training, eps, momentum, unbiased, values)
    y = run(net, x)
    loss = (y * torch.cos(torch.arange(y.numel(), dtype=torch.float64)).reshape(y.shape)).sum()
    gradients = torch.autograd.grad(loss, list(values.values()))
    rows.append({
        "name": f"{name}, {'training' if training else 'inference'}", "model": name, "isTraining": training, "image": list(image),
        "output": array(y.detach().numpy()),
        "gradients": {p: scalar(g.norm().item()) for p, g in zip(values, gradients)},
        "state": {p: scalar(v.detach().norm().item()) for p, v in net.state.items()}})


add("cnn", cnn([32, 64], 3, []), (2, 16, 16, 3), True)
add("cnn(filters: [6, 16], size: 5, hidden: [120, 84])", cnn([6, 16], 5, [120, 84]), (2, 20, 20, 3), True)
for training in [True, False]:
    add("nineConv(filters: [4, 6, 8])", nine([4, 6, 8], 3), (2, 8, 8, 3), training, 1e-3, 0.01, False)
    add("wideResNet(depth: 10, width: 2)", wide(10, 2, True), (2, 8, 8, 3), training)
    add("wideResNet(depth: 16, width: 1, shortcut: poolAndPad)", wide(16, 1, False), (2, 8, 8, 3), training, 1e-5, 0.1, False)


def keras_counts(layers):
    model = keras.Sequential([keras.Input((32, 32, 3))] + layers)
    return [model.count_params(), sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)]


K = keras.layers
small = [K.Conv2D(32, 3), K.MaxPooling2D(2), K.Conv2D(64, 3), K.MaxPooling2D(2), K.Flatten(), K.Dense(10)]
blocks = []
for i, f in enumerate([64, 128, 256]):
    blocks += [K.AveragePooling2D(2)] if i else []
    for _ in range(3):
        blocks += [K.Conv2D(f, 3, padding="same"), K.BatchNormalization(), K.ReLU()]
counts = {"cnn": keras_counts(small), "nineConv": keras_counts(blocks + [K.GlobalAveragePooling2D(), K.Dense(10)])}
for name, run in [("cnn(filters: [6, 16], size: 5, hidden: [120, 84])", cnn([6, 16], 5, [120, 84])),
                  ("wideResNet(depth: 16, width: 4)", wide(16, 4, True)),
                  ("wideResNet(depth: 28, width: 10)", wide(28, 10, True)),
                  ("wideResNet(depth: 22, width: 8, shortcut: poolAndPad)", wide(22, 8, False))]:
    net = Net(False, 1e-5, 0.1, True)
    run(net, torch.zeros(1, 3, 32, 32, dtype=torch.float64))
    state = sum(v.numel() for v in net.state.values())
    counts[name] = [sum(int(np.prod(s)) for s in net.shapes.values()) + state, state]
for name, count in counts.items():
    rows.append({"name": f"count of {name}", "model": name, "counts": count})
    print(name, count)
write_list(__file__, "models.json", rows)
