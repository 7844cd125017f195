"""Keras' worker. Variants: `fit` on TensorFlow, Keras' default, and `fit-jax` on JAX."""

import os
import sys

# This folder holds keras.py and jax.py: it must not come first when Keras is imported.
here = sys.path.pop(0)
sys.path.append(here)

import protocol

options = protocol.options()
os.environ["KERAS_BACKEND"] = "jax" if options.variant == "fit-jax" else "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["JAX_PLATFORMS"] = options.device
if options.device == "cpu":
    os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras


def classifier(metrics=()):
    if options.device == "cuda" and not keras.distribution.list_devices("gpu"):
        raise RuntimeError(f"{keras.backend.backend()} sees no GPU")
    sizes = protocol.LAYERS
    model = keras.Sequential(
        [keras.Input((sizes[0],))] + [keras.layers.Dense(n, "relu") for n in sizes[1:-1]] + [keras.layers.Dense(sizes[-1])])
    model.set_weights([array for layer in protocol.initial_weights() for array in layer])
    model.compile(keras.optimizers.SGD(protocol.RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=list(metrics))
    return model


def mlp_step(_):
    images, labels = protocol.dataset(options)[0]
    model = classifier()

    def work():
        history = model.fit(images, labels, batch_size=protocol.BATCH, shuffle=False, verbose=0)
        return len(images) // protocol.BATCH, {"loss": history.history["loss"][-1]}

    return work


def mnist_epoch(_):
    train, test = protocol.dataset(options)
    model = classifier(["accuracy"])

    def work():
        history = model.fit(*train, batch_size=protocol.BATCH, validation_data=test, validation_batch_size=1000, verbose=0).history
        return 1, {"loss": history["val_loss"][-1], "accuracy": history["val_accuracy"][-1]}

    return work


def network_step(_):
    if options.workload.endswith("-bf16"):
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    import keras_networks

    if options.device == "cuda" and not keras.distribution.list_devices("gpu"):
        raise RuntimeError(f"{keras.backend.backend()} sees no GPU")
    name, batch, steps = protocol.NETWORKS[options.workload]
    model = keras_networks.network(name)
    model.compile(keras.optimizers.SGD(protocol.NETWORK_RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    images, labels = (part.reshape(-1, *part.shape[2:]) for part in protocol.images(options))

    def work():
        history = model.fit(images, labels, batch_size=batch, shuffle=False, verbose=0)
        return steps, {"loss": history.history["loss"][-1]}

    return work


def startup(_):
    history = classifier().fit(*protocol.first_batch(), batch_size=protocol.BATCH, verbose=0)
    return {"finished": True, "loss": history.history["loss"][-1]}


def generator(erases=False, **transforms):
    """ImageDataGenerator, whose images come from NumPy and SciPy, one after the other."""
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    images, batches = protocol.photos(), 4
    flow = ImageDataGenerator(rescale=1 / 255, **transforms).flow(images, batch_size=len(images), shuffle=False)

    def work():
        for _ in range(batches):
            batch = next(flow)
            if erases:
                batch = [protocol.random_erasing(image) for image in batch]
        return batches * len(images), {"loss": float(batch[0][0, 0, 0])}

    return work


SHIFT = {"width_shift_range": 4 / 32, "height_shift_range": 4 / 32}
# With Tanren's defaults.
EACH = {"rotation": {"rotation_range": 10}, "shift": SHIFT, "shear": {"shear_range": 10}, "zoom": {"zoom_range": [0.75, 1.25]},
        "horizontalFlip": {"horizontal_flip": True}, "channelShift": {"channel_shift_range": 50.0}, "brightness": {"brightness_range": [0.5, 1.5]}}


def strong():
    return generator(erases=True, **SHIFT, horizontal_flip=True, zoom_range=[0.75, 1.25], channel_shift_range=50.0, rotation_range=10)


protocol.serve(options, f"Keras {keras.__version__} ({keras.backend.backend()})",
               {"mlp-step": mlp_step, "mnist-epoch": mnist_epoch, "startup": startup,
                **dict.fromkeys(protocol.NETWORKS, network_step),
                "augment-basic": lambda _: generator(**SHIFT, horizontal_flip=True), "augment-strong": lambda _: strong(),
                "augment-each": lambda options: generator(**EACH[options.variant])}, os.cpu_count())
