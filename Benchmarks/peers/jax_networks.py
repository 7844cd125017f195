"""The networks for JAX: functions of parameters, running statistics and images [batch, height, width,
channels]. `network(name)` gives (parameters, statistics, apply), and apply gives logits and new statistics."""

import jax
import jax.numpy as jnp
import numpy as np


def conv(x, kernel, stride=1, padding="SAME"):
    return jax.lax.conv_general_dilated(
        x, kernel.astype(x.dtype), (stride, stride), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


def pool(x, start, operation):
    return jax.lax.reduce_window(x, start, operation, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def dense(x, layer):
    return x @ layer["kernel"].astype(x.dtype) + layer["bias"].astype(x.dtype)


class Builder:
    """Draws parameters, He-normal, while a network is described."""

    def __init__(self):
        self.random, self.parameters, self.statistics = np.random.default_rng(10), {}, {}

    def kernel(self, *shape):
        return (self.random.standard_normal(shape) * np.sqrt(2 / np.prod(shape[:-1]))).astype(np.float32)

    def dense(self, name, inputs, units):
        self.parameters[name] = {"kernel": self.kernel(inputs, units), "bias": np.zeros(units, np.float32)}

    def norm(self, name, channels):
        self.parameters[name] = {"scale": np.ones(channels, np.float32), "offset": np.zeros(channels, np.float32)}
        self.statistics[name] = {"mean": np.zeros(channels, np.float32), "variance": np.ones(channels, np.float32)}


class Norm:
    """Batch normalization and relu in training, with statistics in float32."""

    def __init__(self, parameters, statistics, kept, epsilon):
        self.parameters, self.before, self.after, self.kept, self.epsilon = parameters, statistics, {}, kept, epsilon

    def __call__(self, name, x):
        wide, layer, before = x.astype(jnp.float32), self.parameters[name], self.before[name]
        mean = wide.mean((0, 1, 2))
        variance = jnp.square(wide).mean((0, 1, 2)) - jnp.square(mean)
        for key, value in [("mean", mean), ("variance", variance)]:
            moved = self.kept * before[key] + (1 - self.kept) * jax.lax.stop_gradient(value)
            self.after.setdefault(name, {})[key] = moved
        factor = jax.lax.rsqrt(variance + self.epsilon) * layer["scale"]
        return jax.nn.relu((wide - mean) * factor + layer["offset"]).astype(x.dtype)


def cnn():
    b = Builder()
    for name, inputs, filters in [("conv1", 3, 32), ("conv2", 32, 64)]:
        b.parameters[name] = {"kernel": b.kernel(3, 3, inputs, filters), "bias": np.zeros(filters, np.float32)}
    b.dense("dense", 2304, 10)

    def apply(p, statistics, x):
        for name in ["conv1", "conv2"]:
            x = jax.nn.relu(conv(x, p[name]["kernel"], padding="VALID") + p[name]["bias"].astype(x.dtype))
            x = pool(x, -jnp.inf, jax.lax.max)
        return dense(x.reshape(len(x), -1), p["dense"]), statistics

    return b, apply


def nine():
    b, inputs, filters = Builder(), 3, [64] * 3 + [128] * 3 + [256] * 3
    for index, outputs in enumerate(filters):
        b.parameters[f"conv{index}"] = {"kernel": b.kernel(3, 3, inputs, outputs), "bias": np.zeros(outputs, np.float32)}
        b.norm(f"norm{index}", outputs)
        inputs = outputs
    b.dense("dense", 256, 10)

    def apply(p, statistics, x):
        norm = Norm(p, statistics, 0.99, 1e-3)
        for index in range(9):
            if index in (3, 6):
                x = pool(x, 0.0, jax.lax.add) / 4
            layer = p[f"conv{index}"]
            x = norm(f"norm{index}", conv(x, layer["kernel"]) + layer["bias"].astype(x.dtype))
        return dense(x.mean((1, 2)), p["dense"]), norm.after

    return b, apply


def wide(depth=16, width=4):
    b, inputs, blocks = Builder(), 16, []
    b.parameters["conv"] = b.kernel(3, 3, 3, 16)
    for group in range(3):
        for block in range((depth - 4) // 6):
            name, filters, stride = f"group{group}_block{block}", (16 << group) * width, 2 if group and not block else 1
            b.norm(f"{name}_norm1", inputs)
            b.norm(f"{name}_norm2", filters)
            b.parameters[f"{name}_conv1"] = b.kernel(3, 3, inputs, filters)
            b.parameters[f"{name}_conv2"] = b.kernel(3, 3, filters, filters)
            if inputs != filters:
                b.parameters[f"{name}_shortcut"] = b.kernel(1, 1, inputs, filters)
            blocks.append((name, stride, inputs != filters))
            inputs = filters
    b.norm("norm", inputs)
    b.dense("dense", inputs, 10)

    def apply(p, statistics, x):
        norm, edges = Norm(p, statistics, 0.9, 1e-5), ((1, 1), (1, 1))
        x = conv(x, p["conv"], 1, edges)
        for name, stride, changes in blocks:
            active = norm(f"{name}_norm1", x)
            y = conv(active, p[f"{name}_conv1"], stride, edges)
            y = conv(norm(f"{name}_norm2", y), p[f"{name}_conv2"], 1, edges)
            x = y + (conv(active, p[f"{name}_shortcut"], stride, "VALID") if changes else x)
        return dense(norm("norm", x).mean((1, 2)), p["dense"]), norm.after

    return b, apply


def vit(patch=4, width=64, depth=4, heads=4):
    b = Builder()
    p = b.parameters
    p["patches"] = {"kernel": b.kernel(patch, patch, 3, width), "bias": np.zeros(width, np.float32)}
    p["token"] = np.zeros((1, 1, width), np.float32)
    p["positions"] = 0.02 * b.random.standard_normal((1, (32 // patch) ** 2 + 1, width)).astype(np.float32)
    for index in range(depth):
        for name, inputs, units in [("project", width, 3 * width), ("join", width, width), ("mlp1", width, 4 * width), ("mlp2", 4 * width, width)]:
            b.dense(f"{name}{index}", inputs, units)
    for name in ["norm", *[f"norm{place}{index}" for place in (1, 2) for index in range(depth)]]:
        p[name] = {"scale": np.ones(width, np.float32), "offset": np.zeros(width, np.float32)}
    b.dense("dense", width, 10)

    def normalized(x, layer):
        x = x.astype(jnp.float32)
        centered = x - x.mean(-1, keepdims=True)
        return centered * jax.lax.rsqrt(jnp.square(centered).mean(-1, keepdims=True) + 1e-6) * layer["scale"] + layer["offset"]

    def apply(p, statistics, images):
        dtype = images.dtype
        x = conv(images, p["patches"]["kernel"], patch, "VALID") + p["patches"]["bias"].astype(dtype)
        batch, time = len(images), p["positions"].shape[1]
        token = jnp.broadcast_to(p["token"].astype(dtype), (batch, 1, width))
        x = jnp.concatenate([token, x.reshape(batch, time - 1, width)], 1) + p["positions"].astype(dtype)
        for index in range(depth):
            qkv = dense(normalized(x, p[f"norm1{index}"]).astype(dtype), p[f"project{index}"])
            q, k, v = jnp.moveaxis(qkv.reshape(batch, time, 3, heads, width // heads), 2, 0)
            x = x + dense(jax.nn.dot_product_attention(q, k, v).reshape(batch, time, width), p[f"join{index}"])
            hidden = jax.nn.gelu(dense(normalized(x, p[f"norm2{index}"]).astype(dtype), p[f"mlp1{index}"]), approximate=False)
            x = x + dense(hidden, p[f"mlp2{index}"])
        return dense(normalized(x, p["norm"])[:, 0].astype(dtype), p["dense"]), statistics

    return b, apply


def network(name, depth=16):
    """`depth` is that of `wrn`."""
    builder, apply = {"cnn": cnn, "nine": nine, "wrn": lambda: wide(depth), "vit": vit}[name]()
    return builder.parameters, builder.statistics, apply
