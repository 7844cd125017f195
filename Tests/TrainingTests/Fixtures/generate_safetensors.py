"""Writes types.safetensors with the safetensors package: an array of each element type."""

from pathlib import Path

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

tensors = {
    "bool": np.array([True, False, True]),
    "int8": np.array([-128, 0, 127], np.int8),
    "int16": np.array([-32768, 32767], np.int16),
    "int32": np.array([[-(2**31), 2**31 - 1]], np.int32),
    "int64": np.array([-(2**63), 2**63 - 1], np.int64),
    "uint8": np.array([0, 255], np.uint8),
    "uint16": np.array([65535], np.uint16),
    "uint32": np.array([2**32 - 1], np.uint32),
    "uint64": np.array([2**64 - 1], np.uint64),
    "float16": np.array([1.5, -np.inf], np.float16),
    "bfloat16": np.array([1.5, -2.0], ml_dtypes.bfloat16),
    "float32": np.array([[0.0, -0.0], [np.inf, 1e-45]], np.float32),
    "float64": np.array([0.1, 5e-324], np.float64),
    "scalar": np.array(3.25, np.float32),
    "empty": np.zeros((2, 0, 3), np.float32),
    'layer/"quoted"\n\u0001 π 火': np.array([7], np.uint8),
}
path = Path(__file__).with_name("types.safetensors")
save_file(tensors, path, metadata={"format": 'np "\\\t'})
print(f"{path.name}: {path.stat().st_size} bytes")
