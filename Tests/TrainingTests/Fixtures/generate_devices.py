"""Training steps by JAX on eight CPU devices, each with a part of every batch: devices.json.

Batch normalization and SAM's perturbation are over the whole batch, over groups of two devices, or by each device for
itself, as in the official code of SAM. Everything is in float64; the data and the initial parameters are formulas that the
tests repeat. Where one device can do the same with the whole batch, the generator compares.
"""

import os
import sys
from pathlib import Path

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
os.environ["JAX_PLATFORMS"] = "cpu"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import jax
import jax.numpy as jnp
import numpy as np
from fixture_format import array, write_list

jax.config.update("jax_enable_x64", True)

DEVICES, BATCH, STEPS, RATE, RHO, MOMENTUM, EPSILON = 8, 16, 4, 0.2, 0.1, 0.9, 1e-3


def numbers(shape, seed, scale):
    return scale * np.sin(seed + 1.3 * np.arange(np.prod(shape, dtype=int))).reshape(shape)


IMAGES = numbers((BATCH * STEPS, 4, 4, 1), 0.5, 1.0) + numbers((BATCH * STEPS, 1, 1, 1), 0.2, 0.7)
LABELS = (np.arange(BATCH * STEPS) * 7) % 3
PARAMETERS = {
    "conv": numbers((3, 3, 1, 2), 0.1, 0.5), "scale": numbers((2,), 0.7, 0.3) + 1, "offset": numbers((2,), 0.4, 0.2),
    "dense": numbers((8, 3), 0.9, 0.4), "bias": numbers((3,), 0.3, 0.1)}
STATE = {"mean": np.zeros(2), "variance": np.ones(2)}


def groups(count):
    """The devices of each of `count` groups; None for all in one."""
    size = DEVICES // count
    return None if count == 1 else [[g * size + i for i in range(size)] for g in range(count)]


def loss(parameters, state, images, labels, mean):
    """The mean loss of some examples; `mean` gives the mean over all that are normalized together."""
    x = jax.lax.conv_general_dilated(
        images, parameters["conv"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    center = mean(x.mean((0, 1, 2)))
    variance = mean(((x - center) ** 2).mean((0, 1, 2)))
    x = (x - center) / jnp.sqrt(variance + EPSILON) * parameters["scale"] + parameters["offset"]
    logits = jnp.maximum(x, 0).reshape(len(x), -1) @ parameters["dense"] + parameters["bias"]
    losses = jax.nn.logsumexp(logits, -1) - jnp.take_along_axis(logits, labels[:, None], 1)[:, 0]
    new = {"mean": center, "variance": variance}
    moved = jax.tree.map(lambda old, now: MOMENTUM * old + (1 - MOMENTUM) * jax.lax.stop_gradient(now), state, new)
    return losses.mean(), moved


def step(parameters, state, images, labels, is_sam, reduce_norm, reduce_perturbation, reduce):
    """One step; each `reduce` gives a mean over devices."""
    def gradients(parameters):
        (value, moved), found = jax.value_and_grad(loss, has_aux=True)(parameters, state, images, labels, reduce_norm)
        return value, moved, found

    value, moved, found = gradients(parameters)
    if is_sam:
        found = jax.tree.map(reduce_perturbation, found)
        norm = jnp.sqrt(sum((g ** 2).sum() for g in jax.tree.leaves(found)))
        _, _, found = gradients(jax.tree.map(lambda w, g: w + RHO * g / (norm + 1e-12), parameters, found))
    found = jax.tree.map(reduce, found)
    return jax.tree.map(lambda w, g: w - RATE * g, parameters, found), jax.tree.map(reduce, moved), reduce(value)


def train(is_sam, norm_groups, sam_groups):
    def mean(count):
        if count == DEVICES:
            return lambda x: x
        return lambda x: jax.lax.pmean(x, "devices", axis_index_groups=groups(count))

    on_devices = jax.pmap(
        lambda *given: step(*given, is_sam, mean(norm_groups), mean(sam_groups), mean(1)), axis_name="devices")
    spread = lambda tree: jax.tree.map(lambda x: jnp.stack([jnp.asarray(x)] * DEVICES), tree)
    parameters, state, losses = spread(PARAMETERS), spread(STATE), []
    for number in range(STEPS):
        rows = slice(number * BATCH, (number + 1) * BATCH)
        parts = lambda x: jnp.asarray(x[rows]).reshape(DEVICES, BATCH // DEVICES, *x.shape[1:])
        parameters, state, value = on_devices(parameters, state, parts(IMAGES), parts(LABELS))
        losses.append(value[0])
    first = lambda tree: {name: np.asarray(x[0]) for name, x in tree.items()}
    return {**first(parameters), **first(state)}, np.array(losses)


def train_alone(is_sam):
    """The same by one device, over whole batches."""
    same = lambda x: x
    parameters, state, losses = PARAMETERS, STATE, []
    for number in range(STEPS):
        rows = slice(number * BATCH, (number + 1) * BATCH)
        parameters, state, value = step(parameters, state, IMAGES[rows], LABELS[rows], is_sam, same, same, same)
        losses.append(value)
    return {**parameters, **state}, np.array(losses)


CASES = [("whole batch", False, 1, 1), ("groups of two devices", False, 4, 1), ("a group each", False, 8, 1),
         ("sam, whole batch", True, 1, 1), ("sam, groups of two devices", True, 4, 4), ("sam, a group each", True, 8, 8)]

rows = []
for name, is_sam, norm_groups, sam_groups in CASES:
    found, losses = train(is_sam, norm_groups, sam_groups)
    if norm_groups == 1:
        expected, expected_losses = train_alone(is_sam)
        assert np.abs(losses - expected_losses).max() < 1e-12
        assert all(np.abs(found[key] - expected[key]).max() < 1e-12 for key in found)
    rows.append({
        "name": name, "sam": is_sam, "normGroups": norm_groups, "samGroups": sam_groups, "losses": array(losses),
        "state": {key: array(value) for key, value in found.items()}})
write_list(__file__, "devices.json", rows)
