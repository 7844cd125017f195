"""Writes library_weights.json: networks of timm and Keras Applications, by the names of their weights, in float64.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/TrainingTests/Fixtures/generate_library_weights.py

A row is {"name", "model", "isNumPy", "arrays", "input", "output"}: "model" is Tanren's name, "arrays" are the shapes by
name, and "isNumPy" tells whether people have them as NPZ. Values aren't stored. Element i of the array that is number n in
alphabetical order is sin(0.7 * i + n) times a scale, plus an offset:

    variances                        0.4, 1
    scales (one axis; weight, gamma) 0.1, 1
    other arrays of one axis         0.1, 0
    kernels of 2 or 4 axes           sqrt(2 / (elements / outputs)), 0; outputs are the first axis of "weight", else the last

Inputs are sin(0.37 * i), channels last. Outputs are logits, null where names and shapes are enough.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import timm  # noqa: E402
import torch  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list  # noqa: E402

rows = []


def value(number, name, shape):
    steps = np.sin(0.7 * np.arange(int(np.prod(shape)), dtype=np.float64) + number).reshape(shape)
    if len(shape) > 1:
        outputs = shape[0] if name.endswith("weight") else shape[-1]
        return steps * np.sqrt(2 / (np.prod(shape) / outputs))
    if "var" in name:
        return 1 + 0.4 * steps
    return 0.1 * steps + (1 if name.endswith(("weight", "gamma")) else 0)


def add(name, model, is_numpy, shapes, images, output):
    rows.append({"name": name, "model": model, "isNumPy": is_numpy, "arrays": {n: list(s) for n, s in shapes.items()},
                 "input": list(images.shape), "output": None if output is None else array(output)})


def images(*shape):
    return np.sin(0.37 * np.arange(int(np.prod(shape)), dtype=np.float64)).reshape(shape)


def add_mobile(variant, size, has_output):
    net = timm.create_model(variant, num_classes=10).double().eval()
    state = {n: p for n, p in net.state_dict().items() if not n.endswith("num_batches_tracked")}
    with torch.no_grad():
        for number, name in enumerate(sorted(state)):
            state[name].copy_(torch.tensor(value(number, name, state[name].shape)))
        x = images(2, 40, 48, 3)
        y = net(torch.tensor(x).permute(0, 3, 1, 2)).numpy()
    add(variant, f"mobileNetV3(size: {size}, epsilon: 1e-05)", False, {n: tuple(p.shape) for n, p in state.items()}, x,
        y if has_output else None)


def add_keras(name, model):
    """Keras' network with a sixteenth of the filters."""
    module = sys.modules["keras.src.applications.resnet"]
    convolution = keras.layers.Conv2D
    module.layers.Conv2D = lambda filters, *rest, **settings: convolution(filters // 16, *rest, **settings)
    net = getattr(keras.applications, name)(weights=None, classes=10, classifier_activation=None,
                                            input_shape=(40, 48, 3))
    module.layers.Conv2D = convolution
    weights = {w.path: w for w in net.weights}
    for number, path in enumerate(sorted(weights)):
        weights[path].assign(value(number, path, tuple(weights[path].shape)))
    x = images(2, 40, 48, 3)
    add(name, model, True, {p: tuple(w.shape) for p, w in weights.items()}, x,
        keras.ops.convert_to_numpy(net(x, training=False)))


keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
# Keras normalizes batches in float32 whatever the layer computes in.
sys.modules["keras.src.layers.normalization.batch_normalization"].backend.result_type = lambda *types: "float64"
add_mobile("mobilenetv3_small_100", "small", True)
add_mobile("mobilenetv3_large_100", "large", False)
add_keras("ResNet50", "kerasResNet(width: 4)")
add_keras("ResNet50V2", "kerasResNet(version: v2, width: 4)")
write_list(__file__, "library_weights.json", rows)
