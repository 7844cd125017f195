"""crops.json: the parts that torchvision's RandomResizedCrop takes for given draws.

Run with torchvision 0.29.2. Each draw replaces one of PyTorch's: areas and ratios, then places.
"""

import json
import math
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from torchvision.transforms import RandomResizedCrop

random = np.random.default_rng(11)


class Draws:
    """Stands in for PyTorch's generator: numbers from 0 to 1, attempt by attempt."""

    def __init__(self, area, ratio, top, left):
        self.numbers = [[a, r] for a, r in zip(area, ratio)]
        self.places = list(zip(top, left))
        self.attempt = 0

    def empty(self, _):
        return self

    def uniform_(self, low, high):
        attempt, self.attempt = self.attempt, self.attempt + 1
        number = self.numbers[attempt // 2][attempt % 2]
        return torch.tensor(float(low) + (float(high) - float(low)) * number, dtype=torch.float64)

    def randint(self, low, high, size):
        # The first place is asked for once an attempt fits: two numbers per attempt were drawn before.
        attempt = self.attempt // 2 - 1
        top, left = self.places[attempt]
        number = top if not getattr(self, "asked", False) else left
        self.asked = True
        return torch.tensor(low + math.floor(number * (high - low)))


cases = []
for height, width, scale, ratio in [
    (32, 32, (0.08, 1.0), (3 / 4, 4 / 3)),
    (224, 160, (0.08, 1.0), (3 / 4, 4 / 3)),
    (20, 100, (0.5, 1.0), (3 / 4, 4 / 3)),
    (100, 20, (0.5, 1.0), (3 / 4, 4 / 3)),
    (48, 64, (0.9, 1.0), (0.2, 5.0)),
]:
    draws = random.random((4, 12, 10)).round(4)
    parts = []
    for area, row_ratio, top, left in zip(*draws):
        fake = Draws(area, row_ratio, top, left)
        with mock.patch.object(torch, "empty", fake.empty), mock.patch.object(torch, "randint", fake.randint):
            parts.append(list(RandomResizedCrop.get_params(torch.zeros(3, height, width), list(scale), list(ratio))))
    names = ["area", "ratioDraws", "top", "left"]
    cases.append(
        {"height": height, "width": width, "scale": scale, "ratio": ratio, "parts": parts}
        | {name: draw.flatten().tolist() for name, draw in zip(names, draws)}
    )
Path(__file__).with_name("crops.json").write_text(json.dumps(cases) + "\n")
