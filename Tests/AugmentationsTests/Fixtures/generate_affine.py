"""affine.json: images resampled by SciPy with the matrices of Keras' ImageDataGenerator."""

import sys
from pathlib import Path

import numpy as np
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list


def matrix(theta, down, right, shear, vertical, horizontal, flip_v, flip_h):
    """Keras' product, in rows and columns around the centre; `transform_matrix` with its axes exchanged."""
    t, s = np.deg2rad(theta), np.deg2rad(shear)
    rotation = np.array([[np.cos(t), -np.sin(t), 0], [np.sin(t), np.cos(t), 0], [0, 0, 1]])
    shift = np.array([[1, 0, right], [0, 1, down], [0, 0, 1]])
    shearing = np.array([[1, -np.sin(s), 0], [0, np.cos(s), 0], [0, 0, 1]])
    zoom = np.array([[horizontal, 0, 0], [0, vertical, 0], [0, 0, 1]])
    flip = np.diag([-1.0 if flip_h else 1.0, -1.0 if flip_v else 1.0, 1.0])
    product = rotation @ shift @ shearing @ zoom @ flip
    swap = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    return swap @ product @ swap


def resample(image, parameters, fill, value):
    centre = [(n - 1) / 2 for n in image.shape[:2]]
    away = np.array([[1, 0, centre[0]], [0, 1, centre[1]], [0, 0, 1]])
    back = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
    whole = away @ matrix(*parameters) @ back
    channels = [
        ndimage.affine_transform(image[..., c].astype(float), whole[:2, :2], whole[:2, 2], order=1, mode=fill, cval=value)
        for c in range(image.shape[2])
    ]
    return np.stack(channels, -1)


random = np.random.default_rng(4)
photo = random.integers(0, 256, (9, 9, 3), dtype=np.uint8)
wide = random.integers(0, 256, (6, 11, 2), dtype=np.uint8)
transforms = {
    "rotation": (10, 0, 0, 0, 1, 1, 0, 0),
    "rotation by 137": (-137, 0, 0, 0, 1, 1, 0, 0),
    "shift": (0, 1.75, -2.3, 0, 1, 1, 0, 0),
    "shift by pixels": (0, 2, -1, 0, 1, 1, 0, 0),
    "far shift": (0, 31.7, -26.2, 0, 1, 1, 0, 0),
    "shear": (0, 0, 0, 25, 1, 1, 0, 0),
    "zoom": (0, 0, 0, 0, 0.75, 1.25, 0, 0),
    "flips": (0, 0, 0, 0, 1, 1, 1, 1),
    "all": (8.5, -1.2, 0.9, -14, 1.21, 0.83, 0, 1),
    "nothing": (0, 0, 0, 0, 1, 1, 0, 0),
}
rows = []
for label, image in [("square", photo), ("wide", wide)]:
    for name, parameters in transforms.items():
        for fill in ["nearest", "reflect", "wrap", "constant"]:
            if label == "wide" and name not in ("all", "rotation", "far shift"):
                continue
            value = 77.0 if fill == "constant" else 0.0
            rows.append({
                "name": f"{label}, {name}, {fill}", "image": array(image), "fill": fill, "value": value,
                "parameters": [float(p) for p in parameters],
                "expected": array(np.round(resample(image, parameters, fill, value), 6))})
# Keras' own tests: half a right angle of ones, and a right angle, which constant fill nearly loses.
ones = np.ones((3, 3, 1), np.uint8)
corner = np.array([[0, 1], [0, 0]], np.uint8)[..., None]
rows.append({
    "name": "Keras: ones by 45 degrees", "image": array(ones), "fill": "constant", "value": 0.0,
    "parameters": [45.0, 0, 0, 0, 1, 1, 0, 0], "expected": array([[[0.0], [1], [0]], [[1.0], [1], [1]], [[0.0], [1], [0]]])})
rows.append({
    "name": "Keras: a corner by 90 degrees", "image": array(corner), "fill": "nearest", "value": 0.0,
    "parameters": [90.0, 0, 0, 0, 1, 1, 0, 0], "expected": array([[[1.0], [0]], [[0.0], [0]]])})
write_list(__file__, "affine.json", rows)
