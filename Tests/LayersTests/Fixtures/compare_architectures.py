"""Compares whole networks with torchvision's and timm's, through the commands that people use.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/compare_architectures.py TANREN

Writes each network's random weights and ten images to a temporary folder, has the command TANREN load them
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

networks = {
    "resNet": lambda: models.resnet18(num_classes=10),
    "resNet(50)": lambda: models.resnet50(num_classes=10),
    "mobileNetV3(small)": lambda: models.mobilenet_v3_small(num_classes=10),
    "mobileNetV3(large)": lambda: models.mobilenet_v3_large(num_classes=10),
    "vit": lambda: models.VisionTransformer(64, 16, 12, 12, 768, 3072, num_classes=10),
    "mlpMixer(width: 512, depth: 8)": lambda: timm.create_model("mixer_s16_224", num_classes=10, img_size=64),
}


def outputs(net, images):
    """Of the network with running statistics other than 0 and 1, and outputs that aren't all but equal."""
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if name.startswith("head"):
                parameter.normal_(0, 0.02)
            if name.startswith("classifier") and parameter.dim() > 1:
                parameter.mul_(1000 if ".3." in name else 10)
        for _ in range(3):
            net.train()(torch.randn(8, 3, 64, 64))
        return net.eval()(torch.tensor(images).permute(0, 3, 1, 2)).double().numpy()


def main(tanren):
    torch.manual_seed(0)
    images = np.random.default_rng(0).normal(size=(10, 64, 64, 3)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        np.savez("data.npz", x_train=images, y_train=np.arange(10), x_test=images, y_test=np.arange(10))
        np.save("images.npy", images)
        for name, make in networks.items():
            net = make()
            expected = outputs(net, images)
            save_file({k: v.contiguous() for k, v in net.state_dict().items()}, "weights.safetensors")
            subprocess.run(
                [tanren, "run", "data=npz(path: data.npz)", f"model={name}", "weights=weights.safetensors", "epochs=0",
                 "batchSize=5", "--output", "out", "--quiet"], check=True)
            subprocess.run(
                [tanren, "predict", "out/model.safetensors", "images.npy", "--output", "found.csv"], check=True,
                stdout=subprocess.DEVNULL)
            with open("found.csv") as file:
                found = np.log([[float(p) for p in row[2:]] for row in list(csv.reader(file))[1:]])
            difference = (found - found.mean(1, keepdims=True)) - (expected - expected.mean(1, keepdims=True))
            print(f"{name}: {abs(difference).max():.1e}, of logits with a deviation of {expected.std():.2f}")


main(os.path.abspath(sys.argv[1]))
