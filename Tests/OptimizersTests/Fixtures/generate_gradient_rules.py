"""Writes gradient_rules.json: eight steps of sharpness-aware rules by their authors' formulas.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/OptimizersTests/Fixtures/generate_gradient_rules.py

{"parameters": {path: array}, "curvatures": {path: array}, "centers": [{path: array}, ...], "cases": [...]}. In step i the
mini-batch's loss is the sum of c (w - centers[i])^2 / 2 + w^4 / 12, with the curvatures c. A case is {"name", "source",
"steps"}: "steps"[i] holds all parameters after step i + 1. The optimizer is SGD with the learning rate 0.05; of "msam" it has
the momentum 0.9.

Sources, of which the rules below are the formulas in NumPy: davda54/sam (sam, asam), juntang-zhuang/GSAM (gsam),
nblt/F-SAM utils.py (friendlySAM), intelligent-machine-learning/dlrover atorch's WeightedSAM, coupled (wsam),
MarlonBecker/MSAM optimizer/msam.py (msam), team-approx-bayes/bayesian-sam optim.py without noise (bsam), the paper (pugd).
generate_author_methods.py runs the code itself.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, line, scalars  # noqa: E402

random = np.random.default_rng(11)
shapes = {"dense/kernel": (3, 2), "dense/bias": (2,)}
start = {k: np.round(random.standard_normal(s), 2) for k, s in shapes.items()}
curvatures = {k: np.round(random.uniform(0.5, 4, s), 2) for k, s in shapes.items()}
centers = [{k: np.round(0.5 * random.standard_normal(s), 2) for k, s in shapes.items()} for _ in range(8)]
RATE = 0.05


def trees(function, *others):
    return {k: function(*(tree[k] for tree in others)) for k in shapes}


def norm(tree):
    return np.sqrt(sum(np.sum(v**2) for v in tree.values()))


def dot(a, b):
    return sum(np.sum(a[k] * b[k]) for k in a)


def ascended(w, direction, rho, sizes=None):
    """w + rho T^2 d / |T d|."""
    sizes = sizes or trees(np.ones_like, w)
    length = norm(trees(lambda t, d: t * d, sizes, direction)) + 1e-12
    return trees(lambda w, t, d: w + rho * t**2 * d / length, w, sizes, direction)


def sam(rho, eta=None):
    def rule(w, gradient, state, step):
        sizes = None if eta is None else trees(lambda w: np.abs(w) + eta, w)
        return gradient(ascended(w, gradient(w), rho, sizes))
    return rule


def gsam(rho, alpha):
    def rule(w, gradient, state, step):
        g = gradient(w)
        p = gradient(ascended(w, g, rho))
        share = dot(g, p) / norm(p) ** 2
        return trees(lambda g, p: p - alpha * (g - share * p), g, p)
    return rule


def friendly_sam(rho, sigma, decay, adaptive=False):
    def rule(w, gradient, state, step):
        g = gradient(w)
        if "m" not in state:
            state["m"], direction = g, g
        else:
            direction = trees(lambda g, m: g - sigma * m, g, state["m"])
            state["m"] = trees(lambda g, m: decay * m + (1 - decay) * g, g, state["m"])
        return gradient(ascended(w, direction, rho, trees(np.abs, w) if adaptive else None))
    return rule


def wsam(rho, gamma):
    def rule(w, gradient, state, step):
        g, a = gradient(w), gamma / (1 - gamma)
        p = gradient(ascended(w, g, rho))
        return trees(lambda g, p: a * p + (1 - a) * g, g, p)
    return rule


def pugd():
    def rule(w, gradient, state, step):
        g = gradient(w)
        direction = trees(lambda w, g: np.abs(w) * g, w, g)
        p = gradient(ascended(w, direction, 1))
        total = trees(np.add, g, p)
        return trees(lambda u: u / (norm(total) + 1e-12), total)
    return rule


def msam(rho, momentum):
    def rule(w, gradient, state, step):
        v = state.get("v", trees(np.zeros_like, w))
        g = gradient(trees(lambda w, v: w - rho * v / (norm(state["v"]) + 1e-12), w, v) if "v" in state else w)
        state["v"] = trees(lambda g, v: momentum * v + g, g, v)
        return state["v"]
    return rule


def bsam(rho, beta1, beta2, decay, damping, precision):
    def rule(w, gradient, state, step):
        s = state.setdefault("s", trees(lambda w: np.full_like(w, precision), w))
        m = state.get("m", trees(np.zeros_like, w))
        g = gradient(w)
        p = gradient(trees(lambda w, g, s: w + rho * g / s, w, g, s))
        state["m"] = trees(lambda m, p, w: beta1 * m + (1 - beta1) * (p + decay * w), m, p, w)
        update = trees(lambda m, s: m / s, state["m"], s)
        state["s"] = trees(lambda s, g: beta2 * s + (1 - beta2) * (np.sqrt(s * g**2) + damping + decay), s, g)
        return update
    return rule


rules = {
    "sam": sam(0.1), "asam": sam(0.5, 0.01), "gsam": gsam(0.1, 0.4),
    "friendlySAM": friendly_sam(0.1, 1.0, 0.9), "friendlySAM-adaptive": friendly_sam(0.2, 0.7, 0.6, True),
    "wsam": wsam(0.1, 0.9), "wsam-less": wsam(0.2, 0.3),
    "pugd": pugd(), "msam": msam(0.3, 0.9), "bsam": bsam(0.05, 0.9, 0.999, 1e-4, 0.1, 1.0), "bsam-settings": bsam(0.1, 0.8, 0.9, 0.01, 0.2, 2.0),
}
cases = []
for name, rule in rules.items():
    w, state, steps = dict(start), {}, []
    for step, center in enumerate(centers):
        update = rule(w, lambda p: trees(lambda p, c, m: c * (p - m) + p**3 / 3, p, curvatures, center), state, step)
        w = trees(lambda w, u: w - RATE * u, w, update)
        steps.append({k: scalars(v) for k, v in w.items()})
    assert all(np.isfinite(v).all() for v in w.values())
    cases.append({"name": name, "source": "formula", "steps": steps})


def arrays(tree):
    return {k: array(v) for k, v in tree.items()}


path = Path(__file__).with_name("gradient_rules.json")
path.write_text(
    '{"parameters":' + line(arrays(start)) + ',\n"curvatures":' + line(arrays(curvatures)) + ',\n"centers":'
    + line([arrays(c) for c in centers]) + ',\n"cases":[\n' + ",\n".join(map(line, cases)) + "\n]}\n")
print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")
