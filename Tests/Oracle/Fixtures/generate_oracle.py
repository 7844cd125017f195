"""Writes oracle.json: whole trainings in float64, forward, backward and updates by hand in NumPy.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/Oracle/Fixtures/generate_oracle.py

Nothing that both sides can draw is stored. Numbers come from numpy.random.RandomState, rounded to multiples of 1/2048 in
[-1, 1), so that float32 holds them exactly. Inputs have seed 1 and the number of their shape, labels are the greatest of
the inputs' products with a teacher of seed 2, parameter number i (in the order of their paths) of member m has seed
100 m + i + 10: kernels times the greatest power of two whose square is at most 3/inputs, biases and offsets times 1/8,
scales 1 plus an eighth. Member m has the
rate divided by 2^m and shuffles by RandomState(m + 5), each epoch from 0, 1, ….

A row is a network's member trained with one batch size: {"name", "network", "member", "batching", "epochs", "trained",
"outputs"}. "epochs" has a record for each epoch, the first of the untrained network: the training set's loss and accuracy
(none there), and "test", loss and accuracy of the first n test examples for each n of TEST_SIZES. "undecided" is the share
of examples whose two greatest outputs are so close that rounding may decide. "trained" has for each
parameter and running statistic its summary, "outputs" the outputs' for each n, before and after training. A summary is
root mean square, and sums of the numbers times cos(i) and times cos(0.3 i + 1) over the root of their count.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import scalars, write_list  # noqa: E402

EPOCHS, CLASSES, TRAIN_COUNT = 3, 4, 600
TEST_SIZES = [1, 200, 400, 1000, 1001, 2001]
MEMBERS = 2
# Examples in a batch, and whether the last batch is filled up.
BATCHINGS = {"whole": (600, False), "divides": (100, False), "dropped": (170, False), "masked": (170, True)}
# A distance of the two greatest outputs below which rounding may decide between them.
MARGIN = 1e-4


def draws(seed, shape):
    return np.floor(np.random.RandomState(seed).random_sample(shape) * 4096) / 2048 - 1


def kernel_scale(inputs):
    scale = 1.0
    while scale * scale * inputs > 3:
        scale /= 2
    return scale


class Dense:
    label = "dense"

    def __init__(self, inputs, units):
        self.shapes = {"kernel": (inputs, units), "bias": (units,)}

    def forward(self, x, p, training):
        self.x = x
        return x @ p["kernel"] + p["bias"]

    def backward(self, dy, p):
        return dy @ p["kernel"].T, {"kernel": self.x.T @ dy, "bias": dy.sum(0)}


class Tanh:
    label, shapes = "tanh", {}

    def forward(self, x, p, training):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy, p):
        return dy * (1 - self.y**2), {}


class Flatten:
    label, shapes = "flatten", {}

    def forward(self, x, p, training):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy, p):
        return dy.reshape(self.shape), {}


class Conv:
    """3x3 with an edge of zeros, without bias."""

    label = "conv2D"

    def __init__(self, channels, filters):
        self.shapes = {"kernel": (3, 3, channels, filters)}

    def forward(self, x, p, training):
        n, h, w, c = x.shape
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = [padded[:, i : i + h, j : j + w] for i in range(3) for j in range(3)]
        self.columns, self.shape = np.concatenate(windows, -1).reshape(n * h * w, 9 * c), x.shape
        return (self.columns @ p["kernel"].reshape(9 * c, -1)).reshape(n, h, w, -1)

    def backward(self, dy, p):
        n, h, w, c = self.shape
        dy = dy.reshape(n * h * w, -1)
        columns = (dy @ p["kernel"].reshape(9 * c, -1).T).reshape(n, h, w, 9, c)
        padded = np.zeros((n, h + 2, w + 2, c))
        for k in range(9):
            padded[:, k // 3 : k // 3 + h, k % 3 : k % 3 + w] += columns[:, :, :, k]
        return padded[:, 1:-1, 1:-1], {"kernel": (self.columns.T @ dy).reshape(p["kernel"].shape)}


class BatchNormReLU:
    """PyTorch's settings: 0.9 of the running statistics stays, epsilon 1e-5, running variance unbiased."""

    label = "batchNorm"

    def __init__(self, channels):
        self.shapes = {"scale": (channels,), "offset": (channels,)}
        self.statistics = {"mean": np.zeros(channels), "variance": np.ones(channels)}

    def forward(self, x, p, training):
        axes = tuple(range(x.ndim - 1))
        mean, variance = self.statistics["mean"], self.statistics["variance"]
        if training:
            mean, variance = x.mean(axes), x.var(axes)
            count = x.size / x.shape[-1]
            moved = {"mean": mean, "variance": variance * count / (count - 1)}
            self.statistics = {k: 0.9 * v + 0.1 * moved[k] for k, v in self.statistics.items()}
        self.factor = 1 / np.sqrt(variance + 1e-5)
        self.normal = (x - mean) * self.factor
        y = self.normal * p["scale"] + p["offset"]
        self.positive = y > 0
        return y * self.positive

    def backward(self, dy, p):
        dy = dy * self.positive
        axes = tuple(range(dy.ndim - 1))
        gradients = {"scale": (dy * self.normal).sum(axes), "offset": dy.sum(axes)}
        count = dy.size / dy.shape[-1]
        centered = dy - gradients["offset"] / count - self.normal * gradients["scale"] / count
        return centered * p["scale"] * self.factor, gradients


