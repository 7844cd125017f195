"""MLX's worker. Variants: `eager`, a step of compiled loss and gradient and an update, as its examples have it, and `compile`, the
whole step under mx.compile with the model's and the optimizer's state."""

from functools import partial

import protocol

options = protocol.options()

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np

mx.set_default_device(mx.cpu if options.device == "cpu" else mx.gpu)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = []
        for kernel, bias in protocol.initial_weights():
            layer = nn.Linear(*kernel.shape)
            layer.weight, layer.bias = mx.array(kernel.T), mx.array(bias)
            self.layers.append(layer)

    def __call__(self, x):
        for layer in self.layers[:-1]:
            x = nn.relu(layer(x))
        return self.layers[-1](x)


class Convolutional(nn.Module):
    """`cnn-step`'s network."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2, self.dense = nn.Conv2d(3, 32, 3), nn.Conv2d(32, 64, 3), nn.Linear(2304, 10)
        self.pool = nn.MaxPool2d(2)

    def __call__(self, x):
        x = self.pool(nn.relu(self.conv1(x)))
        x = self.pool(nn.relu(self.conv2(x)))
        return self.dense(x.reshape(len(x), -1))


def trainer(model, rate):
    """A function that takes one step and returns the loss; nothing is computed until it is asked for."""
    optimizer = optim.SGD(learning_rate=rate)
    loss_and_gradients = nn.value_and_grad(model, lambda model, x, y: nn.losses.cross_entropy(model(x), y, reduction="mean"))

    def step(x, y):
        loss, gradients = loss_and_gradients(model, x, y)
        optimizer.update(model, gradients)
        return loss

    state = [model.state, optimizer.state]
    mx.eval(state)
    if options.variant == "compile":
        step = partial(mx.compile, inputs=state, outputs=state)(step)
    return state, step


def rounds(model, rate, batches):
    state, step = trainer(model, rate)

    def work():
        for x, y in batches:
            loss = step(x, y)
            mx.eval(loss, state)
        return len(batches), {"loss": loss.item()}

    return work


def mlp_step(_):
    images, labels = protocol.dataset(options)[0]
    batches = [(mx.array(images[i:i + protocol.BATCH]), mx.array(labels[i:i + protocol.BATCH])) for i in range(0, len(images), protocol.BATCH)]
    return rounds(Classifier(), protocol.RATE, batches)


def mnist_epoch(_):
    (images, labels), (test_images, test_labels) = ((mx.array(x), mx.array(y)) for x, y in protocol.dataset(options))
    model = Classifier()
    state, step = trainer(model, protocol.RATE)

    def work():
        order = mx.array(np.random.permutation(len(images)))
        for i in range(0, len(images), protocol.BATCH):
            indices = order[i:i + protocol.BATCH]
            mx.eval(step(images[indices], labels[indices]), state)
        logits = model(test_images)
        loss = nn.losses.cross_entropy(logits, test_labels, reduction="mean").item()
        return 1, {"loss": loss, "accuracy": (logits.argmax(1) == test_labels).mean().item()}

    return work


def network_step(_):
    name, *_ = protocol.NETWORKS[options.workload]
    if name != "cnn" or options.workload.endswith("-bf16"):
        raise SystemExit(f"MLX has no workload {options.workload}")
    batches = [(mx.array(x), mx.array(y)) for x, y in zip(*protocol.images(options))]
    return rounds(Convolutional(), protocol.NETWORK_RATE, batches)


protocol.serve(options, f"MLX {mx.__version__}", {"mlp-step": mlp_step, "mnist-epoch": mnist_epoch, "cnn-step": network_step})
