"""Writes wrappers.json: Keras' weight constraints over steps of SGD, and optax' reduce_on_plateau.

    python3 -m pip install keras==3.15.1 optax==0.2.8

"constraints": {"choice", "parameter", "gradients", "steps"}, the parameter's values after each step. "plateaus":
{"choice", "losses", "scales"}, what an update of 1 becomes at each loss.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax.contrib

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, line, scalars  # noqa: E402

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
random = np.random.default_rng(45)
constraints, plateaus = [], []


def constrain(choice, constraint, shape):
    parameter = np.round(random.normal(size=shape), 2)
    gradients = [np.round(random.normal(size=shape), 2) for _ in range(6)]
    variable = keras.Variable(parameter, dtype="float64")
    variable.constraint = constraint
    optimizer, steps = keras.optimizers.SGD(0.5), []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        steps.append(scalars(keras.ops.convert_to_numpy(variable)))
    constraints.append({
        "choice": choice, "parameter": array(parameter), "gradients": [array(g) for g in gradients], "steps": steps})


sgd = "optimizer: sgd(learningRate: 0.5))"
constrain(f"constrained(by: maxNorm(limit: 0.75), {sgd}", keras.constraints.MaxNorm(0.75, axis=0), (3, 2))
constrain(f"constrained(by: maxNorm, {sgd}", keras.constraints.MaxNorm(2, axis=[0, 1, 2]), (2, 3, 2, 4))
constrain(f"constrained(by: unitNorm, {sgd}", keras.constraints.UnitNorm(axis=0), (3, 2))
constrain(f"constrained(by: nonNegative, {sgd}", keras.constraints.NonNeg(), (4, 3))


def plateau(choice, **settings):
    transform = optax.contrib.reduce_on_plateau(**settings)
    state = transform.init(jnp.ones(()))
    losses = np.round(np.concatenate([np.linspace(2, 1, 8), 1 + 0.05 * random.normal(size=40)]), 3)
    scales = []
    for loss in losses:
        update, state = transform.update(jnp.ones(()), state, value=jnp.asarray(loss))
        scales.append(float(update))
    plateaus.append({"choice": choice, "losses": scalars(losses), "scales": scalars(scales)})


plateau("onPlateau(average: 1)")
plateau("onPlateau(factor: 0.5, patience: 3, average: 2, cooldown: 2)", factor=0.5, patience=3, accumulation_size=2, cooldown=2)
plateau("onPlateau(factor: 0.3, patience: 2, average: 1, relative: 0, absolute: 0.02, least: 0.05)",
        factor=0.3, patience=2, rtol=0.0, atol=0.02, min_scale=0.05)
path = Path(__file__).with_name("wrappers.json")
path.write_text('{"constraints":[\n' + ",\n".join(map(line, constraints)) + '\n],"plateaus":[\n' + ",\n".join(map(line, plateaus)) + "\n]}\n")
