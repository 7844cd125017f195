"""Writes optimizers.json and schedules.json: what each optimizer does in ten steps, and schedules over 30.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/OptimizersTests/Fixtures/generate_optimizers.py

optimizers.json: {"problems": {name: {"parameters", "gradients"}}, "cases": [...]}. A problem gives two
parameters, "dense/kernel" [3, 2] and "dense/bias" [2], and the gradients of ten steps; the gradients
don't depend on the parameters, so a case tests the update rule alone. A case is {"name", "optimizer",
"source", "problem", "attributes", "steps"}: "steps"[i] holds the values of both parameters after step
i + 1. In the problem "zeroBias" the bias begins at zero, as it does in training: a norm of zero.

Sources: pytorch, keras and optax are those libraries; "formula" is NumPy below, where no library in
use here has the rule (LAMB as in TensorFlow Addons, the paper and pytorch-lamb; clipping). Keras'
Adafactor computes in part in single precision: compare it to 1e-7 of the rate 0.5. PyTorch's NAdam
multiplies its momenta in single precision: compare it to 1e-9. All others hold to 1e-12.

schedules.json: rows {"name", "schedule", "source", "attributes", "values"}: the rate at steps 0...29.
"""

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

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, line, scalars, write_list  # noqa: E402

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")

KERNEL, BIAS = "dense/kernel", "dense/bias"
random = np.random.default_rng(7)


def problem(zero_bias):
    parameters = {KERNEL: np.round(random.standard_normal((3, 2)), 2),
                  BIAS: np.zeros(2) if zero_bias else np.array([0.3, -0.6])}
    gradients = [{name: np.round(random.standard_normal(p.shape) + 0.3, 2) for name, p in parameters.items()} for _ in range(10)]
    # Entries that are zero at some steps, and once everywhere: square roots of zero, norms of zero.
    gradients[0][KERNEL][0, 0] = 0
    gradients[4] = {name: np.zeros_like(g) for name, g in gradients[4].items()}
    return {"parameters": parameters, "gradients": gradients}


problems = {"plain": problem(False), "zeroBias": problem(True)}
cases = []


def add(name, optimizer, source, problem, steps, attributes):
    cases.append({"name": name, "optimizer": optimizer, "source": source, "problem": problem, "attributes": attributes,
                  "steps": [{k: scalars(v) for k, v in step.items()} for step in steps]})


def with_torch(name, kind, make, problem="plain", before=None, **attributes):
    """`before(parameters)` may change the gradients, as clipping does."""
    p = {k: torch.nn.Parameter(torch.tensor(v)) for k, v in problems[problem]["parameters"].items()}
    optimizer, steps = make(list(p.values())), []
    for gradients in problems[problem]["gradients"]:
        for k, g in gradients.items():
            p[k].grad = torch.tensor(g)
        if before:
            before(p.values())
        optimizer.step()
        steps.append({k: v.detach().numpy().copy() for k, v in p.items()})
    add(name, kind, "pytorch", problem, steps, attributes)


def with_keras(name, kind, make, problem="plain", **attributes):
    p = {k: keras.Variable(v, dtype="float64") for k, v in problems[problem]["parameters"].items()}
    optimizer, steps = make(), []
    for gradients in problems[problem]["gradients"]:
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients.values()], list(p.values()))
        steps.append({k: np.array(keras.ops.convert_to_numpy(v)) for k, v in p.items()})
    add(name, kind, "keras", problem, steps, attributes)


def with_optax(name, kind, make, problem="plain", **attributes):
    p = {k: jnp.asarray(v) for k, v in problems[problem]["parameters"].items()}
    optimizer, steps = make(), []
    state = optimizer.init(p)
    for gradients in problems[problem]["gradients"]:
        updates, state = optimizer.update({k: jnp.asarray(g) for k, g in gradients.items()}, state, p)
        p = optax.apply_updates(p, updates)
        assert all(v.dtype == jnp.float64 for v in p.values())
        steps.append({k: np.asarray(v) for k, v in p.items()})
    add(name, kind, "optax", problem, steps, attributes)


