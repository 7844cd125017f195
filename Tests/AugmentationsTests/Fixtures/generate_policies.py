"""policies.json: torchvision's operations on bytes, the spaces of its policies, and what these make of images."""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torchvision.transforms import InterpolationMode, autoaugment
from torchvision.transforms import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array

random = np.random.default_rng(19)


def picture(height, width, channels):
    """Waves with noise, so that neighbours are similar and histograms uneven."""
    y, x = np.mgrid[:height, :width] / 3.0
    waves = [90 + 60 * np.sin(y + c) + 50 * np.cos(x * (1 + 0.3 * c)) for c in range(channels)]
    return np.clip(np.stack(waves, -1) + random.normal(0, 12, (height, width, channels)), 0, 255).astype(np.uint8)


flat = np.full((6, 7, 3), 77, np.uint8)
flat[..., 1] = random.integers(60, 64, (6, 7))
images = [picture(11, 14, 3), picture(9, 9, 1), flat, picture(20, 20, 3)]


def tensor(image):
    return torch.from_numpy(image.transpose(2, 0, 1).copy())


def levels(result):
    return array(result.numpy().transpose(1, 2, 0))


def lower(name):
    return name[0].lower() + name[1:]


modes = {"nearest": InterpolationMode.NEAREST, "linear": InterpolationMode.BILINEAR}
operations = []
magnitudes = {
    "Identity": [0], "AutoContrast": [0], "Equalize": [0], "Invert": [0],
    "ShearX": [0.09, -0.3, 0.99], "ShearY": [-0.09, 0.3], "TranslateX": [4.08, -1.9, 30], "TranslateY": [-3.2, 2],
    "Rotate": [9, -30, 135], "Brightness": [0.27, -0.9, 0.99], "Color": [0.27, -0.9, 0.99],
    "Contrast": [0.27, -0.9, 0.99], "Sharpness": [0.27, -0.9, 0.99],
    "Posterize": [8, 7, 4, 2], "Solarize": [255, 178.5, 0],
}
for name, amounts in magnitudes.items():
    moves = name[:5] in ("Shear", "Trans", "Rotat")
    # In single precision, as the policies' own.
    for magnitude in map(float, np.float32(amounts)):
        for mode in modes if moves else ["nearest"]:
            # Fewer than 255 pixels are as even as they get: equalize needs the larger image.
            for index, image in enumerate(images if name == "Equalize" else images[:3]):
                # With a fill torchvision weighs what it interpolates at the edge twice.
                for fill in [0, 128] if moves and index == 0 and (mode == "nearest" or name[0] == "T") else [0]:
                    found = autoaugment._apply_op(
                        tensor(image), name, magnitude, modes[mode], [float(fill)] * image.shape[2] if fill else None)
                    operations.append({
                        "operation": lower(name), "magnitude": magnitude, "interpolation": mode, "fill": fill,
                        "image": index, "expected": levels(found)})

spaces = []
for height, width in [(32, 32), (28, 20)]:
    for name, space in {
        "randAugment": autoaugment.RandAugment()._augmentation_space(31, (height, width)),
        "trivialAugment": autoaugment.TrivialAugmentWide()._augmentation_space(31),
        "autoAugment": autoaugment.AutoAugment()._augmentation_space(10, (height, width)),
        "augMix": autoaugment.AugMix()._augmentation_space(10, (height, width)),
        "augMix(color: false)": autoaugment.AugMix(all_ops=False)._augmentation_space(10, (height, width)),
    }.items():
        spaces.append({
            "policy": name, "height": height, "width": width,
            "entries": [
                {"operation": lower(n), "magnitudes": m.reshape(-1).tolist(), "isSigned": signed}
                for n, (m, signed) in space.items()]})

policy = autoaugment.AutoAugment(autoaugment.AutoAugmentPolicy.CIFAR10)
photo = images[3]
pairs = []
for pair in range(25):
    probabilities, signs = torch.rand(2, generator=torch.Generator().manual_seed(pair)), [pair % 2, pair // 2 % 2]
    policy.get_params = lambda count: (pair, probabilities, torch.tensor(signs))
    pairs.append({
        "pair": pair, "probabilities": probabilities.tolist(), "isNegative": [sign == 0 for sign in signs],
        "expected": levels(policy(tensor(photo)))})

apply = autoaugment._apply_op
torch.manual_seed(5)
mixtures = []
for case in range(4):
    steps = []

    def recorded(image, name, magnitude, **settings):
        steps.append({"operation": lower(name), "magnitude": magnitude})
        return apply(image, name, magnitude, **settings)

    autoaugment._apply_op = recorded
    weights = torch.distributions.Dirichlet(torch.ones(3)).sample()
    share = torch.distributions.Beta(1.0, 1.0).sample()
    mix = autoaugment.AugMix(severity=10, chain_depth=2)
    drawn = iter([torch.stack([share, 1 - share])[None], weights[None]])
    mix._sample_dirichlet = lambda _: next(drawn)
    found = mix(tensor(photo))
    autoaugment._apply_op = apply
    mixtures.append({"steps": steps, "weights": weights.tolist(), "share": share.item(), "expected": levels(found)})

blurs = []
for size, sigma in [(3, 0.1), (3, 1.3), (5, 2.0), (7, 0.8)]:
    for index in [0, 1]:
        found = F.gaussian_blur(tensor(images[index]), [size, size], [sigma, sigma])
        blurs.append({"size": size, "sigma": sigma, "image": index, "expected": levels(found)})

grays = [levels(F.rgb_to_grayscale(tensor(image), image.shape[2])) for image in images]
Path(__file__).with_name("policies.json").write_text(
    json.dumps({
        "images": [array(image) for image in images], "operations": operations, "spaces": spaces, "pairs": pairs,
        "mixtures": mixtures, "blurs": blurs, "grays": grays,
        "policy": [[{"operation": lower(n), "probability": p, "bin": b} for n, p, b in steps] for steps in policy.policies],
    }, separators=(",", ":")) + "\n")
