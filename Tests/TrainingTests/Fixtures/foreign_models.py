"""The models that weights are exchanged for, in PyTorch and in Keras, with layers called by our paths.

`torch_model(name)` and `keras_model(name)` give a function of a NumPy batch, as it is here, to NumPy outputs, and the
weights by name, to be read and set. `MODELS` says the batches' shapes and, for indices, how many there are.
"""

from collections import OrderedDict

import numpy as np

MODELS = {"cnn": ((2, 18, 14, 3), None), "nineConv": ((2, 6, 4, 3), None), "wideResNet": ((2, 8, 8, 3), None),
          "norms": ((2, 5, 6, 2), None), "flat": ((4, 3), 7), "lstm": ((2, 5), 7), "gru": ((2, 5), 7), "rnn": ((2, 5), 7)}


def batch(name):
    """Images sin(0.37 i), indices 5 i modulo their number."""
    shape, indices = MODELS[name]
    i = np.arange(int(np.prod(shape)))
    return (i * 5 % indices).astype(np.int32).reshape(shape) if indices else np.sin(0.37 * i).astype(np.float32).reshape(shape)


def torch_model(name):
    import torch
    from torch import nn

    class Chain(nn.Sequential):
        def forward(self, x):
            for module in self:
                x = module(x)[0][:, -1] if isinstance(module, nn.RNNBase) else module(x)
            return x

    class Wide(nn.Module):
        def __init__(self):
            super().__init__()
            conv = lambda i, o, s, stride=1: nn.Conv2d(i, o, s, stride, s // 2, bias=False)
            self.conv, before = conv(3, 16, 3), 16
            for group, filters in enumerate([16, 32, 64], 1):
                stride = 1 if group == 1 else 2
                block = nn.ModuleDict({
                    "norm1": nn.BatchNorm2d(before), "conv1": conv(before, filters, 3, stride),
                    "norm2": nn.BatchNorm2d(filters), "conv2": conv(filters, filters, 3)})
                if before != filters:
                    block["shortcut"] = conv(before, filters, 1, stride)
                setattr(self, f"group{group}_block1", block)
                before = filters
            self.norm, self.dense = nn.BatchNorm2d(64), nn.Linear(64, 10)

        def forward(self, x):
            x = self.conv(x)
            for block in [self.group1_block1, self.group2_block1, self.group3_block1]:
                active = block["norm1"](x).relu()
                y = block["conv2"](block["norm2"](block["conv1"](active)).relu())
                x = y + (block["shortcut"](active) if "shortcut" in block else x)
            return self.dense(self.norm(x).relu().mean((2, 3)))

    def recurrent(module):
        return Chain(OrderedDict(embedding1=nn.Embedding(7, 4), layerNorm1=nn.LayerNorm(4, eps=1e-3),
                                 recurrent1=module(4, 3, batch_first=True), dense1=nn.Linear(3, 2)))

    model = {
        "cnn": lambda: Chain(OrderedDict(
            conv2D1=nn.Conv2d(3, 3, 3), a=nn.ReLU(), b=nn.MaxPool2d(2), conv2D2=nn.Conv2d(3, 4, 3), c=nn.ReLU(),
            d=nn.MaxPool2d(2), e=nn.Flatten(), dense1=nn.Linear(24, 5), f=nn.ReLU(), dense2=nn.Linear(5, 10))),
        "nineConv": lambda: Chain(OrderedDict(
            conv2D1=nn.Conv2d(3, 3, 3, padding=1), batchNorm1=nn.BatchNorm2d(3, eps=1e-3), a=nn.ReLU(), b=nn.AvgPool2d(2),
            conv2D2=nn.Conv2d(3, 4, 3, padding=1), batchNorm2=nn.BatchNorm2d(4, eps=1e-3), c=nn.ReLU(),
            d=nn.AdaptiveAvgPool2d(1), e=nn.Flatten(), dense1=nn.Linear(4, 10))),
        "wideResNet": Wide,
        "norms": lambda: Chain(OrderedDict(
            conv2D1=nn.Conv2d(2, 4, 3, groups=2, bias=False), layerNorm1=nn.LayerNorm((4, 3, 4), eps=1e-3), a=nn.Flatten(),
            batchNorm1=nn.BatchNorm1d(48, eps=1e-3), b=nn.Tanh(), dense1=nn.Linear(48, 3))),
        "flat": lambda: Chain(OrderedDict(
            embedding1=nn.Embedding(7, 4), a=nn.Flatten(), dense1=nn.Linear(12, 5), b=nn.Tanh(), dense2=nn.Linear(5, 3))),
        "lstm": lambda: recurrent(nn.LSTM), "gru": lambda: recurrent(nn.GRU), "rnn": lambda: recurrent(nn.RNN),
    }[name]().eval()

    def run(x):
        x = torch.from_numpy(x)
        with torch.no_grad():
            return model(x.permute(0, 3, 1, 2).contiguous() if x.dim() == 4 else x.long()).numpy()

    def assign(weights):
        model.load_state_dict({k: torch.from_numpy(np.array(v)) for k, v in weights.items()}, strict=True)

    return run, lambda: {k: v.numpy() for k, v in model.state_dict().items()}, assign


def keras_model(name):
    import keras
    from keras import layers as K

    class Block(K.Layer):
        def __init__(self, before, filters, stride, name):
            super().__init__(name=name)
            conv = lambda size, stride, name: K.Conv2D(filters, size, stride, "valid", use_bias=False, name=name)
            self.pad = K.ZeroPadding2D(1)
            self.norm1, self.norm2 = (K.BatchNormalization(epsilon=1e-5, name=n) for n in ["norm1", "norm2"])
            self.conv1, self.conv2 = conv(3, stride, "conv1"), conv(3, 1, "conv2")
            self.shortcut = conv(1, stride, "shortcut") if before != filters else None

        def call(self, x):
            active = keras.ops.relu(self.norm1(x))
            y = self.conv1(self.pad(active))
            y = self.conv2(self.pad(keras.ops.relu(self.norm2(y))))
            return y + (self.shortcut(active) if self.shortcut else x)

    def wide():
        x = K.Conv2D(16, 3, padding="same", use_bias=False, name="conv")
        parts, before = [x], 16
        for group, filters in enumerate([16, 32, 64], 1):
            parts.append(Block(before, filters, 1 if group == 1 else 2, f"group{group}_block1"))
            before = filters
        return parts + [K.BatchNormalization(epsilon=1e-5, name="norm"), K.ReLU(), K.GlobalAveragePooling2D(), K.Dense(10, name="dense")]

    def recurrent(layer):
        return [K.Embedding(7, 4, name="embedding1"), K.LayerNormalization(name="layerNorm1"), layer(3, name="recurrent1"),
                K.Dense(2, name="dense1")]

    model = keras.Sequential({
        "cnn": lambda: [
            K.Conv2D(3, 3, activation="relu", name="conv2D1"), K.MaxPooling2D(), K.Conv2D(4, 3, activation="relu", name="conv2D2"),
            K.MaxPooling2D(), K.Flatten(), K.Dense(5, "relu", name="dense1"), K.Dense(10, name="dense2")],
        "nineConv": lambda: [
            K.Conv2D(3, 3, padding="same", name="conv2D1"), K.BatchNormalization(name="batchNorm1"), K.ReLU(),
            K.AveragePooling2D(2), K.Conv2D(4, 3, padding="same", name="conv2D2"), K.BatchNormalization(name="batchNorm2"),
            K.ReLU(), K.GlobalAveragePooling2D(), K.Dense(10, name="dense1")],
        "wideResNet": wide,
        "norms": lambda: [
            K.Conv2D(4, 3, groups=2, use_bias=False, name="conv2D1"), K.LayerNormalization(axis=[1, 2, 3], name="layerNorm1"),
            K.Flatten(), K.BatchNormalization(name="batchNorm1"), K.Activation("tanh"), K.Dense(3, name="dense1")],
        "flat": lambda: [
            K.Embedding(7, 4, name="embedding1"), K.Flatten(), K.Dense(5, "tanh", name="dense1"), K.Dense(3, name="dense2")],
        "lstm": lambda: recurrent(K.LSTM), "gru": lambda: recurrent(K.GRU), "rnn": lambda: recurrent(K.SimpleRNN),
    }[name]())
    model(batch(name))

    def named(layer, prefix):
        # A recurrent layer's weights are its own, though a cell inside keeps them; a block's are its layers'.
        inner = [l for l in layer._layers if l.weights] if isinstance(layer, Block) else []
        if inner:
            return {k: v for l in inner for k, v in named(l, f"{prefix}/{l.name}").items()}
        return {f"{prefix}/{v.name}": v for v in layer.weights if "seed" not in v.name}

    variables = {k: v for layer in model.layers for k, v in named(layer, layer.name).items()}

    def assign(weights):
        assert set(weights) == set(variables), (set(weights) ^ set(variables))
        for k, v in weights.items():
            variables[k].assign(v)

    return lambda x: np.asarray(model(x, training=False)), lambda: {k: np.array(v) for k, v in variables.items()}, assign


FRAMEWORKS = {"pyTorch": torch_model, "keras": keras_model}
