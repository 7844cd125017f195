"""Loads exported weights into PyTorch or Keras and compares outputs, then saves the weights from there:
check_weights.py FRAMEWORK MODEL WEIGHTS EXPECTED AGAIN"""

import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np
from foreign_models import FRAMEWORKS, batch
from safetensors.numpy import load_file, save_file

framework, name, weights, expected, again = sys.argv[1:]
run, current, assign = FRAMEWORKS[framework](name)
assign(load_file(weights))
difference = np.abs(run(batch(name)) - load_file(expected)["outputs"]).max()
assert difference < 1e-5, difference
save_file({k: np.ascontiguousarray(v) for k, v in current().items()}, again)
print(f"{framework} agrees")
