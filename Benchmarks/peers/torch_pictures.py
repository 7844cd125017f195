"""torchvision's ImageFolder and PyTorch's DataLoader with a worker per core: pictures decoded and resized, in batches.

Variants: `loader` gives float32 from 0 to 1, as its documentation does; `loader-bytes` leaves bytes, as Tanren does.
"""

import os
import sys

import protocol

# The other workers have the names of the frameworks that they use, which libraries look for.
sys.path.pop(0)


def loader(options):
    import torch
    from torchvision import datasets, transforms

    as_tensor = transforms.PILToTensor() if options.variant == "loader-bytes" else transforms.ToTensor()
    steps = transforms.Compose([transforms.Resize(224), transforms.CenterCrop(224), as_tensor])
    pictures = datasets.ImageFolder(options.data, steps)
    batches = torch.utils.data.DataLoader(
        pictures, batch_size=64, num_workers=os.cpu_count(), persistent_workers=True, shuffle=False)

    def work():
        for images, _ in batches:
            last = images
        return len(pictures), {"loss": float(last.flatten()[0])}

    return work


if __name__ == "__main__":
    options = protocol.options()
    import torchvision

    protocol.serve(options, f"torchvision {torchvision.__version__}", {"pictures": loader}, os.cpu_count())
