"""Writes the .npy and .npz files of this folder with NumPy, for the readers' tests.

Run: python3 numpy_files.py
"""
import pathlib
import zipfile

import numpy as np
from numpy.lib import format as npy

here = pathlib.Path(__file__).parent
names = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
         "float16", "float32", "float64"]

# Every type: the values 0, 1, 2, ... as that type, in shape [2, 3]; bool has 0 and 1 in turn.
for name in names:
    values = np.arange(6) % 2 if name == "bool" else np.arange(6)
    np.save(here / f"{name}.npy", values.astype(name).reshape(2, 3))

cube = np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 8
np.save(here / "fortran.npy", np.asfortranarray(cube))
np.save(here / "big_endian.npy", cube.astype(">f8"))
np.save(here / "scalar.npy", np.float64(2.5))
np.save(here / "empty.npy", np.zeros((0, 7), dtype=np.int16))
np.save(here / "structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
for version in [(2, 0), (3, 0)]:
    with open(here / f"version{version[0]}.npy", "wb") as file:
        npy.write_array(file, cube, version=version)

arrays = {"x": cube, "y": np.array([3, 1, 2], dtype=np.int32)}
np.savez(here / "stored.npz", **arrays)
np.savez_compressed(here / "deflated.npz", **arrays)

# Strings, as NumPy keeps them: UTF-32 in either byte order, and bytes.
labels = np.array(["cat", "äpfel", "Zebra", "cat", "", "日本"])
np.save(here / "texts.npy", labels)
np.save(here / "texts_big_endian.npy", labels.astype(">U5"))
np.save(here / "texts_bytes.npy", np.array([b"cat", b"dog", b"", b"cat"]))

# What archives of 4 GiB have, in one of a few hundred bytes: everything beyond its limits is in zip64 fields.
zipfile.ZIP64_LIMIT = 16
np.savez(here / "zip64.npz", **arrays)
