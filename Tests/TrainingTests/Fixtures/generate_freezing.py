"""Writes freezing.json: ten steps of a small network in PyTorch, parts of it frozen or with learning rates of their own.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/TrainingTests/Fixtures/generate_freezing.py

A network of two dense layers with batch normalization between them and a third dense layer, in float64, trains ten steps on the
same twelve examples. "cases" have the optimizer, what is frozen, the factors, the loss before each step and the parameters and
running statistics at the end. Kernels are [inputs, outputs]. With "fixed" statistics the frozen batch normalization is in
evaluation mode, otherwise in training mode.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, scalar  # noqa: E402

torch.set_default_dtype(torch.float64)
random = np.random.default_rng(11)
x, t = random.normal(size=(12, 4)), random.integers(0, 3, 12).astype(np.int32)
initial = {
    "first/kernel": random.normal(size=(4, 6)), "first/bias": random.normal(size=6) / 4,
    "norm/scale": 1 + random.normal(size=6) / 8, "norm/offset": random.normal(size=6) / 8,
    "second/kernel": random.normal(size=(6, 5)), "second/bias": random.normal(size=5) / 4,
    "third/kernel": random.normal(size=(5, 3)), "third/bias": random.normal(size=3) / 4,
}


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.norm = torch.nn.Linear(4, 6), torch.nn.BatchNorm1d(6)
        self.second, self.third = torch.nn.Linear(6, 5), torch.nn.Linear(5, 3)
        with torch.no_grad():
            for path, value in initial.items():
                self.tensor(path).copy_(torch.tensor(value.T if path.endswith("kernel") else value))

    def tensor(self, path):
        layer, name = path.split("/")
        return getattr(getattr(self, layer), {"kernel": "weight", "scale": "weight", "mean": "running_mean",
                                              "variance": "running_var"}.get(name, "bias"))

    def forward(self, x):
        return self.third(torch.tanh(self.second(torch.relu(self.norm(self.first(x))))))


def case(name, frozen, statistics, factors, optimizer, make):
    torch.manual_seed(0)
    network = Network()
    groups = []
    for path in initial:
        if any(path.startswith(layer) for layer in frozen):
            network.tensor(path).requires_grad_(False)
            continue
        factor = next((f for prefix, f in factors if path.startswith(prefix)), 1)
        groups.append({"params": [network.tensor(path)], "lr": 0.05 * factor})
    made = make(groups)
    losses = []
    for _ in range(10):
        network.train()
        if statistics == "fixed" and "norm" in frozen:
            network.norm.eval()
        made.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(torch.tensor(x)), torch.tensor(t).long())
        loss.backward()
        made.step()
        losses.append(loss.item())
    end = {path: array((network.tensor(path).detach().numpy().T if path.endswith("kernel") else network.tensor(path).detach().numpy()))
           for path in list(initial) + ["norm/mean", "norm/variance"]}
    return {"name": name, "freeze": frozen, "statistics": statistics, "factors": [f"{p}: {f}" for p, f in factors],
            "optimizer": optimizer, "losses": [scalar(v) for v in losses], "end": end}


sgd = ("sgd(learningRate: 0.05, momentum: 0.9, l2: 0.01)", lambda g: torch.optim.SGD(g, lr=0.05, momentum=0.9, weight_decay=0.01))
adam = ("adamW(learningRate: 0.05, weightDecay: 0.1)", lambda g: torch.optim.AdamW(g, lr=0.05, weight_decay=0.1))
cases = [
    case("all", [], "fixed", [], *sgd),
    case("frozen", ["first", "norm"], "fixed", [], *sgd),
    case("updated", ["first", "norm"], "updated", [], *sgd),
    case("adam", ["first", "norm"], "fixed", [], *adam),
    case("factors", [], "fixed", [("first", 0.1), ("norm", 0.1), ("second", 0.5)], *sgd),
    case("factorsAdam", [], "fixed", [("first", 0.1), ("third", 3)], *adam),
    case("both", ["first"], "fixed", [("second/kernel", 0.25)], *adam),
]
with open(Path(__file__).with_name("freezing.json"), "w") as file:
    json.dump({"x": array(x), "t": array(t), "initial": {k: array(v) for k, v in initial.items()}, "cases": cases}, file,
              separators=(",", ":"))
    file.write("\n")
print([c["losses"][-1] for c in cases])
