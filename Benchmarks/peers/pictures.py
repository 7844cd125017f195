"""Writes the pictures of the workload `pictures` to a folder: JPEG files of about 500x375 pixels in two classes.

    python peers/pictures.py FOLDER

They are the colour photographs among scikit-image's sample pictures, scaled, cropped and mirrored.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

COUNT = 512
PHOTOS = ["astronaut", "coffee", "chelsea", "rocket", "immunohistochemistry"]


def photos():
    for name in PHOTOS:
        try:
            yield Image.fromarray(getattr(data, name)())
        except Exception as error:  # Some are downloaded.
            print(f"{name} is left out: {error}", file=sys.stderr)


def main(folder):
    random = np.random.default_rng(0)
    sources = list(photos())
    for index in range(COUNT):
        photo = sources[index % len(sources)]
        width, height = (int(n) for n in np.array([500, 375]) + random.integers(-30, 31, 2))
        share = random.uniform(0.7, 1)
        box = [random.uniform(0, 1 - share) * photo.width, random.uniform(0, 1 - share) * photo.height]
        box += [box[0] + share * photo.width, box[1] + share * photo.height]
        picture = photo.resize((width, height), Image.Resampling.BICUBIC, box=box)
        path = Path(folder) / ["a", "b"][index % 2] / f"{index:04}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, quality=90)


if __name__ == "__main__":
    main(sys.argv[1])
