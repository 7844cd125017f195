"""Writes fine_tuning.json: ten steps of fine-tuning in PyTorch, from the weights in cnn_pyTorch.safetensors with a head for
four classes: all layers, and with the convolutions frozen. Losses are those before each update."""

import json
from collections import OrderedDict

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

STEPS, CLASSES, COUNT = 10, 4, 8


def network():
    body = OrderedDict(
        conv2D1=nn.Conv2d(3, 3, 3), a=nn.ReLU(), b=nn.MaxPool2d(2), conv2D2=nn.Conv2d(3, 4, 3), c=nn.ReLU(),
        d=nn.MaxPool2d(2), e=nn.Flatten(), dense1=nn.Linear(24, 5), f=nn.ReLU(), dense2=nn.Linear(5, CLASSES))
    model = nn.Sequential(body)
    weights = load_file("cnn_pyTorch.safetensors")
    weights["dense2.weight"] = torch.sin(0.7 * torch.arange(5.0 * CLASSES)).reshape(CLASSES, 5) * 0.5
    weights["dense2.bias"] = torch.zeros(CLASSES)
    model.load_state_dict(weights)
    return model


def losses(frozen):
    model = network()
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not name.startswith(frozen)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.05, momentum=0.9)
    shape = (COUNT, 18, 14, 3)
    x = np.sin(0.37 * np.arange(np.prod(shape))).astype(np.float32).reshape(shape)
    x, y = torch.from_numpy(x).permute(0, 3, 1, 2), torch.arange(COUNT) % CLASSES
    found = []
    for _ in range(STEPS):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return found


torch.manual_seed(0)
with open("fine_tuning.json", "w") as file:
    json.dump({"all": losses(("none",)), "frozen": losses(("conv",))}, file)
    file.write("\n")
