"""Writes architectures.json: networks of torchvision, timm and PyTorch, in float64.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_architectures.py

A row is {"name", "model", "source", "isTraining", "input", "output", "shapes", "gradients", "state"}. Weights and inputs aren't
stored. Element i, in PyTorch's layout, of the array whose name is number n in alphabetical order of all parameters is
scale * sin(0.7 * i + n), where scale is sqrt(2 / (elements / first extent)) for weights of two or more axes and 0.1
else, with 1 added for weights of one axis; running means are 0 and variances 1. Inputs are sin(0.37 * i), channels last.
"shapes" are the parameters', by PyTorch's names. In training, "gradients" holds the norm of each parameter's gradient of
sum(output * cos(i)), and "state" the norm of each running statistic after the step.
"""

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
from timm.layers import BatchNormAct2d
from timm.models.mlp_mixer import MlpMixer
from timm.models.resnetv2 import ResNetV2, create_conv2d
from torchvision.models.mobilenetv3 import MobileNetV3, _mobilenet_v3_conf
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.vision_transformer import VisionTransformer

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, scalar, write_list  # noqa: E402

rows = []

# PyTorch's own have derivatives that are rounded to single precision.
nn.Hardsigmoid.forward = lambda _, x: nn.functional.relu6(x + 3) / 6
nn.Hardswish.forward = lambda _, x: x * nn.functional.relu6(x + 3) / 6


class NarrowResNet(ResNet):
    """torchvision's network with fewer filters, and the stem for small images."""

    def __init__(self, block, layers, width, cifar):
        self.__dict__["width"] = width
        super().__init__(block, layers, num_classes=10)
        self.fc = nn.Linear(8 * width * block.expansion, 10)
        if cifar:
            self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
            self.maxpool = nn.Identity()

    def __setattr__(self, name, value):
        if name == "inplanes" and "inplanes" not in self.__dict__:
            value = self.width
        super().__setattr__(name, value)

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        return super()._make_layer(block, planes // 64 * self.width, blocks, stride, dilate)


def preact(layers, width, basic, cifar=True):
    channels = [width << stage if basic else 4 * width << stage for stage in range(4)]
    net = ResNetV2(layers, channels, num_classes=10, stem_chs=width, basic=basic, preact=True, conv_layer=create_conv2d,
                   norm_layer=BatchNormAct2d, bottle_ratio=1.0 if basic else 0.25)
    if cifar:
        net.stem = nn.Sequential()
        net.stem.add_module("conv", nn.Conv2d(3, width, 3, 1, 1, bias=False))
    return net


def mobile(size, width):
    blocks, last = _mobilenet_v3_conf(f"mobilenet_v3_{size}", width_mult=width)
    return MobileNetV3(blocks, last, num_classes=10, dropout=0.0)


class Encoder(nn.Module):
    """PyTorch's encoder layers between the rest of our network for sequences of numbers."""

    def __init__(self, features, width, depth, heads, hidden, norm_first):
        super().__init__()
        self.input = nn.Linear(features, width)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, hidden, 0.0, "gelu" if norm_first else "relu", batch_first=True,
                                       norm_first=norm_first) for _ in range(depth))
        if norm_first:
            self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        x = self.input(x)
        steps, size = x.shape[1:]
        position, i = torch.arange(steps)[:, None].double(), torch.arange(size)[None].double()
        angle = position / 10000 ** ((i / 2).floor() * 2 / size)
        x = x + torch.where(i % 2 == 0, angle.sin(), angle.cos())
        for layer in self.layers:
            x = layer(x)
        return self.head((self.norm(x) if hasattr(self, "norm") else x).mean(1))


def add(model, source, net, shape, training):
    net = net.double().train(training)
    names = sorted(n for n, _ in net.named_parameters())
    parameters = dict(net.named_parameters())
    with torch.no_grad():
        for n, name in enumerate(names):
            p = parameters[name]
            is_weight = name.endswith("weight")
            scale = np.sqrt(2 / (p.numel() / p.shape[0])) if is_weight and p.dim() > 1 else 0.1
            wave = scale * torch.sin(0.7 * torch.arange(p.numel(), dtype=torch.float64) + n)
            p.copy_((wave + (1.0 if is_weight and p.dim() == 1 else 0.0)).reshape(p.shape))
    x = torch.sin(0.37 * torch.arange(int(np.prod(shape)), dtype=torch.float64)).reshape(shape)
    y = net(x.permute(0, 3, 1, 2) if len(shape) == 4 else x)
    loss = (y * torch.cos(torch.arange(y.numel(), dtype=torch.float64)).reshape(y.shape)).sum()
    gradients = torch.autograd.grad(loss, [parameters[n] for n in names])

    def norm(value):
        return scalar(float(f"{value.norm().item():.12g}"))
    rows.append({
        "name": f"{model}, {'training' if training else 'inference'}", "model": model, "source": source,
        "isTraining": training, "input": list(shape), "output": array(y.detach().numpy()),
        "shapes": {n: list(parameters[n].shape) for n in names},
        "gradients": {n: norm(g) for n, g in zip(names, gradients)} if training else {},
        "state": {n: norm(b.double()) for n, b in net.named_buffers() if "running" in n}})


image = (2, 16, 16, 3)
add("resNet(depth: 18, stem: cifar, width: 4)", "torchvision", NarrowResNet(BasicBlock, [2, 2, 2, 2], 4, True), image, True)
add("resNet(depth: 18, width: 4)", "torchvision", NarrowResNet(BasicBlock, [2, 2, 2, 2], 4, False), (2, 33, 40, 3), False)
add("resNet(depth: 50, stem: cifar, width: 4)", "torchvision", NarrowResNet(Bottleneck, [3, 4, 6, 3], 4, True), image, False)
add("preActResNet(depth: 18, stem: cifar, width: 8)", "timm", preact([2, 2, 2, 2], 8, True), image, True)
add("preActResNet(depth: 50, width: 8)", "timm", preact([3, 4, 6, 3], 8, False, False), (2, 40, 33, 3), False)
add("mobileNetV3(width: 0.25, dropout: 0)", "torchvision", mobile("small", 0.25), (2, 40, 48, 3), True)
add("mobileNetV3(size: large, width: 0.25)", "torchvision", mobile("large", 0.25), (2, 40, 48, 3), False)
add("vit(patch: 4, width: 8, depth: 2, heads: 2)", "torchvision",
    VisionTransformer(16, 4, 2, 2, 8, 32, num_classes=10), image, False)
add("mlpMixer(patch: 4, width: 8, depth: 2)", "timm",
    MlpMixer(num_classes=10, img_size=16, patch_size=4, num_blocks=2, embed_dim=8), image, False)
add("transformer(width: 8, heads: 2)", "pytorch", Encoder(3, 8, 2, 2, 32, True), (2, 6, 3), False)
add("transformer(width: 8, heads: 2, depth: 1, hidden: 12, norm: after, activation: relu)", "pytorch",
    Encoder(3, 8, 1, 2, 12, False), (2, 6, 3), True)
write_list(__file__, "architectures.json", rows)
