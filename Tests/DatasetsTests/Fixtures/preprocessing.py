"""preprocessing.json: what Keras' ImageDataGenerator makes of images by its statistics, in NumPy and double precision.

The formulas are those of keras-preprocessing 1.1: samplewise, featurewise, and ZCA whitening with each channel's mean
taken away before. `test` are further images, which the statistics don't know.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list

random = np.random.default_rng(9)


def images(count):
    """Neighbouring pixels are alike, as in photographs."""
    rough = random.uniform(0, 255, (count, 2, 2, 2)).repeat(2, 1).repeat(2, 2)
    return np.clip(rough + random.normal(0, 30, (count, 4, 4, 2)), 0, 255).astype(np.uint8)


def samplewise(train, test, center, deviation):
    x = test / 255
    if center:
        x = x - x.mean((1, 2, 3), keepdims=True)
    if deviation:
        x = x / (x.std((1, 2, 3), keepdims=True) + 1e-6)
    return x


def featurewise(train, test, center, deviation):
    fit, x = train / 255, test / 255
    if center:
        x = x - fit.mean((0, 1, 2))
    if deviation:
        x = x / (fit.std((0, 1, 2)) + 1e-6)
    return x


def whitening(train, test, epsilon):
    fit, x = train / 255, test / 255
    mean = fit.mean((0, 1, 2))
    flat = (fit - mean).reshape(len(fit), -1)
    u, s, _ = np.linalg.svd(flat.T @ flat / len(flat))
    components = (u * (1 / np.sqrt(s[None] + epsilon))) @ u.T
    return ((x - mean).reshape(len(x), -1) @ components).reshape(x.shape)


rows = []
for name, compute, count in [
    ("samplewise", lambda a, b: samplewise(a, b, True, True), 3),
    ("samplewise(deviation: false)", lambda a, b: samplewise(a, b, True, False), 3),
    ("samplewise(center: false)", lambda a, b: samplewise(a, b, False, True), 3),
    ("featurewise", lambda a, b: featurewise(a, b, True, True), 20),
    ("featurewise(deviation: false)", lambda a, b: featurewise(a, b, True, False), 20),
    ("featurewise(center: false)", lambda a, b: featurewise(a, b, False, True), 20),
    ("zcaWhitening", lambda a, b: whitening(a, b, 1e-6), 120),
    ("zcaWhitening(epsilon: 0.01)", lambda a, b: whitening(a, b, 0.01), 120),
    # Fewer images than numbers in one: the covariance has no inverse.
    ("zcaWhitening(epsilon: 0.001)", lambda a, b: whitening(a, b, 1e-3), 20),
]:
    train, test = images(count), images(2)
    rows.append({"name": name, "train": array(train), "test": array(test), "expected": array(compute(train, test))})
write_list(__file__, "preprocessing.json", rows)
