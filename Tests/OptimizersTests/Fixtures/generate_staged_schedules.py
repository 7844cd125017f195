"""Writes staged_schedules.json: rates at steps 0...29, as schedules.json.

    python3 -m pip install optax==0.2.8 pytorch-optimizer==4.1.0 pytorch-warmup==0.2.0

Stages are optax's, joined; REX is pytorch-optimizer's, whose first value is that of its second step; the untuned warm-ups are
pytorch-warmup's. The square root has no library here.
"""

import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytorch_optimizer
import pytorch_warmup
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import scalars, write_list  # noqa: E402

jax.config.update("jax_enable_x64", True)
count, rows = 30, []


def add(name, source, values):
    rows.append({"name": name, "source": source, "values": scalars(values)})


def joined(name, parts, boundaries):
    schedule = optax.join_schedules(parts, boundaries)
    add(name, "optax", [float(schedule(jnp.asarray(step))) for step in range(count)])


line, flat = optax.linear_schedule, optax.constant_schedule
joined("warmup-stable-decay", [line(0.0, 0.1, 6), flat(0.1), line(0.1, 0.01, 9)], [6, 21])
joined("warmup-stable-cosine", [flat(0.1), optax.cosine_decay_schedule(0.1, 10, alpha=0.1)], [10])
joined("knee", [line(0.0, 0.1, 3), flat(0.1), line(0.1, 0.0, 12)], [3, 18])
joined("knee-without-warmup", [flat(0.1), line(0.1, 0.0, 18)], [12])
fallen = np.clip((np.arange(count) - 18) / 12, 0, 1)
add("warmup-stable-root", "formula", np.where(np.arange(count) < 3, 0.1 * np.arange(count) / 3, 0.1 * (1 - np.sqrt(fallen))))


def rex(total, floor):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = pytorch_optimizer.REXScheduler(optimizer, total_steps=total, max_lr=0.1, min_lr=floor)
    values = [0.1]
    for step in range(1, count):
        values.append(schedule.step() if step < total else floor)
    return values


add("rex", "pytorch-optimizer", rex(30, 0.0))
add("rex-floor", "pytorch-optimizer", rex(20, 0.01))


def untuned(kind, beta2, make=None):
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=0.1, betas=(0.9, beta2))
    schedule = make(optimizer) if make else None
    warmup, values = kind(optimizer), []
    for _ in range(count):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        with warmup.dampening():
            if schedule:
                schedule.step()
    return values


add("untuned-linear", "pytorch-warmup", untuned(pytorch_warmup.UntunedLinearWarmup, 0.9))
add("untuned-exponential", "pytorch-warmup", untuned(pytorch_warmup.UntunedExponentialWarmup, 0.9))
add("untuned-cosine", "pytorch-warmup", untuned(
    pytorch_warmup.UntunedLinearWarmup, 0.9375, lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 30)))
write_list(__file__, "staged_schedules.json", rows)
