"""pictures/ and pictures.json: small pictures of every kind, their pixels by Pillow, and resized by Pillow and torchvision.

Run with Pillow 13.0.0, NumPy 2.4.6 and torchvision 0.29.2. Pixels are bytes in base64, row by row.
"""

import base64
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from torchvision import transforms

FOLDER = Path(__file__).parent / "pictures"
FOLDER.mkdir(exist_ok=True)
random = np.random.default_rng(5)


def scene(width, height):
    """A smooth picture with edges, in floating point from 0 to 1."""
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    picture = np.stack([x, y, 1 - x], axis=-1) * 0.8
    picture[(x - 0.3) ** 2 + (y - 0.3) ** 2 < 0.04] = [0.95, 0.7, 0.1]
    picture[(abs(x - 0.7) < 0.1) & (abs(y - 0.4) < 0.2)] = [0.1, 0.35, 0.9]
    return picture + 0.03 * np.sin(60 * x * y)[..., None]


def bytes_of(picture):
    return np.clip(np.round(picture * 255), 0, 255).astype(np.uint8)


def chunk(name, contents):
    return struct.pack(">I", len(contents)) + name + contents + struct.pack(">I", zlib.crc32(name + contents))


def png(array, kind, depth, interlaced=False):
    """A PNG written out by hand, for what Pillow can't write; `array` is [height, width, channels]."""
    height, width = array.shape[:2]
    raw = array.astype(">u2" if depth == 16 else "u1")
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    data = b""
    for left, top, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        part = raw[top::down, left::across]
        if part.size:
            data += b"".join(b"\0" + row.tobytes() for row in part)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")
    )


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def text(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.uint8).tobytes()).decode()


def on_white(image):
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white.convert("RGB")


small = scene(23, 17)
colours = Image.fromarray(bytes_of(small))
grey = colours.convert("L")
opacity = random.integers(0, 256, (17, 23, 1), dtype=np.uint8)
wide = np.round(np.clip(small, 0, 1) * 65535).astype(np.uint16)
exif = {}
for value in range(1, 9):
    exif[value] = Image.Exif()
    exif[value][0x0112] = value
palette = colours.quantize(40)
see_through = colours.quantize(40)
see_through.info["transparency"] = bytes(random.integers(0, 256, 40, dtype=np.uint8))
cmyk = saved(colours.convert("CMYK"), "JPEG", quality=90)
adobe = cmyk.index(b"Adobe")

# Name → contents, and whether the file has no colours.
pictures = {
    "rgb.png": (saved(colours, "PNG", optimize=True), False),
    "rgb16.png": (png(wide, 2, 16), False),
    "grey.png": (saved(grey, "PNG", optimize=True), True),
    "grey1.png": (saved(grey.convert("1"), "PNG"), True),
    "grey16.png": (png(wide[..., :1], 0, 16), True),
    "grey-alpha.png": (png(np.concatenate([np.asarray(grey)[..., None], opacity], -1), 4, 8), True),
    "palette.png": (saved(palette, "PNG"), False),
    "palette-alpha.png": (saved(see_through, "PNG", transparency=see_through.info["transparency"]), False),
    "rgba.png": (saved(Image.fromarray(np.concatenate([bytes_of(small), opacity], -1)), "PNG"), False),
    "interlaced.png": (png(bytes_of(small), 2, 8, interlaced=True), False),
    "turned.png": (saved(colours, "PNG", exif=exif[8]), False),
    "rgb.jpg": (saved(colours, "JPEG", quality=85), False),
    "rgb444.jpg": (saved(colours, "JPEG", quality=95, subsampling=0), False),
    "grey.jpg": (saved(grey, "JPEG", quality=85), True),
    "progressive.jpg": (saved(colours, "JPEG", quality=85, progressive=True), False),
    "cmyk.jpg": (cmyk, False),
    # The same data taken for YCCK, by the transformation that Adobe's marker names.
    "ycck.jpg": (cmyk[: adobe + 11] + b"\x02" + cmyk[adobe + 12 :], False),
}
for value in range(2, 9):
    pictures[f"orientation{value}.jpg"] = (saved(colours, "JPEG", quality=85, exif=exif[value]), False)

read = []
for name, (contents, is_grey) in pictures.items():
    (FOLDER / name).write_bytes(contents)
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(contents)))
    if name == "grey16.png":
        # Pillow cuts values off at 255.
        image = Image.fromarray(np.round(wide[..., 0] / 257).astype(np.uint8))
    image = on_white(image) if "alpha" in name or name == "rgba.png" else image.convert("RGB")
    entry = {"file": name, "width": image.width, "height": image.height, "isGrey": is_grey, "rgb": text(image)}
    if name in ["rgb.png", "rgba.png", "grey.png", "cmyk.jpg"]:
        entry["grey"] = text(image.convert("L"))
    read.append(entry)

resized = []
# As large as photographs from the web, upright and across.
for name, size, side in [("across.jpg", (500, 375), 45), ("upright.jpg", (240, 321), 32)]:
    image = Image.fromarray(bytes_of(scene(*size)))
    (FOLDER / name).write_bytes(saved(image, "JPEG", quality=70))
    image = Image.open(FOLDER / name).convert("RGB")
    crop = transforms.Compose([transforms.Resize(side), transforms.CenterCrop(side)])
    for convention, result in [
        ("squash", image.resize((side, side), Image.Resampling.BILINEAR)),
        ("fit", ImageOps.pad(image, (side, side), Image.Resampling.BILINEAR)),
        ("centerCrop", crop(image)),
    ]:
        resized.append({"file": name, "size": side, "resize": convention, "pixels": text(result)})
# A small picture enlarged.
for convention, result in [
    ("squash", colours.resize((41, 41), Image.Resampling.BILINEAR)),
    ("centerCrop", transforms.Compose([transforms.Resize(41), transforms.CenterCrop(41)])(colours)),
]:
    resized.append({"file": "rgb.png", "size": 41, "resize": convention, "pixels": text(result)})

(FOLDER.parent / "pictures.json").write_text(json.dumps({"read": read, "resized": resized}, indent=0) + "\n")
