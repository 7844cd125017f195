"""tinygrad's worker. Variant: `jit`, a training step under TinyJit."""

import os

import protocol

options = protocol.options()
os.environ["DEV"] = options.device.upper()
os.environ["TRAINING"] = "1"

from importlib.metadata import version

from tinygrad import Tensor, TinyJit, nn
from tinygrad.nn.state import get_parameters


class Classifier:
    def __init__(self):
        self.layers = [(Tensor(kernel), Tensor(bias)) for kernel, bias in protocol.initial_weights()]
        self.parameters = [tensor.realize() for layer in self.layers for tensor in layer]

    def __call__(self, x):
        for kernel, bias in self.layers[:-1]:
            x = (x @ kernel + bias).relu()
        kernel, bias = self.layers[-1]
        return x @ kernel + bias


class Convolutional:
    """`cnn-step`'s network."""

    def __init__(self):
        self.conv1, self.conv2, self.dense = nn.Conv2d(3, 32, 3), nn.Conv2d(32, 64, 3), nn.Linear(2304, 10)
        self.parameters = get_parameters(self)

    def __call__(self, x):
        x = self.conv1(x).relu().max_pool2d(2)
        x = self.conv2(x).relu().max_pool2d(2)
        return self.dense(x.flatten(1))


def trainer(model, rate):
    optimizer = nn.optim.SGD(model.parameters, lr=rate)

    @TinyJit
    def step(x, y):
        optimizer.zero_grad()
        loss = model(x).sparse_categorical_crossentropy(y).backward()
        return loss.realize(*optimizer.schedule_step())

    return step


def rounds(model, rate, batches):
    step = trainer(model, rate)

    def work():
        for x, y in batches:
            loss = step(x, y)
        return len(batches), {"loss": loss.item()}

    return work


def mlp_step(_):
    images, labels = protocol.dataset(options)[0]
    slices = [slice(i, i + protocol.BATCH) for i in range(0, len(images), protocol.BATCH)]
    return rounds(Classifier(), protocol.RATE, [(Tensor(images[s]).realize(), Tensor(labels[s]).realize()) for s in slices])


def network_step(_):
    name, *_ = protocol.NETWORKS[options.workload]
    if name != "cnn" or options.workload.endswith("-bf16"):
        raise SystemExit(f"tinygrad has no workload {options.workload}")
    batches = [(Tensor(x.transpose(0, 3, 1, 2).copy()).realize(), Tensor(y).realize()) for x, y in zip(*protocol.images(options))]
    return rounds(Convolutional(), protocol.NETWORK_RATE, batches)


protocol.serve(options, f"tinygrad {version('tinygrad')}", {"mlp-step": mlp_step, "cnn-step": network_step})