def with_formula(name, kind, rule, problem="plain", **attributes):
    """`rule(step, parameters, gradients, state)` gives the new parameters; `step` counts from 1."""
    p, state, steps = dict(problems[problem]["parameters"]), {}, []
    for step, gradients in enumerate(problems[problem]["gradients"], 1):
        p = rule(step, p, gradients, state)
        steps.append(p)
    add(name, kind, "formula", problem, steps, attributes)


def descent():
    o = torch.optim
    with_torch("sgd", "sgd", lambda p: o.SGD(p, lr=0.1), rate=0.1)
    with_torch("sgd-decay", "sgd", lambda p: o.SGD(p, lr=0.1, weight_decay=0.01), rate=0.1, coupledDecay=0.01)
    with_torch("momentum", "momentum", lambda p: o.SGD(p, lr=0.1, momentum=0.9), rate=0.1, momentum=0.9)
    with_torch("momentum-dampening", "momentum", lambda p: o.SGD(p, lr=0.1, momentum=0.9, dampening=0.1), rate=0.1, momentum=0.9, dampening=0.1)
    with_torch("momentum-decay", "momentum", lambda p: o.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01), rate=0.1, momentum=0.9, coupledDecay=0.01)
    with_torch("nesterov", "nesterov", lambda p: o.SGD(p, lr=0.1, momentum=0.9, nesterov=True), rate=0.1, momentum=0.9)
    with_torch("nesterov-decay", "nesterov", lambda p: o.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01), rate=0.1, momentum=0.9, coupledDecay=0.01)
    k = keras.optimizers
    with_keras("sgd-keras", "sgd", lambda: k.SGD(0.1), rate=0.1)
    with_keras("momentum-keras", "momentum", lambda: k.SGD(0.1, momentum=0.9), rate=0.1, momentum=0.9)
    with_keras("nesterov-keras", "nesterov", lambda: k.SGD(0.1, momentum=0.9, nesterov=True), rate=0.1, momentum=0.9)
    # The rate halves after step 5: here the two conventions of momentum part.
    changing = {"rate": 0.1, "rateFromStep6": 0.05, "momentum": 0.9}

    def torch_changing(nesterov):
        def make(p):
            optimizer = o.SGD(p, lr=0.1, momentum=0.9, nesterov=nesterov)
            schedule = o.lr_scheduler.MultiStepLR(optimizer, [5], 0.5)
            optimizer.register_step_post_hook(lambda *_: schedule.step())
            return optimizer
        return make

    def keras_changing(nesterov):
        return lambda: k.SGD(k.schedules.PiecewiseConstantDecay([4], [0.1, 0.05]), momentum=0.9, nesterov=nesterov)

    with_torch("momentum-changing-rate", "momentum", torch_changing(False), **changing)
    with_torch("nesterov-changing-rate", "nesterov", torch_changing(True), **changing)
    with_keras("momentum-changing-rate-keras", "momentum", keras_changing(False), **changing)
    with_keras("nesterov-changing-rate-keras", "nesterov", keras_changing(True), **changing)


