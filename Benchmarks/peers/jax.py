"""JAX's worker. Variants: `step`, one call per step, and `scan`, all steps in one call; both donate the parameters."""

import os
import sys
import time

# This file is called jax.py too: its own folder must not come first when JAX is imported.
here = sys.path.pop(0)
sys.path.append(here)

import protocol

options = protocol.options()
os.environ["JAX_PLATFORMS"] = options.device

from functools import partial

import jax
import jax.numpy as jnp

if options.cache:
    jax.config.update("jax_compilation_cache_dir", options.cache)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def logits_of(parameters, x):
    for kernel, bias in parameters[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    kernel, bias = parameters[-1]
    return x @ kernel + bias


def loss_of(parameters, x, y):
    scores = jax.nn.log_softmax(logits_of(parameters, x))
    return -jnp.take_along_axis(scores, y[:, None], axis=1).mean()


def update(parameters, x, y):
    loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y)
    return jax.tree.map(lambda p, g: p - protocol.RATE * g, parameters, gradients), loss


step = jax.jit(update, donate_argnums=0)


def initial(sizes=protocol.LAYERS):
    return jax.device_put(protocol.initial_weights(sizes))


def in_batches(images, labels):
    return images.reshape(-1, protocol.BATCH, images.shape[1]), labels.reshape(-1, protocol.BATCH)


@partial(jax.jit, donate_argnums=0)
def steps(parameters, images, labels):
    parameters, losses = jax.lax.scan(lambda p, batch: update(p, *batch), parameters, (images, labels))
    return parameters, losses[-1]


def mlp_step(_):
    images, labels = jax.device_put(in_batches(*protocol.dataset(options)[0]))
    parameters = initial()
    batches = list(zip(images, labels)) if options.variant == "step" else None

    def work():
        nonlocal parameters
        if batches is None:
            parameters, loss = steps(parameters, images, labels)
        else:
            for x, y in batches:
                parameters, loss = step(parameters, x, y)
        jax.block_until_ready(parameters)
        return len(images), {"loss": float(loss)}

    return work


def mlp_curve(options):
    parameters, batch = initial(protocol.curve_layers(options)), jax.device_put(protocol.first_batch(options.batch))

    def work():
        nonlocal parameters
        for _ in range(options.steps):
            parameters, loss = step(parameters, *batch)
        jax.block_until_ready(parameters)
        return options.steps, {"loss": float(loss)}

    return work


@partial(jax.jit, donate_argnums=(0, 1))
def epoch(parameters, key, train, test):
    (images, labels), (test_images, test_labels) = train, test
    key, shuffling = jax.random.split(key)
    order = jax.random.permutation(shuffling, len(images)).reshape(-1, protocol.BATCH)
    parameters, _ = jax.lax.scan(lambda p, indices: update(p, images[indices], labels[indices]), parameters, order)
    accuracy = (logits_of(parameters, test_images).argmax(1) == test_labels).mean()
    return parameters, key, loss_of(parameters, test_images, test_labels), accuracy


def mnist_epoch(_):
    train, test = jax.device_put(protocol.dataset(options))
    parameters, key = initial(), jax.random.key(0)

    def work():
        nonlocal parameters, key
        parameters, key, loss, accuracy = epoch(parameters, key, train, test)
        return 1, {"loss": float(loss), "accuracy": float(accuracy)}

    return work


def network_trainer(name, depth=16, dtype=jnp.float32):
    """Parameters and running statistics, and a jitted step that takes them and a batch."""
    import jax_networks

    parameters, statistics, apply = jax_networks.network(name, depth)

    def loss_of(parameters, statistics, x, y):
        logits, statistics = apply(parameters, statistics, x.astype(dtype))
        scores = jax.nn.log_softmax(logits.astype(jnp.float32))
        return -jnp.take_along_axis(scores, y[:, None], axis=1).mean(), statistics

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(parameters, statistics, x, y):
        (loss, statistics), gradients = jax.value_and_grad(loss_of, has_aux=True)(parameters, statistics, x, y)
        return jax.tree.map(lambda p, g: p - protocol.NETWORK_RATE * g, parameters, gradients), statistics, loss

    return (parameters, statistics), step


def wide_compile(options):
    start = time.perf_counter()
    state, step = network_trainer("wrn", options.depth)
    loss = float(step(*jax.device_put(state), *protocol.first_images())[-1])
    return {"loss": loss, "seconds": time.perf_counter() - start, "units": 1}


def network_step(_):
    name, *_ = protocol.NETWORKS[options.workload]
    dtype = jnp.bfloat16 if options.workload.endswith("-bf16") else jnp.float32
    initial, step = network_trainer(name, dtype=dtype)
    batches = list(zip(*jax.device_put(protocol.images(options))))
    state = jax.device_put(initial)

    def work():
        nonlocal state
        for x, y in batches:
            *state, loss = step(*state, x, y)
        jax.block_until_ready(state)
        return len(batches), {"loss": float(loss)}

    return work


def startup(_):
    _, loss = step(initial(), *protocol.first_batch())
    return {"finished": True, "loss": float(loss)}


def compile_step(_):
    arguments = jax.block_until_ready((initial(), *jax.device_put(protocol.first_batch())))
    return protocol.timed_once(lambda: step.lower(*arguments).compile())


protocol.serve(options, f"JAX {jax.__version__}",
               {"mlp-step": mlp_step, "mlp-curve": mlp_curve, "wrn-compile": wide_compile, "mnist-epoch": mnist_epoch, "startup": startup, "compile": compile_step,
                **dict.fromkeys(protocol.NETWORKS, network_step)},
               os.cpu_count())
