"""Writes output_regularizers.json: modifiers of losses and their gradients, from PyTorch in float64.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/LayersTests/Fixtures/generate_output_regularizers.py

A row has the outputs of one pass or of two; "value" is the batch's loss, "gradients" are by each pass's outputs.
"""

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, scalar, write_list  # noqa: E402

random = np.random.default_rng(44)
rows = []


def add(name, choice, passes, function):
    outputs = [np.round(random.normal(size=(6, 4)) * 2, 3) for _ in range(passes)]
    targets = random.integers(0, 4, 6)
    given = [torch.tensor(x, requires_grad=True) for x in outputs]
    value = function(given, torch.tensor(targets))
    gradients = torch.autograd.grad(value, given)
    rows.append({
        "name": name, "choice": choice, "outputs": [array(x) for x in outputs], "targets": array(targets.astype(np.int32)),
        "value": scalar(value.item()), "gradients": [array(g.numpy()) for g in gradients]})


def entropy(x):
    return torch.distributions.Categorical(logits=x).entropy()


def divergence(x, y):
    """Of each example; the mean of both directions."""
    p, q = F.log_softmax(x, -1), F.log_softmax(y, -1)
    forward = F.kl_div(q, p, reduction="none", log_target=True).sum(-1)
    backward = F.kl_div(p, q, reduction="none", log_target=True).sum(-1)
    return (forward + backward) / 2


add("confidence penalty", "confidencePenalized(loss: softmaxCrossEntropy)", 1,
    lambda x, t: F.cross_entropy(x[0], t) - 0.1 * entropy(x[0]).mean())
add("confidence penalty, smoothed labels",
    "confidencePenalized(loss: softmaxCrossEntropy(labelSmoothing: 0.1), beta: 0.5)", 1,
    lambda x, t: F.cross_entropy(x[0], t, label_smoothing=0.1) - 0.5 * entropy(x[0]).mean())
add("confidence penalty, flooded", "flooded(loss: confidencePenalized(loss: softmaxCrossEntropy, beta: 2), at: 1)", 1,
    lambda x, t: (F.cross_entropy(x[0], t) - 2 * entropy(x[0]).mean() - 1).abs() + 1)
add("r-drop", "rDrop(loss: softmaxCrossEntropy)", 2,
    lambda x, t: (F.cross_entropy(x[0], t) + F.cross_entropy(x[1], t)) / 2 + divergence(*x).mean())
add("r-drop, strong", "rDrop(loss: softmaxCrossEntropy(labelSmoothing: 0.1), alpha: 5)", 2,
    lambda x, t: (F.cross_entropy(x[0], t, label_smoothing=0.1) + F.cross_entropy(x[1], t, label_smoothing=0.1)) / 2
    + 5 * divergence(*x).mean())
add("r-drop, flooded", "flooded(loss: rDrop(loss: softmaxCrossEntropy), at: 10)", 2,
    lambda x, t: ((F.cross_entropy(x[0], t) + F.cross_entropy(x[1], t)) / 2 + divergence(*x).mean() - 10).abs() + 10)
add("individual flooding", "individuallyFlooded(loss: softmaxCrossEntropy, at: 1)", 1,
    lambda x, t: ((F.cross_entropy(x[0], t, reduction="none") - 1).abs() + 1).mean())
add("individual flooding of r-drop", "individuallyFlooded(loss: rDrop(loss: softmaxCrossEntropy), at: 3)", 2,
    lambda x, t: (((F.cross_entropy(x[0], t, reduction="none") + F.cross_entropy(x[1], t, reduction="none")) / 2
                   + divergence(*x) - 3).abs() + 3).mean())
write_list(__file__, "output_regularizers.json", rows)
