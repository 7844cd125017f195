"""Writes state_dict.pth: what `torch.save` makes of a small layer's state. It is only recognized, never read."""

import torch

torch.manual_seed(1)
torch.save(torch.nn.Linear(2, 3).state_dict(), "state_dict.pth")
