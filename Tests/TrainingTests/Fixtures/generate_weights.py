"""Writes weights.json: what PyTorch and Keras compute with given weights, and their own files of the two-conv CNN.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/TrainingTests/Fixtures/generate_weights.py

A row is {"name", "framework", "model", "arrays": [[name, shape]], "outputs"}. Element i of the array whose name is number n
in alphabetical order is 0.5 + 0.3 sin(0.7 i + n) for arrays of one axis, elements^(-1/4) sin(0.7 i + n) for those of
more; counters, without axes, are n, as int64. foreign_models.py says what the batches are. For the CNN the frameworks'
own files are beside: cnn_pyTorch.safetensors, cnn_keras.safetensors.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
from safetensors.numpy import save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list  # noqa: E402
from foreign_models import FRAMEWORKS, MODELS, batch  # noqa: E402


def values(n, shape):
    if not shape:
        return np.array(n, np.int64)
    count = int(np.prod(shape))
    wave = np.sin(0.7 * np.arange(count) + n)
    return (0.5 + 0.3 * wave if len(shape) == 1 else count ** -0.25 * wave).astype(np.float32).reshape(shape)


rows = []
for framework, build in FRAMEWORKS.items():
    for name in MODELS:
        run, weights, assign = build(name)
        shapes = {k: v.shape for k, v in sorted(weights().items())}
        assign({k: values(n, shape) for n, (k, shape) in enumerate(shapes.items())})
        outputs = run(batch(name))
        assert np.isfinite(outputs).all() and np.ptp(outputs) > 1e-3, (name, outputs)
        rows.append({"name": f"{name} in {framework}", "framework": framework, "model": name,
                     "arrays": [[k, list(shape)] for k, shape in shapes.items()], "outputs": array(outputs)})
        if name == "cnn":
            save_file({k: np.ascontiguousarray(v) for k, v in weights().items()},
                      Path(__file__).with_name(f"cnn_{framework}.safetensors"))
write_list(__file__, "weights.json", rows)
