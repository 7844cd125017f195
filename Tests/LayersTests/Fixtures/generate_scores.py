"""Writes scores.json: metrics by scikit-learn, and losses by torchvision, PyTorch and scikit-learn.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_scores.py

A metrics' row is {"name", "loss", "outputs", "targets", "values"}: outputs are float32, many of them tied; "loss" says how they
are read. A value is "nan" where the metric is undefined. calibrationError, which scikit-learn doesn't have, is computed from its
definition with NumPy. A loss's row is {"name", "choice", "outputs", "targets", "value"} in float64, a mean over
the examples.
"""

import json
import math
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics as sk

warnings.filterwarnings("ignore")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, scalar  # noqa: E402

rows, losses = [], []
random = np.random.default_rng(5)


def softmax(x):
    e = np.exp(x.astype(np.float64) - x.max(-1, keepdims=True).astype(np.float64))
    return e / e.sum(-1, keepdims=True)


def add(name, metric, loss, outputs, targets, value):
    row = next((r for r in rows if r["name"] == name and r["loss"] == loss), None)
    if row is None:
        row = {"name": name, "loss": loss, "outputs": array(outputs), "targets": array(targets), "values": {}}
        rows.append(row)
    row["values"][metric] = scalar(value)


def calibration(confidence, right, bins):
    index = np.clip(np.ceil(confidence * np.float32(bins)).astype(int) - 1, 0, bins - 1)
    error = 0.0
    for b in range(bins):
        own = index == b
        if own.any():
            error += own.sum() / len(confidence) * abs(right[own].mean() - confidence[own].astype(np.float64).mean())
    return error


def classes(name, logits, targets):
    """All metrics of classes, from logits and from probabilities."""
    count = logits.shape[1]
    predicted = logits.argmax(-1)
    for average in ["macro", "micro", "weighted"]:
        for metric, function in [("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)]:
            add(name, f"{metric}(average: {average})", "softmaxCrossEntropy", logits, targets,
                function(targets, predicted, average=average, zero_division=0))
    p = softmax(logits)
    single = p.astype(np.float32)
    for loss, outputs, scores in [("softmaxCrossEntropy", logits, p), ("probabilityCrossEntropy", single, single.astype(np.float64))]:
        def each(function):
            if count == 2:
                return function(targets == 1, scores[:, 1])
            return np.mean([function(targets == c, scores[:, c]) for c in range(count)])
        # scikit-learn's own mean of one against the rest is this one, but refuses float32 rows that don't sum to 1 exactly,
        # and classes that don't occur.
        if loss == "softmaxCrossEntropy" and count > 2 and len(set(targets)) == count:
            assert math.isclose(each(sk.roc_auc_score), sk.roc_auc_score(targets, scores, multi_class="ovr"), rel_tol=1e-12)
        add(name, "rocAUC", loss, outputs, targets, each(sk.roc_auc_score))
        add(name, "averagePrecision", loss, outputs, targets, each(sk.average_precision_score))
    add(name, "calibrationError(bins: 10)", "probabilityCrossEntropy", single, targets,
        calibration(single.max(-1), single.argmax(-1) == targets, 10))


def events(name, logits, targets):
    """All metrics of independent events, [N, outputs]."""
    predicted = (logits > 0).astype(int)
    one = logits.shape[1] == 1
    for average in ["macro", "micro", "weighted"]:
        for metric, function in [("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)]:
            value = (function(targets[:, 0], predicted[:, 0], average="binary", zero_division=0) if one
                     else function(targets, predicted, average=average, zero_division=0))
            add(name, f"{metric}(average: {average})", "binaryCrossEntropy", logits, targets.astype(np.float32), value)
    for metric, function in [("rocAUC", sk.roc_auc_score), ("averagePrecision", sk.average_precision_score)]:
        value = np.mean([function(targets[:, c], logits[:, c]) for c in range(logits.shape[1])])
        add(name, metric, "binaryCrossEntropy", logits, targets.astype(np.float32), value)
    p = (1 / (1 + np.exp(-logits.astype(np.float64)))).astype(np.float32)
    add(name, "calibrationError", "binaryCrossEntropy(of: probabilities)", p, targets.astype(np.float32),
        calibration(p.ravel(), targets.ravel(), 15))


def tied(*shape):
    """Scores of few values, so that many are equal."""
    return (np.round(random.normal(size=shape) * 4) / 4).astype(np.float32)


def labels(count, classes):
    return random.integers(0, classes, count).astype(np.int32)


classes("four", tied(60, 4), labels(60, 4))
absent = labels(40, 4)
absent[absent == 2] = 1
classes("absent", tied(40, 4), absent)  # a class that no target is of
never = tied(40, 4)
never[:, 3] = -9
classes("never", never, labels(40, 4))  # a class that is never predicted
both = labels(40, 3)
wide = np.concatenate([tied(40, 3), np.full((40, 2), -9, np.float32)], 1)
classes("unused", wide, both)  # classes that neither occur nor are predicted
classes("two", tied(50, 2), labels(50, 2))
classes("single", tied(10, 2), np.zeros(10, np.int32))  # one class alone
events("yes", tied(50, 1), labels(50, 2)[:, None])
events("allYes", tied(12, 1), np.ones((12, 1), np.int32))
events("allNo", -np.abs(tied(12, 1)) - 1, np.zeros((12, 1), np.int32))
several = random.integers(0, 2, (40, 3)).astype(np.int32)
events("several", tied(40, 3), several)


def add_loss(name, choice, outputs, targets, value):
    losses.append({"name": name, "choice": choice, "outputs": array(outputs), "targets": array(targets), "value": float(value)})


try:
    import torch
    from torchvision.ops import sigmoid_focal_loss

    x, t = random.normal(size=(6, 3)) * 3, random.integers(0, 2, (6, 3)).astype(np.float64)
    for gamma, alpha in [(2, 0.25), (0.5, 0.75), (1, -1)]:
        value = sigmoid_focal_loss(torch.tensor(x), torch.tensor(t), alpha=alpha, gamma=gamma, reduction="mean")
        add_loss(f"binaryFocal-{gamma}", f"binaryFocal(gamma: {gamma}, alpha: {'none' if alpha < 0 else alpha})", x, t, value.item())
except ImportError:
    sys.exit("torchvision is needed")
logits, own = random.normal(size=(8, 4)) * 2, labels(8, 4)
for gamma in [0, 1, 2.5]:
    p = torch.softmax(torch.tensor(logits), -1)[torch.arange(8), torch.tensor(own).long()]
    add_loss(f"focal-{gamma}", f"focal(gamma: {gamma})", logits, own, (-(1 - p) ** gamma * p.log()).mean().item())
add_loss("categoricalHinge", "categoricalHinge", logits, own, sk.hinge_loss(own, logits, labels=range(4)))
margins, sides = random.normal(size=(8, 1)), labels(8, 2)
add_loss("hinge", "hinge", margins, sides[:, None].astype(np.float64), sk.hinge_loss(sides, margins[:, 0], labels=[0, 1]))

with open(Path(__file__).with_name("scores.json"), "w") as file:
    file.write('{"metrics":[\n' + ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows) + '\n],"losses":[\n'
               + ",\n".join(json.dumps(r, separators=(",", ":")) for r in losses) + "\n]}\n")
print(len(rows), "metrics,", len(losses), "losses")
