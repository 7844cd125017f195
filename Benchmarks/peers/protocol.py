"""What every peer's worker shares: the options, the conversation with the harness, the data, the model's start.

The conversation is described in Benchmarks/README.md.
"""

import argparse
import gzip
import json
import sys
import time
import traceback
from pathlib import Path

import numpy as np

LAYERS = [784, 100, 50, 10]
BATCH = 100
RATE = 0.1

# The workloads of whole networks: network, batch, steps of a round.
NETWORKS = {"cnn-step": ("cnn", 100, 20), "nine-step": ("nine", 128, 5), "wrn-step": ("wrn", 64, 5), "vit-step": ("vit", 128, 5),
            "sam-step": ("cnn", 100, 20), "lamb-step": ("cnn", 100, 20), "matrix-step": ("dense", 100, 20)}
NETWORKS |= {f"{name}-bf16": NETWORKS[name] for name in ["cnn-step", "nine-step", "wrn-step", "vit-step"]}
NETWORKS["wrn28-step-bf16"] = ("wrn28", 128, 20)
NETWORK_RATE = 0.01

# Echo state networks: steps, units, the share of recurrent weights, and rows of a regression.
RESERVOIRS = ["esn-drive", "esn-fit", "esn-generate", "esn-ensemble"]
STEPS, UNITS, CONNECTIVITY, ROWS = 5000, 1000, 0.05, 3000


def options():
    """Parsed before the framework is imported, because some settings only count then."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload", required=True, choices=[
        "mlp-step", "mlp-curve", "esn-curve", "wrn-compile", "mnist-epoch", "startup", "compile", "augment-basic", "augment-strong", "augment-each", "pictures", *RESERVOIRS, *NETWORKS])
    parser.add_argument("--variant", required=True)
    parser.add_argument("--data", help="folder with MNIST's four IDX files, or of pictures; without it the data is random")
    parser.add_argument("--cache", help="folder for compiled programs; without it nothing is kept")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    for name, default in [("width", 256), ("depth", 2), ("batch", BATCH), ("steps", 100)]:
        parser.add_argument(f"--{name}", type=int, default=default, help="of mlp-curve, wrn-compile and esn-curve; steps of a round")
    parser.add_argument("--density", type=float, default=CONNECTIVITY, help="share of the recurrent weights of esn-curve")
    parser.add_argument("--sequences", type=int, default=1, help="series of esn-curve, side by side")
    return parser.parse_args()


def say(**message):
    print(json.dumps(message), flush=True)


def serve(options, framework, workloads, threads=None):
    """Runs the workload asked for.

    `workloads[workload](options)` gives a function that does one round and returns (units done, extra
    results) if the worker is to stay, or the answer itself, a dictionary, if it answers once and ends.
    """
    try:
        if options.workload not in workloads:
            raise SystemExit(f"{framework} has no workload {options.workload}")
        work = workloads[options.workload](options)
        if isinstance(work, dict):
            say(framework=framework, **work)
            return
        work()  # Compiles, and fills caches and pools.
        say(ready=True, framework=framework, threads=threads, data="MNIST" if options.data else "random")
        for line in sys.stdin:
            if line.strip() != "run":
                break
            start = time.perf_counter()
            units, extra = work()
            say(seconds=(time.perf_counter() - start) / units, units=units, **extra)
    except Exception as error:
        traceback.print_exc()
        say(error=f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}")
        sys.exit(1)


def timed_once(work):
    """The answer of a worker that measures one thing in a fresh process."""
    start = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - start, "units": 1}


def read_idx(path):
    with gzip.open(path) as file:
        content = file.read()
    rank = content[3]
    shape = np.frombuffer(content, ">u4", rank, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def dataset(options):
    """(60000 x 784 float32 in 0...1, labels int32), and the same for the 10000 of the test set."""
    if options.data:
        folder = Path(options.data)
        images, labels, test_images, test_labels = (
            read_idx(folder / f"{part}-ubyte.gz")
            for part in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"])
    else:
        random = np.random.default_rng(0)
        images, test_images = (random.integers(0, 256, (n, 784), dtype=np.uint8) for n in (60000, 10000))
        labels, test_labels = (random.integers(0, 10, n, dtype=np.uint8) for n in (60000, 10000))
    return tuple((i.reshape(len(i), -1).astype(np.float32) / 255, l.astype(np.int32))
                 for i, l in [(images, labels), (test_images, test_labels)])


def images(options):
    """Random images 32 x 32 x 3 in 0...1, float32, and labels, int32, in batches for a round of a network."""
    _, batch, steps = NETWORKS[options.workload]
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (steps, batch, 32, 32, 3), dtype=np.uint8).astype(np.float32) / 255
    return pixels, random.integers(0, 10, (steps, batch), dtype=np.int32)


def photos():
    """128 images in CIFAR-10's shape."""
    return np.random.default_rng(0).integers(0, 256, (128, 32, 32, 3), dtype=np.uint8)


def random_erasing(image, probability=0.5):
    """The rule of the strong augmentation: rectangles are drawn until one is inside, and filled with one number."""
    if np.random.rand() >= probability:
        return image
    height, width, _ = image.shape
    while True:
        area, ratio = np.random.uniform(0.05, 0.2) * height * width, np.random.uniform(0.2, 0.8)
        rows, columns = np.sqrt(area * ratio), np.sqrt(area / ratio)
        x, y = np.random.uniform(0, width), np.random.uniform(0, height)
        if x + columns <= width and y + rows <= height:
            erased = image.copy()
            erased[int(y):int(y + rows), int(x):int(x + columns)] = np.random.uniform()
            return erased


def series():
    """5,001 values of two sines, [steps + 1, 1]."""
    t = np.arange(STEPS + 1)
    return (np.sin(0.1 * t) + 0.3 * np.sin(0.0713 * t))[:, None]


def reservoir_weights(seed=0, units=UNITS, density=CONNECTIVITY):
    """Recurrent weights, dense, of a spectral radius of about 0.9, and input weights [units, 1]."""
    random = np.random.default_rng(seed)
    mask = random.random((units, units)) < density
    recurrent = mask * random.standard_normal((units, units)) * 0.9 / np.sqrt(density * units)
    return recurrent, random.uniform(-0.5, 0.5, (units, 1))


def curve_series(options):
    """Series of esn-curve, [sequences, steps, 1]."""
    return np.sin(0.1 * np.arange(options.sequences * options.steps)).reshape(options.sequences, options.steps, 1)


def regression():
    """Rows of states and targets."""
    random = np.random.default_rng(1)
    return random.uniform(-1, 1, (ROWS, UNITS)), random.random((ROWS, 1))


def first_batch(count=BATCH):
    """A batch that needs no file: for measuring start-up and compilation."""
    pixels = np.arange(count * LAYERS[0], dtype=np.float32).reshape(count, -1) % 251 / 251
    return pixels, (np.arange(count) % LAYERS[-1]).astype(np.int32)


def curve_layers(options):
    return [LAYERS[0]] + [options.width] * options.depth + [LAYERS[-1]]


def first_images():
    """16 images 32 x 32 x 3 and labels."""
    return np.arange(16 * 32 * 32 * 3, dtype=np.float32).reshape(16, 32, 32, 3) % 251 / 251, (np.arange(16) % 10).astype(np.int32)


def initial_weights(layers=LAYERS):
    """[(kernel [in, out], bias [out])], He-normal, the same for every peer and for Tanren."""
    random = np.random.RandomState(10)
    return [((random.randn(i, o) * np.sqrt(2 / i)).astype(np.float32), np.zeros(o, np.float32))
            for i, o in zip(layers, layers[1:])]