class MaxPool:
    """Windows of 2x2 side by side; the gradient goes to the first of the greatest."""

    label, shapes = "maxPool2D", {}

    def forward(self, x, p, training):
        n, h, w, c = x.shape
        windows = x.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4).reshape(n, h // 2, w // 2, c, 4)
        self.shape, self.first = x.shape, windows.argmax(-1)
        return windows.max(-1)

    def backward(self, dy, p):
        n, h, w, c = self.shape
        windows = (np.arange(4) == self.first[..., None]) * dy[..., None]
        return windows.reshape(n, h // 2, w // 2, c, 2, 2).transpose(0, 1, 4, 2, 5, 3).reshape(self.shape), {}


class SimpleRNN:
    """h' = tanh(x kernel + bias + h recurrent), from zeros; the last h."""

    label = "recurrent"

    def __init__(self, inputs, units):
        self.units = units
        self.shapes = {"kernel": (inputs, units), "bias": (units,), "recurrent/kernel": (units, units)}

    def forward(self, x, p, training):
        self.x, self.h = x, [np.zeros((len(x), self.units))]
        for t in range(x.shape[1]):
            self.h.append(np.tanh(x[:, t] @ p["kernel"] + p["bias"] + self.h[-1] @ p["recurrent/kernel"]))
        return self.h[-1]

    def backward(self, dh, p):
        g = {k: np.zeros(s) for k, s in self.shapes.items()}
        for t in reversed(range(self.x.shape[1])):
            da = dh * (1 - self.h[t + 1] ** 2)
            g["kernel"] += self.x[:, t].T @ da
            g["bias"] += da.sum(0)
            g["recurrent/kernel"] += self.h[t].T @ da
            dh = da @ p["recurrent/kernel"].T
        return None, g


class LSTM:
    """Gates input, forget, candidate, output; c' = f c + i g, h' = o tanh(c'), from zeros; the last h."""

    label = "recurrent"

    def __init__(self, inputs, units):
        self.units = units
        self.shapes = {"kernel": (inputs, 4 * units), "bias": (4 * units,), "recurrent/kernel": (units, 4 * units)}

    def forward(self, x, p, training):
        h = c = np.zeros((len(x), self.units))
        self.x, self.steps = x, []
        for t in range(x.shape[1]):
            i, f, g, o = np.split(x[:, t] @ p["kernel"] + p["bias"] + h @ p["recurrent/kernel"], 4, -1)
            i, f, g, o = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), np.tanh(g), 1 / (1 + np.exp(-o))
            new = f * c + i * g
            self.steps.append((h, c, i, f, g, o, np.tanh(new)))
            h, c = o * np.tanh(new), new
        return h

    def backward(self, dh, p):
        grads, dc = {k: np.zeros(s) for k, s in self.shapes.items()}, 0
        for t in reversed(range(self.x.shape[1])):
            h, c, i, f, g, o, tanh = self.steps[t]
            dc = dc + dh * o * (1 - tanh**2)
            da = np.concatenate(
                [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2), dh * tanh * o * (1 - o)], -1)
            grads["kernel"] += self.x[:, t].T @ da
            grads["bias"] += da.sum(0)
            grads["recurrent/kernel"] += h.T @ da
            dh, dc = da @ p["recurrent/kernel"].T, dc * f
        return None, grads


def mlp(width):
    return [Dense(20, width), Tanh(), Dense(width, width), Tanh(), Dense(width, CLASSES)]


def cnn(width):
    return [
        Conv(2, width), BatchNormReLU(width), MaxPool(), Conv(width, width), BatchNormReLU(width), Flatten(),
        Dense(9 * width, CLASSES)]


def recurrent(cell, width):
    return [cell(4, width), Dense(width, CLASSES)]


# Layers, shape of an example, rate, momentum.
NETWORKS = {
    **{f"mlp {w}": (lambda w=w: mlp(w), (20,), 0.125, 0.9) for w in [5, 24, 100, 512]},
    **{f"cnn {w}": (lambda w=w: cnn(w), (6, 6, 2), 0.03125, 0.9) for w in [5, 16, 64]},
    **{f"rnn {w}": (lambda w=w: recurrent(SimpleRNN, w), (6, 4), 0.25, 0.0) for w in [5, 128]},
    "lstm 32": (lambda: recurrent(LSTM, 32), (6, 4), 1.0, 0.0),
}


