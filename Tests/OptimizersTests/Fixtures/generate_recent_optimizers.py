"""Writes recent_optimizers.json: what optimizers that the frameworks don't have do in ten steps, by their authors' code.

In an environment of its own, over that of the other generators:

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 -m pip install --no-deps chex==0.1.92 schedulefree==1.4.1 prodigyopt==1.1.2 dadaptation==3.2 pytorch_optimizer==4.1.0
    python3 Tests/OptimizersTests/Fixtures/generate_recent_optimizers.py

The problems are those of optimizers.json, and the format of "cases" is the same (generate_optimizers.py). "averages" are
cases whose "steps" are the points where gradients are taken, with "averaged", the points that are evaluated.

Sources: "authors" are schedulefree, prodigyopt and dadaptation, packages by the methods' authors; "pytorch_optimizer",
"optax", "keras" and "pytorch" are those libraries, computing in double precision. "formula" is NumPy below, where no package
has it in this form. Methods whose authors have a repository and no package are in generate_author_methods.py. optax's adan differs
from its authors' in what its second beta multiplies.
"""

import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import optax.contrib
import torch
import dadaptation
import prodigyopt
import pytorch_optimizer
import schedulefree

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import line, scalars  # noqa: E402

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
torch.set_default_dtype(torch.float64)

KERNEL, BIAS = "dense/kernel", "dense/bias"
folder = Path(__file__).parent
stored = json.loads((folder / "optimizers.json").read_text())["problems"]


def numbers(tree):
    return {k: np.array(v["values"]).reshape(v["shape"]) for k, v in tree.items()}


problems = {name: {"parameters": numbers(p["parameters"]), "gradients": [numbers(g) for g in p["gradients"]]} for name, p in stored.items()}
cases, averages = [], []


def rows(steps):
    return [{k: scalars(v) for k, v in step.items()} for step in steps]


def add(name, source, steps, problem):
    cases.append({"name": name, "source": source, "problem": problem, "steps": rows(steps)})


def torch_steps(make, problem, observe=lambda optimizer: None):
    """The parameters after each step, as they are and once more after `observe`."""
    p = {k: torch.nn.Parameter(torch.tensor(v)) for k, v in problems[problem]["parameters"].items()}
    optimizer, steps, observed = make(list(p.values())), [], []
    if hasattr(optimizer, "train"):
        optimizer.train()

    def values():
        return {k: v.detach().numpy().copy() for k, v in p.items()}

    for gradients in problems[problem]["gradients"]:
        for k, g in gradients.items():
            p[k].grad = torch.tensor(g)
        optimizer.step()
        steps.append(values())
        if observe(optimizer):
            observed.append(values())
            optimizer.train()
    return steps, observed


def with_torch(name, source, make, problem="plain"):
    add(name, source, torch_steps(make, problem)[0], problem)


def with_average(name, make, problem="plain"):
    steps, observed = torch_steps(make, problem, lambda optimizer: optimizer.eval() or True)
    averages.append({"name": name, "source": "authors", "problem": problem, "steps": rows(steps), "averaged": rows(observed)})


def with_keras(name, make, problem="plain"):
    p = {k: keras.Variable(v, dtype="float64") for k, v in problems[problem]["parameters"].items()}
    optimizer, steps = make(), []
    for gradients in problems[problem]["gradients"]:
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients.values()], list(p.values()))
        steps.append({k: np.array(keras.ops.convert_to_numpy(v)) for k, v in p.items()})
    add(name, "keras", steps, problem)


def with_optax(name, make, problem="plain"):
    p = {k: jnp.asarray(v) for k, v in problems[problem]["parameters"].items()}
    optimizer, steps = make(), []
    state = optimizer.init(p)
    for gradients in problems[problem]["gradients"]:
        updates, state = optimizer.update({k: jnp.asarray(g) for k, g in gradients.items()}, state, p)
        p = optax.apply_updates(p, updates)
        assert all(v.dtype == jnp.float64 for v in p.values())
        steps.append({k: np.asarray(v) for k, v in p.items()})
    add(name, "optax", steps, problem)


def with_formula(name, rule, problem="plain"):
    """`rule(step, parameters, gradients, state)` gives the new parameters; `step` counts from 1."""
    p, state, steps = dict(problems[problem]["parameters"]), {}, []
    for step, gradients in enumerate(problems[problem]["gradients"], 1):
        p = rule(step, p, gradients, state)
        steps.append(p)
    add(name, "formula", steps, problem)


def elementwise(update):
    """A rule of `update(step, w, g, state)` for each parameter with a state of its own."""
    def rule(step, p, gradients, state):
        return {k: update(step, w, gradients[k], state.setdefault(k, {})) for k, w in p.items()}
    return rule


def mean(state, name, value, keeping):
    state[name] = keeping * state.get(name, 0 * value) + (1 - keeping) * value
    return state[name]


def norm(x):
    return np.sqrt(np.sum(np.square(x)))


