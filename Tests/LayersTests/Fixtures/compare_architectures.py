"""Compares whole networks with torchvision's, timm's and Keras', through the commands that people use.

    python3 -m pip install -r Tests/fixture-requirements.txt
    KERAS_BACKEND=torch python3 Tests/LayersTests/Fixtures/compare_architectures.py TANREN [NAME…]

Writes each network's random weights and images to a temporary folder, has the command TANREN load them
(`run weights=… epochs=0`) and predict, and prints the greatest difference of the logits, up to their mean.
"""

import csv
import os
import subprocess
import sys
import tempfile

import numpy as np
import timm
import torch
from safetensors.torch import save_file
from torchvision import models


def keras_network(name):
    def make(size):
        import keras
        return getattr(keras.applications, name)(
            weights=None, classes=10, classifier_activation=None, input_shape=(size, size, 3))
    return make


# By name: Tanren's model, the height and width of images, and the network.
networks = {
    "resNet": ("resNet", 64, lambda _: models.resnet18(num_classes=10)),
    "resNet50": ("resNet(50)", 64, lambda _: models.resnet50(num_classes=10)),
    "mobileNetV3 small": ("mobileNetV3(small)", 64, lambda _: models.mobilenet_v3_small(num_classes=10)),
    "mobileNetV3 large": ("mobileNetV3(large)", 64, lambda _: models.mobilenet_v3_large(num_classes=10)),
    "timm's mobileNetV3 small": (
        "mobileNetV3(small, epsilon: 1e-05, momentum: 0.9)", 64,
        lambda _: timm.create_model("mobilenetv3_small_100", num_classes=10)),
    "timm's mobileNetV3 large": (
        "mobileNetV3(large, epsilon: 1e-05, momentum: 0.9)", 64,
        lambda _: timm.create_model("mobilenetv3_large_100", num_classes=10)),
    "vit": ("vit", 64, lambda _: models.VisionTransformer(64, 16, 12, 12, 768, 3072, num_classes=10)),
    "timm's vit at 224": ("vit", 224, lambda _: timm.create_model("vit_base_patch16_224", num_classes=10)),
    "mlpMixer": (
        "mlpMixer(width: 512, depth: 8)", 64, lambda _: timm.create_model("mixer_s16_224", num_classes=10, img_size=64)),
    "Keras' ResNet50": ("kerasResNet", 64, keras_network("ResNet50")),
    "Keras' ResNet50V2": ("kerasResNet(version: v2)", 64, keras_network("ResNet50V2")),
}


def torch_outputs(net, images):
    """Of the network with running statistics other than 0 and 1, and outputs with a deviation of 1."""
    x = torch.tensor(images).permute(0, 3, 1, 2)
    with torch.no_grad():
        head = [module for module in net.modules() if isinstance(module, torch.nn.Linear)][-1]
        head.weight.normal_(0, 0.02)
        for _ in range(3):
            net.train()(torch.randn(8, *x.shape[1:]))
        head.weight.div_(net.eval()(x).std())
        return net(x).double().numpy()


def keras_outputs(net, images):
    """As torch_outputs."""
    import keras
    random = np.random.default_rng(1)
    for weight in net.weights:
        if "moving_mean" in weight.path or weight.path.endswith(("beta", "bias")):
            weight.assign(random.normal(0, 0.1, weight.shape))
        if "moving_variance" in weight.path:
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
    return keras.ops.convert_to_numpy(net(images, training=False)).astype(np.float64)


def main(tanren, names):
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in names or networks:
            model, size, make = networks[name]
            images = np.random.default_rng(0).normal(size=(10 if size < 100 else 2, size, size, 3)).astype(np.float32)
            labels = np.linspace(0, 9, len(images)).astype(np.int64)
            np.savez("data.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
            np.save("images.npy", images)
            net = make(size)
            if name.startswith("Keras"):
                import keras
                expected, weights = keras_outputs(net, images), "weights.npz"
                np.savez(weights, **{w.path: keras.ops.convert_to_numpy(w) for w in net.weights})
            else:
                expected, weights = torch_outputs(net, images), "weights.safetensors"
                save_file({k: v.contiguous() for k, v in net.state_dict().items()}, weights)
            subprocess.run(
                [tanren, "run", "data=npz(path: data.npz)", f"model={model}", f"weights={weights}", "epochs=0",
                 "batchSize=2", "--output", "out", "--quiet"], check=True)
            subprocess.run(
                [tanren, "predict", "out/model.safetensors", "images.npy", "--output", "found.csv"], check=True,
                stdout=subprocess.DEVNULL)
            with open("found.csv") as file:
                found = np.log([[float(p) for p in row[2:]] for row in list(csv.reader(file))[1:]])
            difference = (found - found.mean(1, keepdims=True)) - (expected - expected.mean(1, keepdims=True))
            print(f"{name}: {abs(difference).max():.1e}, of logits with a deviation of {expected.std():.2f}", flush=True)


main(os.path.abspath(sys.argv[1]), sys.argv[2:])
