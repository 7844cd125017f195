"""Compares two safetensors files as the safetensors package reads them: check_safetensors.py ONE OTHER"""

import sys

import ml_dtypes  # noqa: F401  (gives NumPy the type bfloat16)
from safetensors import safe_open

one, other = (safe_open(path, framework="numpy") for path in sys.argv[1:3])
assert one.metadata() == other.metadata(), (one.metadata(), other.metadata())
assert set(one.keys()) == set(other.keys()), (one.keys(), other.keys())
for name in one.keys():
    a, b = one.get_tensor(name), other.get_tensor(name)
    assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()), name
print(f"{len(one.keys())} tensors agree")