def limited_lamb(rate, limit):
    """LAMB as in generate_optimizers.py, its quotient at most `limit` (timm's trust_clip is 1)."""
    def update(step, w, g, state):
        m, v = mean(state, "m", g, 0.9), mean(state, "v", g**2, 0.999)
        u = m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-6) + 0.01 * w
        return w - rate * min(norm(w) / norm(u) if norm(w) > 0 and norm(u) > 0 else 1, limit) * u
    return elementwise(update)


def larc(rate, trust, decay):
    """NVIDIA's LARC: the local rate, at most the learning rate, over SGD with momentum."""
    def update(step, w, g, state):
        u = g + decay * w
        ratio = min(trust * norm(w) / norm(u) / rate if norm(w) > 0 and norm(u) > 0 else 1, 1)
        state["v"] = 0.9 * state.get("v", 0) - rate * ratio * u
        return w + state["v"]
    return elementwise(update)


def transformed(change):
    return elementwise(lambda step, w, g, state: w - 0.1 * change(g))


def schedule_free():
    s = schedulefree
    with_average("scheduleFree-sgd", lambda p: s.SGDScheduleFree(p, lr=0.1, foreach=False))
    with_average("scheduleFree-sgd-decay", lambda p: s.SGDScheduleFree(p, lr=0.1, momentum=0.7, weight_decay=0.01, r=0.5, weight_lr_power=1, foreach=False))
    with_average("scheduleFree-adamW", lambda p: s.AdamWScheduleFree(p, lr=0.01, weight_decay=0.1, foreach=False))
    with_average("scheduleFree-adamW-warmup", lambda p: s.AdamWScheduleFree(p, lr=0.01, warmup_steps=4, foreach=False))


def moments():
    o = pytorch_optimizer
    with_optax("adEMAMix-optax", lambda: optax.contrib.ademamix(0.01, alpha=2.0))
    with_torch("mars-lion", "pytorch_optimizer", lambda p: o.MARS(p, lr=0.01, mars_type="lion", optimize_1d=True))
    with_torch("adaBound", "pytorch_optimizer", lambda p: o.AdaBound(p, lr=0.01, weight_decouple=False))
    # With gamma 0.5 the bounds hold within the ten steps.
    with_torch("adaBound-closing", "pytorch_optimizer",
               lambda p: o.AdaBound(p, lr=0.01, final_lr=0.02, gamma=0.5, weight_decay=0.01, weight_decouple=False))
    with_optax("yogi", lambda: optax.yogi(0.01))
    with_torch("qhm", "pytorch_optimizer", lambda p: o.QHM(p, lr=0.1, momentum=0.95, nu=0.7))
    with_torch("qhAdam", "pytorch_optimizer", lambda p: o.QHAdam(p, lr=0.01, betas=(0.995, 0.999), nus=(0.7, 0.9)))
    with_torch("qhAdam-decay", "pytorch_optimizer", lambda p: o.QHAdam(
        p, lr=0.01, betas=(0.9, 0.99), nus=(0.9, 1.0), weight_decay=0.1, weight_decouple=True))
    with_optax("normalize", lambda: optax.chain(optax.normalize_by_update_norm(), optax.sgd(0.1)))
    with_keras("ftrl-keras", lambda: keras.optimizers.Ftrl(0.1))
    with_keras("ftrl-penalties-keras", lambda: keras.optimizers.Ftrl(
        0.1, learning_rate_power=-0.7, initial_accumulator_value=0.2, l1_regularization_strength=0.05, l2_regularization_strength=0.1,
        l2_shrinkage_regularization_strength=0.01, beta=0.3))


def estimated():
    o = prodigyopt
    with_torch("prodigy", "authors", lambda p: o.Prodigy(p))
    with_torch("prodigy-settings", "authors", lambda p: o.Prodigy(
        p, lr=0.5, betas=(0.8, 0.99), beta3=0.9, weight_decay=0.1, use_bias_correction=True, safeguard_warmup=True, d0=1e-3, d_coef=2.0))
    with_torch("prodigy-growth", "authors", lambda p: o.Prodigy(p, d0=1e-3, growth_rate=1.5))
    with_torch("prodigy-zeroBias", "authors", lambda p: o.Prodigy(p, d0=1e-3), "zeroBias")
    o = dadaptation
    with_torch("dAdaptAdam", "authors", lambda p: o.DAdaptAdam(p))
    with_torch("dAdaptAdam-settings", "authors", lambda p: o.DAdaptAdam(
        p, lr=0.5, betas=(0.8, 0.99), weight_decay=0.1, decouple=True, use_bias_correction=True, d0=1e-3, growth_rate=2.0))
    with_torch("dAdaptSGD", "authors", lambda p: o.DAdaptSGD(p, momentum=0.9))
    with_torch("dAdaptSGD-settings", "authors", lambda p: o.DAdaptSGD(p, lr=0.5, d0=1e-3, growth_rate=1.5))


