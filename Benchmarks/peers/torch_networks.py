"""The networks for PyTorch, and the methods it doesn't have."""

import torch
from torch import nn
from torch.nn import functional


def cnn():
    return nn.Sequential(
        nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(2304, 10))


def dense():
    return nn.Sequential(nn.AvgPool2d(4), nn.Flatten(), nn.Linear(192, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))


def nine():
    layers, inputs = [], 3
    for block, filters in enumerate([64, 128, 256]):
        layers += [nn.AvgPool2d(2)] if block else []
        for _ in range(3):
            layers += [nn.Conv2d(inputs, filters, 3, padding=1), nn.BatchNorm2d(filters, 1e-3, 0.01), nn.ReLU(inplace=True)]
            inputs = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))


class Block(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(inputs), nn.BatchNorm2d(filters)
        self.conv1 = nn.Conv2d(inputs, filters, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(inputs, filters, 1, stride, bias=False) if inputs != filters else None
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        active = self.relu(self.norm1(x))
        y = self.conv2(self.relu(self.norm2(self.conv1(active))))
        return y + (self.shortcut(active) if self.shortcut else x)


def wide(depth=16, width=4):
    layers, inputs = [nn.Conv2d(3, 16, 3, 1, 1, bias=False)], 16
    for group in range(3):
        for block in range((depth - 4) // 6):
            layers.append(Block(inputs, (16 << group) * width, 2 if group and not block else 1))
            inputs = (16 << group) * width
    return nn.Sequential(*layers, nn.BatchNorm2d(inputs), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(inputs, 10))


class EncoderLayer(nn.Module):
    """A layer of torchvision's ViT. The attention is PyTorch's fused one, which is faster than `MultiheadAttention`."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.norm1, self.norm2 = heads, nn.LayerNorm(width, 1e-6), nn.LayerNorm(width, 1e-6)
        self.project, self.join = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = self.project(self.norm1(x)).view(batch, time, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind()
        attended = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, time, width)
        x = x + self.join(attended)
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, patch=4, width=64, depth=4, heads=4):
        super().__init__()
        self.patches, self.norm, self.head = nn.Conv2d(3, width, patch, patch), nn.LayerNorm(width, 1e-6), nn.Linear(width, 10)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, (32 // patch) ** 2 + 1, width) * 0.02)
        self.layers = nn.Sequential(*[EncoderLayer(width, heads) for _ in range(depth)])

    def forward(self, x):
        patches = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1).to(patches.dtype), patches], 1) + self.positions
        return self.head(self.norm(self.layers(x))[:, 0])


def network(name):
    torch.manual_seed(10)
    return {"dense": dense, "cnn": cnn, "nine": nine, "wrn": wide, "vit": VisionTransformer, "wrn28": lambda: wide(28, 10)}[name]()


class MuonWithAdam:
    """PyTorch's Muon of the matrices, and AdamW of the rest."""

    def __init__(self, parameters):
        parameters = list(parameters)
        self.parts = [torch.optim.Muon([p for p in parameters if p.ndim == 2], lr=0.02, weight_decay=0),
                      torch.optim.AdamW([p for p in parameters if p.ndim != 2], fused=True)]

    def zero_grad(self, set_to_none=True):
        for part in self.parts:
            part.zero_grad(set_to_none=set_to_none)

    def step(self):
        for part in self.parts:
            part.step()


def matrix_optimizer(name):
    """Optimizers of matrices, as far as possible with the same work as Tanren's: roots and bases every ten steps, and Adam's norm."""
    if name == "muon":
        return MuonWithAdam
    import pytorch_optimizer as library

    if name == "soap":
        return lambda p: library.SOAP(p, lr=0.003, precondition_frequency=10)
    # It has no Adam to graft; roots by coupled Newton iteration.
    return lambda p: library.ScalableShampoo(
        p, lr=0.001, start_preconditioning_step=1, preconditioning_compute_steps=10, block_size=512, skip_preconditioning_rank_lt=2,
        moving_average_for_momentum=True, nesterov=False, graft_type=library.optimizer.utils.graft.LayerWiseGrafting.RMSPROP)


class SAM:
    """Foret et al. 2021: the gradient at w + rho g / |g|."""

    def __init__(self, parameters, optimizer, rho=0.05):
        self.parameters, self.optimizer, self.rho = list(parameters), optimizer, rho

    def step(self, evaluate):
        """`evaluate` gives the loss, with gradients in the parameters."""
        self.optimizer.zero_grad(set_to_none=True)
        loss = evaluate()
        with torch.no_grad():
            moves = [p.grad for p in self.parameters]
            norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(moves)))
            torch._foreach_mul_(moves, self.rho / (norm + 1e-12))
            torch._foreach_add_(self.parameters, moves)
        self.optimizer.zero_grad(set_to_none=True)
        evaluate()
        with torch.no_grad():
            torch._foreach_sub_(self.parameters, moves)
        self.optimizer.step()
        return loss


class LAMB(torch.optim.Optimizer):
    """You et al. 2020, all parameters of an operation at once."""

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), epsilon=1e-6):
        super().__init__(parameters, {"lr": lr})
        self.betas, self.epsilon, self.count = betas, epsilon, 0
        self.all = self.param_groups[0]["params"]
        self.means, self.squares = ([torch.zeros_like(p) for p in self.all] for _ in range(2))

    @torch.no_grad()
    def step(self):
        self.count += 1
        gradients, (b1, b2) = [p.grad for p in self.all], self.betas
        torch._foreach_lerp_(self.means, gradients, 1 - b1)
        torch._foreach_mul_(self.squares, b2)
        torch._foreach_addcmul_(self.squares, gradients, gradients, 1 - b2)
        roots = torch._foreach_sqrt(self.squares)
        torch._foreach_div_(roots, (1 - b2 ** self.count) ** 0.5)
        torch._foreach_add_(roots, self.epsilon)
        updates = torch._foreach_div(self.means, roots)
        torch._foreach_div_(updates, 1 - b1 ** self.count)
        sizes, lengths = (torch.stack(torch._foreach_norm(t)) for t in (self.all, updates))
        trust = torch.where((sizes > 0) & (lengths > 0), sizes / lengths, 1.0) * -self.param_groups[0]["lr"]
        torch._foreach_mul_(updates, list(trust.unbind()))
        torch._foreach_add_(self.all, updates)
