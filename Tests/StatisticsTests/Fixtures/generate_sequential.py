"""Writes sequential.json: the sequential sign-flip test by brute force, and e-processes by the package ville.

    python3 -m pip install numpy scipy ville==0.1.0
    python3 Tests/StatisticsTests/Fixtures/generate_sequential.py

"looks": one-sided p values after each look. Every path's sum is recomputed from its signs at every look, and each level
of alpha counts for itself which paths it has room for, as SignFlipLooks.swift defines it; Tanren does all in one pass.
"signs": log e-values of the Beta(1, 1) mixture of bets on signs (ville.BernoulliTest), "normalMixture" those of the
normal mixture for differences of ±1 (ville.MSPRT, for which de la Pena's self-normalized mixture is the same).
"widths": mean widths at 95 % of ville's confidence sequences for bounded means, for differences of accuracy in
percentage points (mean 0.2, standard deviation 0.15) that are known to lie within ±100 or, were that known, within ±2.
"binomial": exact intervals of probabilities (scipy.stats).
"""

import json
import sys
from pathlib import Path

import numpy as np
import ville
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import scalar, scalars  # noqa: E402

BITS, POLYNOMIAL = 13, 0x299D
random = np.random.default_rng(16)


def columns(count):
    column, found = 1, []
    for _ in range(count):
        found.append(column)
        column <<= 1
        if column >> BITS:
            column ^= POLYNOMIAL
    return found


def odd(words):
    parity = np.zeros_like(words)
    while np.any(words):
        parity ^= words & 1
        words = words >> 1
    return parity


def paths(signs):
    """All sign paths that the observed one, 0 or 1 per difference, is compared with; one row each, itself included."""
    n = len(signs)
    rows = np.arange(2 ** min(n, BITS))
    prefix = sum(int(s) << i for i, s in enumerate(signs[:BITS]))
    table = np.empty((len(rows), n), int)
    for i, column in enumerate(columns(n)):
        own, observed = odd(rows & column), int(odd(np.array([prefix & column]))[0])
        table[:, i] = own if i < BITS else own ^ observed ^ int(signs[i])
    return table, prefix


def look_p(differences, maximum, first):
    """The observed path's p value after each look, from what a look at each level of alpha rejects."""
    place, seeds, result = np.full(1, 1 << 40), np.ones(1, int), []  # p is place * maximum / (seeds * 2 ** BITS)
    sizes = np.abs(differences)
    scale = sizes[:first].max() or next((size for size in sizes if size), 1)
    whole = np.rint(np.clip(np.asarray(differences) / scale * 2 ** 40, -(2 ** 50), 2 ** 50)).astype(int)
    for k in range(1, len(differences) + 1):
        used = [d for d in whole[:k] if d]
        table, observed = paths([d > 0 for d in used])
        sums = ((2 * table - 1) * np.abs(np.array(used, int))).sum(1) if used else np.zeros(1, int)
        if len(place) < len(sums):
            place, seeds = np.tile(place, 2), np.tile(seeds, 2)
        if k >= first:
            unit = (1 << BITS) // len(sums)
            steps = k * len(sums) // (2 * maximum)
            # Alpha is step * maximum / (k * paths) and what is below the next step.
            spare = [step - int((place * k < (step + 1) * unit * seeds).sum()) for step in range(steps + 1)]
            spare = np.minimum.accumulate(spare[::-1])[::-1]
            order = np.argsort(-sums, kind="stable")
            block = np.empty(len(sums), int)  # equal up to rounding, the largest first
            block[order] = np.concatenate([[0], np.cumsum(-np.diff(sums[order]) > 4 * k)])
            new_place, new_seeds = place.copy(), seeds.copy()
            for step in range(steps, 0, -1):
                is_open = place * k > step * unit * seeds
                above = np.cumsum(np.bincount(block[is_open], minlength=block.max() + 1))[block]
                # What was rejected before keeps its level, which is lower.
                chosen = (above <= spare[step]) & is_open
                new_place[chosen], new_seeds[chosen] = step * unit, k
            place, seeds = new_place, new_seeds
        p = place[observed] * maximum / (seeds[observed] * 2 ** BITS)
        result.append(float(min(p, 1)))
    return result


def case(name, differences, maximum, first=1):
    differences = [float(d) for d in differences]
    return {"name": name, "differences": scalars(differences), "maximum": maximum, "first": first,
            "above": scalars(look_p(differences, maximum, first)),
            "below": scalars(look_p([-d for d in differences], maximum, first))}


def widths():
    rows = []
    for seeds in (10, 20, 40, 100):
        samples = np.clip(random.normal(0.2, 0.15, (40, seeds)), -2, 2)
        row = {"seeds": seeds}
        for bound in (100, 2):
            ends = [ville.BettingCS((-bound, bound)).fit(sample).interval() for sample in samples]
            row[f"within{bound}"] = round(float(np.mean([high - low for low, high in ends])), 2)
        rows.append(row)
    return rows


def binomial(count, total):
    interval = stats.binomtest(count, total).proportion_ci(0.95, method="exact")
    return {"count": count, "total": total, "interval": scalars([interval.low, interval.high])}


signs = (random.random(30) < 0.7).astype(float)
fixture = {
    "looks": [
        case("normal", np.round(random.standard_normal(20) + 0.8, 4), 20),
        case("first look at six", np.round(random.standard_normal(12) + 1, 4), 12, 6),
        case("ties and zeros", [1, 2, 0, 1, 1, -1, 3, 0, 2, 1, 1, 2, 1, 0, 2, 1, 1], 24, 5),
        case("equal", [0.5] * 15, 15),
        case("beyond the full enumeration", np.round(random.standard_normal(26) + 0.4, 4), 40, 8),
        case("heavy tails", np.round(random.standard_t(1, 18) + 1, 3), 18),
    ],
    "signs": {"wins": [int(s) for s in signs],
              "logE": scalars(np.asarray(ville.BernoulliTest(0.5).fit(signs).log_e_values_))},
    "normalMixture": [
        {"variance": v, "logE": scalars(np.asarray(
            ville.MSPRT(sigma=1, tau=float(np.sqrt(v))).fit(2 * signs - 1).log_e_values_))} for v in (0.25, 1.0)],
    "widths": widths(),
    "binomial": [binomial(c, t) for c, t in ((0, 200), (9, 200), (200, 200), (1, 3), (35, 1000))],
}
path = Path(__file__).with_name("sequential.json")
path.write_text("{\n" + ",\n".join(f'"{key}": ' + (
    "[\n" + ",\n".join(json.dumps(row, allow_nan=False) for row in value) + "\n]" if isinstance(value, list)
    else json.dumps(value, allow_nan=False)) for key, value in fixture.items()) + "\n}\n")
print(f"{path.name}: {path.stat().st_size} bytes")
