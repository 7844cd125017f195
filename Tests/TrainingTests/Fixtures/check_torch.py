"""Loads exported weights into PyTorch and compares its outputs: check_torch.py WEIGHTS EXPECTED, and saves the
weights again in a third file from PyTorch itself."""

import sys
from collections import OrderedDict

import torch
from safetensors.torch import load_file, save_file

weights, expected, again = load_file(sys.argv[1]), load_file(sys.argv[2]), sys.argv[3]
model = torch.nn.Sequential(OrderedDict(
    embedding1=torch.nn.Embedding(7, 4), flatten1=torch.nn.Flatten(), dense1=torch.nn.Linear(12, 5),
    tanh1=torch.nn.Tanh(), dense2=torch.nn.Linear(5, 3)))
model.load_state_dict(weights, strict=True)
with torch.no_grad():
    outputs = model(expected["inputs"])
assert torch.allclose(outputs, expected["outputs"], atol=1e-6), (outputs - expected["outputs"]).abs().max()
save_file(model.state_dict(), again)
print("PyTorch agrees")