def adaptive():
    o, k = torch.optim, keras.optimizers
    adam = dict(rate=0.01, beta1=0.9, beta2=0.999)
    with_torch("adam", "adam", lambda p: o.Adam(p, lr=0.01), epsilon=1e-8, **adam)
    with_torch("adam-amsgrad", "adam", lambda p: o.Adam(p, lr=0.01, amsgrad=True), epsilon=1e-8, amsgrad=True, **adam)
    with_torch("adam-decay", "adam", lambda p: o.Adam(p, lr=0.01, weight_decay=0.01), epsilon=1e-8, coupledDecay=0.01, **adam)
    with_torch("adamW", "adamW", lambda p: o.AdamW(p, lr=0.01, weight_decay=0.01), epsilon=1e-8, decay=0.01, **adam)
    with_keras("adam-keras", "adam", lambda: k.Adam(0.01, epsilon=1e-7), epsilon=1e-7, **adam)
    with_keras("adam-large-epsilon-keras", "adam", lambda: k.Adam(0.01, epsilon=0.1), epsilon=0.1, **adam)
    with_torch("adam-large-epsilon", "adam", lambda p: o.Adam(p, lr=0.01, eps=0.1), epsilon=0.1, **adam)
    with_keras("adamW-keras", "adamW", lambda: k.AdamW(0.01, weight_decay=0.01, epsilon=1e-7), epsilon=1e-7, decay=0.01, **adam)
    with_torch("nadam", "nadam", lambda p: o.NAdam(p, lr=0.01), epsilon=1e-8, momentumDecay=0.004, **adam)
    with_keras("nadam-keras", "nadam", lambda: k.Nadam(0.01), epsilon=1e-7, **adam)
    with_torch("radam", "radam", lambda p: o.RAdam(p, lr=0.01), epsilon=1e-8, **adam)
    # With beta2 0.9 the variance is rectified within the ten steps.
    with_torch("radam-rectified", "radam", lambda p: o.RAdam(p, lr=0.01, betas=(0.9, 0.9)), rate=0.01, beta1=0.9, beta2=0.9, epsilon=1e-8)
    with_torch("adamax", "adamax", lambda p: o.Adamax(p, lr=0.01), epsilon=1e-8, **adam)
    with_keras("adamax-keras", "adamax", lambda: k.Adamax(0.01), epsilon=1e-7, **adam)
    with_torch("adagrad", "adagrad", lambda p: o.Adagrad(p, lr=0.1), rate=0.1, epsilon=1e-10, initialAccumulator=0)
    with_keras("adagrad-keras", "adagrad", lambda: k.Adagrad(0.1), rate=0.1, epsilon=1e-7, initialAccumulator=0.1)
    with_torch("adadelta", "adadelta", lambda p: o.Adadelta(p), rate=1.0, rho=0.9, epsilon=1e-6)
    with_keras("adadelta-keras", "adadelta", lambda: k.Adadelta(0.001), rate=0.001, rho=0.95, epsilon=1e-7)
    with_keras("adadelta-rate1-keras", "adadelta", lambda: k.Adadelta(1.0), rate=1.0, rho=0.95, epsilon=1e-7)
    for suffix, settings in [("", {}), ("-centered", {"centered": True}), ("-momentum", {"momentum": 0.9}),
                             ("-centered-momentum", {"centered": True, "momentum": 0.9})]:
        with_torch("rmsprop" + suffix, "rmsprop", lambda p: o.RMSprop(p, lr=0.01, **settings), rate=0.01, decay=0.99, epsilon=1e-8, **settings)
        with_keras("rmsprop" + suffix + "-keras", "rmsprop", lambda: k.RMSprop(0.01, **settings), rate=0.01, decay=0.9, epsilon=1e-7, **settings)
    # The rate is min(0.5, 1 / sqrt(step)): the limit changes within the ten steps.
    with_keras("adafactor-keras", "adafactor", lambda: k.Adafactor(0.5), rate=0.5, beta2Decay=-0.8, epsilon1=1e-30, epsilon2=1e-3,
               clipThreshold=1.0, relativeStep=True)
    with_keras("adafactor-absolute-keras", "adafactor", lambda: k.Adafactor(0.01, relative_step=False), rate=0.01, beta2Decay=-0.8,
               epsilon1=1e-30, epsilon2=1e-3, clipThreshold=1.0, relativeStep=False)
    with_torch("adafactor", "adafactor", lambda p: o.Adafactor(p, lr=0.01), rate=0.01, beta2Decay=-0.8, epsilon1=None, epsilon2=1e-3, clipThreshold=1.0)
    with_optax("lion", "lion", lambda: optax.lion(0.01, weight_decay=0.0), rate=0.01, beta1=0.9, beta2=0.99, decay=0.0)
    with_optax("lion-decay", "lion", lambda: optax.lion(0.01, weight_decay=0.1), rate=0.01, beta1=0.9, beta2=0.99, decay=0.1)
    with_keras("lion-keras", "lion", lambda: k.Lion(0.01), rate=0.01, beta1=0.9, beta2=0.99, decay=0.0)
    with_optax("adaBelief", "adaBelief", lambda: optax.adabelief(0.01), epsilon=1e-16, epsilonRoot=1e-16, **adam)
    with_optax("adam-optax", "adam", lambda: optax.adam(0.01), epsilon=1e-8, **adam)
    with_optax("adamW-optax", "adamW", lambda: optax.adamw(0.01, weight_decay=0.01), epsilon=1e-8, decay=0.01, **adam)
    with_optax("nadam-optax", "nadam", lambda: optax.nadam(0.01), epsilon=1e-8, **adam)


