"""colors.json: channel shift, brightness and colour jitter written out with NumPy and colorsys."""

import colorsys
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list

random = np.random.default_rng(8)
image = random.integers(20, 230, (5, 6, 3), dtype=np.uint8)
rows = []
for intensity in [-47.25, 0.0, 31.5]:
    expected = np.clip(image + intensity, image.min(), image.max())
    rows.append({"name": f"channel shift {intensity}", "image": array(image), "parameters": [intensity], "expected": array(expected)})
for factor in [0.0, 0.45, 1.0, 1.7]:
    expected = np.floor(np.clip(image * np.float32(factor), 0, 255))
    rows.append({"name": f"brightness {factor}", "image": array(image), "parameters": [factor], "expected": array(expected)})
grey = np.array([0.2989, 0.587, 0.114])
for brightness, contrast, saturation, hue in [(1.3, 1, 1, 0), (1, 0.4, 1, 0), (1, 1, 1.9, 0), (1, 1, 1, 0.31), (0.8, 1.3, 0.6, -0.44)]:
    x = np.clip(image / 255 * brightness, 0, 1)
    x = np.clip(contrast * x + (1 - contrast) * (x @ grey).mean(), 0, 1)
    x = np.clip(saturation * x + (1 - saturation) * (x @ grey)[..., None], 0, 1)

    def turned(pixel):
        h, s, v = colorsys.rgb_to_hsv(*pixel)
        return colorsys.hsv_to_rgb((h + hue) % 1, s, v)

    expected = np.array([[turned(p) for p in row] for row in x]) * 255
    rows.append({
        "name": f"jitter {brightness} {contrast} {saturation} {hue}", "image": array(image),
        "parameters": [brightness, contrast, saturation, hue], "expected": array(expected)})
write_list(__file__, "colors.json", rows)