class Network:
    def __init__(self, layers, member):
        self.layers, self.names, counts = layers, [], {}
        for layer in layers:
            counts[layer.label] = counts.get(layer.label, 0) + 1
            self.names.append(f"{layer.label}{counts[layer.label]}")
        shapes = {f"{n}/{k}": s for n, l in zip(self.names, layers) for k, s in l.shapes.items()}
        self.parameters = {}
        for number, path in enumerate(sorted(shapes)):
            values = draws(100 * member + number + 10, shapes[path])
            if path.endswith("kernel"):
                values = values * kernel_scale(np.prod(shapes[path][:-1]))
            else:
                values = values / 8 + path.endswith("scale")
            self.parameters[path] = values
        self.velocity = {k: 0.0 for k in self.parameters}

    def part(self, name):
        return {k[len(name) + 1 :]: v for k, v in self.parameters.items() if k.startswith(name + "/")}

    def forward(self, x, training):
        for name, layer in zip(self.names, self.layers):
            x = layer.forward(x, self.part(name), training)
        return x

    def step(self, x, labels, weights, rate, momentum):
        """Sum of losses, correct answers, undecided ones and examples, before the update."""
        outputs = self.forward(x, True)
        losses, probabilities = cross_entropy(outputs, labels)
        d = (probabilities - np.eye(CLASSES)[labels]) * weights[:, None] / weights.sum()
        for name, layer in reversed(list(zip(self.names, self.layers))):
            d, gradients = layer.backward(d, self.part(name))
            for key, gradient in gradients.items():
                path = f"{name}/{key}"
                self.velocity[path] = momentum * self.velocity[path] + gradient
                self.parameters[path] = self.parameters[path] - rate * self.velocity[path]
        right, close = answers(outputs, labels)
        return np.array([(values * weights).sum() for values in (losses, right, close, np.ones(len(weights)))])

    def tensors(self):
        tensors = {f"parameters/{k}": v for k, v in self.parameters.items()}
        for name, layer in zip(self.names, self.layers):
            for key, value in getattr(layer, "statistics", {}).items():
                tensors[f"state/{name}/{key}"] = value
        return tensors


def cross_entropy(outputs, labels):
    shifted = outputs - outputs.max(-1, keepdims=True)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(-1, keepdims=True)
    return -np.log(probabilities[np.arange(len(labels)), labels]), probabilities


def answers(outputs, labels):
    """Which are correct, and which are undecided."""
    top = np.sort(outputs, -1)
    return outputs.argmax(-1) == labels, top[:, -1] - top[:, -2] < MARGIN


def summary(values):
    values = np.asarray(values, float).reshape(-1)
    index = np.arange(values.size)
    return scalars([
        np.sqrt((values**2).mean()), *(values @ c / np.sqrt(values.size) for c in (np.cos(index), np.cos(0.3 * index + 1)))])


def record(means):
    return dict(zip(("loss", "accuracy", "undecided"), scalars(means)))


def data(shape):
    size = int(np.prod(shape))
    inputs = draws(1 + size, (TRAIN_COUNT + max(TEST_SIZES), size))
    labels = (inputs @ draws(2, (size, CLASSES))).argmax(-1)
    return inputs.reshape(-1, *shape), labels


def train(name, member, batching):
    layers, shape, rate, momentum = NETWORKS[name]
    network, (inputs, labels) = Network(layers(), member), data(shape)
    x, y, test, test_labels = inputs[:TRAIN_COUNT], labels[:TRAIN_COUNT], inputs[TRAIN_COUNT:], labels[TRAIN_COUNT:]
    batch, is_masked = BATCHINGS[batching]
    shuffling = np.random.RandomState(member + 5)

    def evaluated():
        outputs = network.forward(test, False)
        numbers = cross_entropy(outputs, test_labels)[0], *answers(outputs, test_labels)
        return outputs, [record([values[:n].mean() for values in numbers]) for n in TEST_SIZES]

    before, tested = evaluated()
    epochs = [{"test": tested}]
    for _ in range(EPOCHS):
        order = np.arange(TRAIN_COUNT)
        shuffling.shuffle(order)
        sums = np.zeros(4)
        for start in range(0, TRAIN_COUNT, batch):
            chosen = order[start : start + batch]
            weights = np.ones(len(chosen))
            if len(chosen) < batch:
                if not is_masked:
                    break
                # What fills the batch up is the first example, without weight; normalization sees it.
                chosen, weights = np.pad(chosen, (0, batch - len(chosen))), np.pad(weights, (0, batch - len(chosen)))
            sums += network.step(x[chosen], y[chosen], weights, rate / 2**member, momentum)
        after, tested = evaluated()
        epochs.append({**record(sums[:3] / sums[3]), "test": tested})
    return {
        "name": f"{name}, member {member}, {batching}", "network": name, "member": member, "batching": batching,
        "epochs": epochs, "trained": {k: summary(v) for k, v in network.tensors().items()},
        "outputs": [[summary(o[:n]) for n in TEST_SIZES] for o in (before, after)]}


rows = [train(name, member, batching) for name in NETWORKS for member in range(MEMBERS) for batching in BATCHINGS]
for row in rows:
    last = row["epochs"][-1]
    print(f"{row['name']:30} loss {last['loss']:.4f}, accuracy {last['accuracy']:.3f}, test {last['test'][-1]['accuracy']:.3f}")
write_list(__file__, "oracle.json", rows)