def norm(x):
    return np.sqrt(np.sum(np.square(x)))


def ratio(numerator, denominator):
    return numerator / denominator if numerator > 0 and denominator > 0 else 1.0


def moments(state, k, g, beta1, beta2):
    m = beta1 * state.get(("m", k), 0) + (1 - beta1) * g
    v = beta2 * state.get(("v", k), 0) + (1 - beta2) * g**2
    state["m", k], state["v", k] = m, v
    return m, v


def lamb(rate, epsilon, decay, bias_correction=True, weight_norm_limit=None, no_decay=(), no_adaptation=()):
    """Decay inside the trust ratio, one ratio per parameter, 1 where a norm is zero."""
    def rule(step, p, gradients, state):
        out = {}
        for k, w in p.items():
            m, v = moments(state, k, gradients[k], 0.9, 0.999)
            if bias_correction:
                m, v = m / (1 - 0.9**step), v / (1 - 0.999**step)
            update = m / (np.sqrt(v) + epsilon)
            if k not in no_decay:
                update = update + decay * w
            weight_norm = norm(w) if weight_norm_limit is None else min(norm(w), weight_norm_limit)
            trust = 1.0 if k in no_adaptation else ratio(weight_norm, norm(update))
            out[k] = w - rate * trust * update
        return out
    return rule


def layerwise():
    common = dict(rate=0.01, beta1=0.9, beta2=0.999)
    for where in ("plain", "zeroBias"):
        suffix = "" if where == "plain" else "-zeroBias"
        for decay in (0.0, 0.01):
            with_formula(f"lamb-tfa-decay{decay}{suffix}", "lamb", lamb(0.01, 1e-6, decay), where, preset="tfa", epsilon=1e-6, decay=decay, **common)
        with_formula("lamb-tfa-excluded" + suffix, "lamb", lamb(0.01, 1e-6, 0.01, no_decay=(BIAS,), no_adaptation=(BIAS,)), where,
                     preset="tfa", epsilon=1e-6, decay=0.01, excludeFromDecay=["bias"], excludeFromAdaptation=["bias"], **common)
        with_formula("lamb-paper" + suffix, "lamb", lamb(0.01, 1e-6, 0.01), where, preset="paper", epsilon=1e-6, decay=0.01, **common)
        with_formula("lamb-pytorch-lamb" + suffix, "lamb", lamb(0.01, 1e-6, 0.01, False, 10.0), where, preset="pytorch-lamb", epsilon=1e-6, decay=0.01,
                     biasCorrection=False, weightNormLimit=10.0, **common)
        with_formula("lamb-pytorch-lamb-clamped" + suffix, "lamb", lamb(0.01, 1e-6, 0.01, False, 0.5), where, preset="pytorch-lamb", epsilon=1e-6,
                     decay=0.01, biasCorrection=False, weightNormLimit=0.5, **common)
        with_keras("lamb-keras" + suffix, "lamb", lambda: keras.optimizers.Lamb(0.01), where, preset="keras", epsilon=1e-7, decay=0.0, **common)
        with_keras("lamb-keras-decay" + suffix, "lamb", lambda: keras.optimizers.Lamb(0.01, weight_decay=0.01), where, preset="keras",
                   epsilon=1e-7, decay=0.01, **common)
        with_optax("lamb-optax" + suffix, "lamb", lambda: optax.lamb(0.01, weight_decay=0.01), where, preset="optax", epsilon=1e-6, decay=0.01, **common)
        with_optax("lars" + suffix, "lars", lambda: optax.lars(0.1, weight_decay=0.01, trust_coefficient=0.001, momentum=0.9), where,
                   rate=0.1, decay=0.01, trustCoefficient=0.001, momentum=0.9, nesterov=False)
        with_optax("lars-nesterov" + suffix, "lars", lambda: optax.lars(0.1, weight_decay=0.01, trust_coefficient=0.1, momentum=0.9, nesterov=True),
                   where, rate=0.1, decay=0.01, trustCoefficient=0.1, momentum=0.9, nesterov=True)
    # The two derivations of the same rule: optax' LAMB and the formula above.
    tfa, other = (next(c for c in cases if c["name"] == n)["steps"][-1] for n in ("lamb-tfa-decay0.01", "lamb-optax"))
    for k in tfa:
        np.testing.assert_allclose(tfa[k], other[k], rtol=1e-10)
    with_optax("muon", "muon", lambda: optax.contrib.muon(0.02, adam_learning_rate=0.01, weight_decay=0.0), rate=0.02, momentum=0.95,
               nesterov=True, newtonSchulzSteps=5, newtonSchulzCoefficients=[3.4445, -4.775, 2.0315], epsilon=1e-8, decay=0.0,
               shapeScale="sqrt(max(1, columns / rows))", biasCorrection=True, biasOptimizer="nadam-optax", biasRate=0.01, biasBeta1=0.9, biasBeta2=0.999)


