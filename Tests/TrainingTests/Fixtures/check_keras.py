"""Loads exported weights into Keras and compares its outputs: check_keras.py WEIGHTS EXPECTED, and saves the
weights again in a third file from Keras itself."""

import sys

import keras
import numpy as np
from safetensors.numpy import load_file, save_file

weights, expected, again = load_file(sys.argv[1]), load_file(sys.argv[2]), sys.argv[3]
model = keras.Sequential([
    keras.layers.Embedding(7, 4, name="embedding1"), keras.layers.Flatten(),
    keras.layers.Dense(5, activation="tanh", name="dense1"), keras.layers.Dense(3, name="dense2")])
model.build((None, 3))
names = {f"{layer.name}/{variable.name}": variable for layer in model.layers for variable in layer.weights}
assert set(names) == set(weights), (set(names), set(weights))
for name, variable in names.items():
    variable.assign(weights[name])
outputs = np.asarray(model(expected["inputs"]))
assert np.allclose(outputs, expected["outputs"], atol=1e-6), np.abs(outputs - expected["outputs"]).max()
save_file({name: np.asarray(variable) for name, variable in names.items()}, again)
print("Keras agrees")