def layerwise():
    for where in problems:
        suffix = "" if where == "plain" else "-" + where
        with_formula("lamb-limited" + suffix, limited_lamb(0.01, 0.8), where)
        with_formula("lars-clipped" + suffix, larc(0.1, 0.05, 0.01), where)
    with_optax("muon-matchRMS", lambda: optax.contrib.muon(0.02, adam_learning_rate=0.01, consistent_rms=0.2))


def torch_muon(scale, **settings):
    """PyTorch's Muon of the kernel, whose axes are the other way round there, in double instead of half precision."""
    half, torch.Tensor.bfloat16 = torch.Tensor.bfloat16, lambda tensor: tensor.clone()
    w, steps = torch.nn.Parameter(torch.tensor(problems["plain"]["parameters"][KERNEL].T.copy())), []
    optimizer = torch.optim.Muon([w], lr=0.02, weight_decay=0.1, eps=1e-8, adjust_lr_fn=scale, **settings)
    for gradients in problems["plain"]["gradients"]:
        w.grad = torch.tensor(gradients[KERNEL].T.copy())
        optimizer.step()
        steps.append({KERNEL: w.detach().numpy().T.copy()})
    torch.Tensor.bfloat16 = half
    return steps


def muon():
    add("muon-pytorch", "pytorch", torch_muon("original"), "plain")
    add("muon-matchRMS-pytorch", "pytorch", torch_muon("match_rms_adamw", nesterov=False, ns_steps=3), "plain")


def shampoo(rate, beta1, beta2, epsilon, every, graft):
    """Shampoo as its authors' scalable form has it: eigenvalues raised by a part of the greatest, the norm of another step."""
    def update(step, w, g, state):
        m = mean(state, "m", g, beta1) / (1 - beta1**step)
        d = m
        if g.ndim > 1:
            sums = state.setdefault("L", [np.zeros((n, n)) for n in g.shape])
            for axis, total in enumerate(sums):
                own = np.tensordot(g, g, [[a for a in range(g.ndim) if a != axis]] * 2)
                sums[axis] = beta2 * total + (1 - beta2 if beta2 < 1 else 1) * own
            if (step - 1) % every == 0:
                state["P"] = []
                for total in sums:
                    values, vectors = np.linalg.eigh(total / (1 - beta2**step if beta2 < 1 else 1))
                    values = np.maximum(values, 0) + epsilon * values.max()
                    state["P"].append(vectors @ np.diag(values ** (-1 / (2 * g.ndim))) @ vectors.T)
            for p in state["P"]:
                d = np.tensordot(d, p, [[0], [0]])
        size = graft(step, g, m, state)
        if size is not None:
            d = d * (norm(size) / norm(d)) if norm(d) > 0 else 0 * d
        return w - rate * d
    return elementwise(update)


def adam_size(beta2):
    return lambda step, g, m, state: m / (np.sqrt(mean(state, "v", g**2, beta2) / (1 - beta2**step)) + 1e-8)


def adagrad_size(step, g, m, state):
    state["n"] = state.get("n", 0) + g**2
    return m / (np.sqrt(state["n"]) + 1e-10)


def torch_lbfgs(history):
    """PyTorch's L-BFGS, one iteration a step, which its tolerances never end."""
    p = {k: torch.nn.Parameter(torch.tensor(v)) for k, v in problems["plain"]["parameters"].items()}
    optimizer, steps = torch.optim.LBFGS(list(p.values()), lr=0.1, max_iter=1, history_size=history, tolerance_grad=-1,
                                         tolerance_change=-np.inf), []
    for gradients in problems["plain"]["gradients"]:
        def closure():
            for k, g in gradients.items():
                p[k].grad = torch.tensor(g)
            return torch.tensor(1.0)
        optimizer.step(closure)
        steps.append({k: v.detach().numpy().copy() for k, v in p.items()})
    return steps


def second_order():
    with_formula("shampoo", shampoo(0.01, 0.9, 0.999, 1e-6, 10, adam_size(0.999)))
    with_formula("shampoo-sums", shampoo(0.01, 0.5, 1, 1e-3, 1, adagrad_size))
    with_formula("shampoo-alone", shampoo(0.01, 0.9, 0.9, 1e-3, 3, lambda *_: None))
    with_formula("shampoo-sgd", shampoo(0.01, 0.0, 0.9, 1e-3, 1, lambda step, g, m, state: g))
    add("lbfgs", "pytorch", torch_lbfgs(10), "plain")
    add("lbfgs-short", "pytorch", torch_lbfgs(2), "plain")


def transforms():
    with_formula("centralize", transformed(lambda g: g - g.mean(axis=0) if g.ndim > 1 else g))


for family in (schedule_free, moments, estimated, layerwise, muon, second_order, transforms):
    family()
names = [c["name"] for c in cases + averages]
assert len(names) == len(set(names)), "names used twice"
path = folder / "recent_optimizers.json"
path.write_text('{"cases":[\n' + ",\n".join(map(line, cases)) + '\n],\n"averages":[\n' + ",\n".join(map(line, averages)) + "\n]}\n")
print(f"{path.name}: {len(cases)} cases, {len(averages)} averages, {path.stat().st_size} bytes")