def clipping():
    def clipped(clip):
        def rule(step, p, gradients, state):
            g = clip(gradients)
            return {k: w - 0.1 * g[k] for k, w in p.items()}
        return rule

    def global_norm(g):
        return np.sqrt(sum(norm(x) ** 2 for x in g.values()))

    rules = {
        "clipByValue": (lambda g: {k: np.clip(x, -0.5, 0.5) for k, x in g.items()}, 0.5),
        "clipByNorm": (lambda g: {k: x * min(1.0, 0.7 / norm(x)) if norm(x) > 0 else x for k, x in g.items()}, 0.7),
        "clipByGlobalNorm": (lambda g: {k: x * min(1.0, 1.5 / global_norm(g)) if global_norm(g) > 0 else x for k, x in g.items()}, 1.5),
        "clipByGlobalNorm-unreached": (lambda g: g, 100.0),
    }
    for name, (clip, limit) in rules.items():
        with_formula(name, name.split("-")[0], clipped(clip), rate=0.1, limit=limit)
    # PyTorch divides by norm + 1e-6.
    with_torch("clipByGlobalNorm-pytorch", "clipByGlobalNorm", lambda p: torch.optim.SGD(p, lr=0.1),
               before=lambda p: torch.nn.utils.clip_grad_norm_(list(p), 1.5), rate=0.1, limit=1.5, epsilon=1e-6)
    with_optax("clipByGlobalNorm-optax", "clipByGlobalNorm", lambda: optax.chain(optax.clip_by_global_norm(1.5), optax.sgd(0.1)), rate=0.1, limit=1.5)


