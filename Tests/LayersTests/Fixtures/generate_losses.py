"""Writes losses.json: losses and their gradients by the predictions, from PyTorch and Keras in float64.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_losses.py

A row is {"name", "loss", "source", "attributes", "predictions", "targets", "value", "gradient"}; every
loss is the mean over the examples. "source" says whose convention it is where they differ:
  crossEntropyOfProbabilities   article: -sum t log(max(p, clip)). keras: p / sum p first, then clipped on both sides.
  binaryCrossEntropy            keras: p clipped to [1e-7, 1 - 1e-7]. pytorch: logarithms clipped at -100.
  klDivergence                  keras: both clipped to [1e-7, 1]. pytorch: predictions are log-probabilities.
Flooded rows carry "base", the loss before flooding; "value" is |base - b| + b. At base = b the gradient
keeps its sign, as in the article.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, scalar, scalars, write_list  # noqa: E402

keras.config.set_floatx("float64")
rows = []


def add(name, loss, source, predictions, targets, value, gradient, attributes, **more):
    rows.append({"name": name, "loss": loss, "source": source, "attributes": attributes, "predictions": array(predictions),
                 "targets": array(targets), "value": scalar(value), "gradient": scalars(gradient), **more})


def with_torch(name, loss, predictions, targets, function, source="pytorch", integer=False, **attributes):
    x = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
    value = function(x, torch.tensor(targets, dtype=torch.int64 if integer else torch.float64))
    (gradient,) = torch.autograd.grad(value, x)
    targets = np.array(targets, np.int32 if integer else np.float64)
    add(name, loss, source, np.array(predictions, np.float64), targets, value.item(), gradient.numpy(), attributes)
    return value.item(), gradient.numpy()


def with_keras(name, loss, predictions, targets, function, integer=False, **attributes):
    x = tf.constant(predictions, tf.float64)
    targets = np.array(targets, np.int32 if integer else np.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(tf.constant(targets), x)
    add(name, loss, "keras", x.numpy(), targets, float(value), tape.gradient(value, x).numpy(), attributes)


logits = [[0.3, -1.2, 2.1, 0.4], [1.5, 0.2, -0.7, 0.0], [-2.0, 3.0, 1.0, 1.0]]
extreme = [[1000.0, 0.0, -1000.0, 3.0], [-800.0, 800.0, 0.0, 1.0]]
classes = [2, 0, 3]
one_hot = np.eye(4)[classes].tolist()
soft = [[0.1, 0.2, 0.6, 0.1], [0.7, 0.1, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]]

with_torch("softmaxCrossEntropy-sparse", "softmaxCrossEntropy", logits, classes, F.cross_entropy, integer=True, labelSmoothing=0)
with_torch("softmaxCrossEntropy-sparse-extreme", "softmaxCrossEntropy", extreme, [2, 1], F.cross_entropy, integer=True, labelSmoothing=0)
with_torch("softmaxCrossEntropy-sparse-smoothed", "softmaxCrossEntropy", logits, classes,
           lambda x, t: F.cross_entropy(x, t, label_smoothing=0.1), integer=True, labelSmoothing=0.1)
with_torch("softmaxCrossEntropy-dense", "softmaxCrossEntropy", logits, soft, F.cross_entropy, labelSmoothing=0)
with_torch("softmaxCrossEntropy-dense-one-hot", "softmaxCrossEntropy", logits, one_hot, F.cross_entropy, labelSmoothing=0)
with_torch("softmaxCrossEntropy-dense-smoothed", "softmaxCrossEntropy", logits, one_hot,
           lambda x, t: F.cross_entropy(x, t, label_smoothing=0.1), labelSmoothing=0.1)
with_keras("softmaxCrossEntropy-dense-smoothed-keras", "softmaxCrossEntropy", logits, one_hot,
           keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), labelSmoothing=0.1)
with_keras("softmaxCrossEntropy-sparse-keras", "softmaxCrossEntropy", logits, classes,
           keras.losses.SparseCategoricalCrossentropy(from_logits=True), integer=True, labelSmoothing=0)

probabilities = [[0.1, 0.2, 0.6, 0.1], [0.7, 0.1, 0.15, 0.05], [0.2, 0.3, 0.4, 0.1]]
certain = [[1.0, 0.0, 0.0, 0.0], [0.0, 1e-9, 1 - 1e-9, 0.0], [0.25, 0.25, 0.25, 0.25]]


def article_cross_entropy(p, t):
    return -(t * torch.log(torch.clamp(p, min=1e-7))).sum() / p.shape[0]


for suffix, p in [("", probabilities), ("-clipped", certain)]:
    with_torch("crossEntropyOfProbabilities" + suffix, "crossEntropyOfProbabilities", p, one_hot, article_cross_entropy, source="article", clip=1e-7)
    with_keras("crossEntropyOfProbabilities" + suffix + "-keras", "crossEntropyOfProbabilities", p, one_hot,
               keras.losses.CategoricalCrossentropy(), clip=1e-7)
with_torch("crossEntropyOfProbabilities-sparse", "crossEntropyOfProbabilities", probabilities, classes,
           lambda p, t: article_cross_entropy(p, F.one_hot(t, 4)), source="article", integer=True, clip=1e-7)

binary_logits, binary = [[-3.0, 0.0], [0.5, 40.0], [-1000.0, 1000.0]], [[0.0, 1.0], [1.0, 0.0], [0.0, 0.25]]
with_torch("binaryCrossEntropy-logits", "binaryCrossEntropyOfLogits", binary_logits, binary, F.binary_cross_entropy_with_logits)
with_keras("binaryCrossEntropy-logits-keras", "binaryCrossEntropyOfLogits", binary_logits[:2], binary[:2], keras.losses.BinaryCrossentropy(from_logits=True))
p, t = [[0.1, 0.5], [0.9, 0.25]], [[0.0, 1.0], [1.0, 0.5]]
with_torch("binaryCrossEntropy-probabilities", "binaryCrossEntropy", p, t, F.binary_cross_entropy)
with_keras("binaryCrossEntropy-probabilities-keras", "binaryCrossEntropy", p, t, keras.losses.BinaryCrossentropy())
with_keras("binaryCrossEntropy-probabilities-clipped-keras", "binaryCrossEntropy", [[0.0, 1.0], [1.0, 0.5]], [[1.0, 1.0], [0.0, 0.0]],
           keras.losses.BinaryCrossentropy())

y, target = [[0.5, -2.0, 3.0], [1.0, 0.25, -1.0]], [[0.0, 1.0, 3.2], [1.5, 0.25, -4.0]]
with_torch("meanSquaredError", "meanSquaredError", y, target, F.mse_loss)
with_torch("meanAbsoluteError", "meanAbsoluteError", y, target, F.l1_loss)
with_keras("meanSquaredError-keras", "meanSquaredError", y, target, keras.losses.MeanSquaredError())
for delta in (1.0, 0.5):
    with_torch(f"huber-{delta}", "huber", y, target, lambda x, t: F.huber_loss(x, t, delta=delta), delta=delta)
    with_keras(f"huber-{delta}-keras", "huber", y, target, keras.losses.Huber(delta=delta), delta=delta)
with_torch("huber-at-delta", "huber", [1.0, -1.0, 0.0], [0.0, 0.0, 0.0], lambda x, t: F.huber_loss(x, t, delta=1.0), delta=1.0)
with_keras("klDivergence-keras", "klDivergence", probabilities, soft, keras.losses.KLDivergence())
with_keras("klDivergence-clipped-keras", "klDivergence", certain, one_hot, keras.losses.KLDivergence())
with_torch("klDivergence", "klDivergence", np.log(probabilities).tolist(), soft, lambda x, t: F.kl_div(x, t, reduction="batchmean"))

for base_name, predictions, targets, function, integer in [
        ("meanSquaredError", y, target, F.mse_loss, False), ("softmaxCrossEntropy", logits, classes, F.cross_entropy, True)]:
    value, gradient = with_torch(f"flooded-{base_name}-base", base_name, predictions, targets, function, integer=integer)
    for where, level in [("above", 0.5 * value), ("below", 2 * value), ("equal", value)]:
        sign = -1 if value < level else 1
        add(f"flooded-{base_name}-{where}", "flooded", "article", np.array(predictions),
            np.array(targets, np.int32 if integer else np.float64), abs(value - level) + level, sign * gradient,
            {"level": level, "base": base_name}, base=value)

write_list(__file__, "losses.json", rows)