def write_schedules():
    rows, count = [], 30

    def keras_schedule(name, kind, schedule, **attributes):
        rows.append({"name": name, "schedule": kind, "source": "keras", "attributes": attributes, "values": scalars([float(schedule(i)) for i in range(count)])})

    def torch_schedule(name, kind, make, **attributes):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=attributes["rate"])
        schedule, values = make(optimizer), []
        for _ in range(count):
            values.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        rows.append({"name": name, "schedule": kind, "source": "pytorch", "attributes": attributes, "values": scalars(values)})

    def optax_schedule(name, kind, schedule, **attributes):
        rows.append({"name": name, "schedule": kind, "source": "optax", "attributes": attributes, "values": scalars([float(schedule(jnp.asarray(i))) for i in range(count)])})

    k, t = keras.optimizers.schedules, torch.optim.lr_scheduler
    keras_schedule("cosine-keras", "cosine", k.CosineDecay(0.1, 20), rate=0.1, steps=20, floor=0)
    keras_schedule("cosine-floor-keras", "cosine", k.CosineDecay(0.1, 20, alpha=0.1), rate=0.1, steps=20, floor=0.01)
    keras_schedule("warmup-cosine-keras", "warmupCosine", k.CosineDecay(0.0, 20, warmup_target=0.1, warmup_steps=5), warmupFrom=0.0, rate=0.1, warmupSteps=5, steps=20, floor=0)
    keras_schedule("restarts-keras", "cosineRestarts", k.CosineDecayRestarts(0.1, 6, t_mul=2.0, m_mul=0.5), rate=0.1, steps=6, periodFactor=2.0, rateFactor=0.5, floor=0)
    keras_schedule("exponential-keras", "exponential", k.ExponentialDecay(0.1, 10, 0.5), rate=0.1, steps=10, factor=0.5, staircase=False)
    keras_schedule("exponential-staircase-keras", "exponential", k.ExponentialDecay(0.1, 10, 0.5, staircase=True), rate=0.1, steps=10, factor=0.5, staircase=True)
    keras_schedule("inverse-time-keras", "inverseTime", k.InverseTimeDecay(0.1, 10, 0.5), rate=0.1, steps=10, factor=0.5)
    keras_schedule("polynomial-keras", "polynomial", k.PolynomialDecay(0.1, 20, 0.01, power=2.0), rate=0.1, steps=20, end=0.01, power=2.0)
    keras_schedule("linear-keras", "polynomial", k.PolynomialDecay(0.1, 20, 0.0, power=1.0), rate=0.1, steps=20, end=0.0, power=1.0)
    keras_schedule("piecewise-keras", "piecewise", k.PiecewiseConstantDecay([9, 19], [0.1, 0.01, 0.001]), rate=0.1, boundaries=[10, 20], values=[0.1, 0.01, 0.001])
    torch_schedule("step", "step", lambda o: t.StepLR(o, 10, 0.1), rate=0.1, every=10, factor=0.1)
    torch_schedule("multi-step", "multiStep", lambda o: t.MultiStepLR(o, [12, 17], 0.1), rate=0.1, at=[12, 17], factor=0.1)
    torch_schedule("exponential", "exponential", lambda o: t.ExponentialLR(o, 0.9), rate=0.1, steps=1, factor=0.9, staircase=False)
    torch_schedule("cosine", "cosine", lambda o: t.CosineAnnealingLR(o, 30, eta_min=0.001), rate=0.1, steps=30, floor=0.001)
    torch_schedule("polynomial", "polynomial", lambda o: t.PolynomialLR(o, 20, 2.0), rate=0.1, steps=20, end=0.0, power=2.0)
    torch_schedule("linear-warmup", "linearWarmup", lambda o: t.LinearLR(o, 0.1, 1.0, 5), rate=0.1, from_=0.01, warmupSteps=5)
    torch_schedule("restarts", "cosineRestarts", lambda o: t.CosineAnnealingWarmRestarts(o, 6, 2, 0.001), rate=0.1, steps=6, periodFactor=2.0, rateFactor=1.0, floor=0.001)
    torch_schedule("one-cycle", "oneCycle", lambda o: t.OneCycleLR(o, 0.1, total_steps=31, pct_start=0.3, cycle_momentum=False), rate=0.1, steps=31,
                   warmupFraction=0.3, divisor=25.0, finalDivisor=1e4)
    torch_schedule("warmup-cosine", "warmupCosine", lambda o: t.SequentialLR(o, [t.LinearLR(o, 0.1, 1.0, 5), t.CosineAnnealingLR(o, 25)], [5]),
                   rate=0.1, warmupFrom=0.01, warmupSteps=5, steps=25, floor=0)
    optax_schedule("warmup-cosine-optax", "warmupCosine", optax.warmup_cosine_decay_schedule(0.01, 0.1, 5, 25, 0.001), warmupFrom=0.01, rate=0.1,
                   warmupSteps=5, steps=20, floor=0.001)
    for row in rows:
        if "from_" in row["attributes"]:
            row["attributes"]["from"] = row["attributes"].pop("from_")
    write_list(__file__, "schedules.json", rows)


for family in (descent, adaptive, layerwise, clipping):
    family()
names = [c["name"] for c in cases]
assert len(names) == len(set(names)), "names used twice"
stored = {name: {"parameters": {k: array(v) for k, v in p["parameters"].items()},
                 "gradients": [{k: array(v) for k, v in g.items()} for g in p["gradients"]]} for name, p in problems.items()}
path = Path(__file__).with_name("optimizers.json")
path.write_text('{"problems":' + line(stored) + ',\n"cases":[\n' + ",\n".join(map(line, cases)) + "\n]}\n")
print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")
write_schedules()
