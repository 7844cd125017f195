"""Writes statistics.json: what SciPy, NumPy and mpmath make of small samples.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/StatisticsTests/Fixtures/generate_statistics.py

Sections: "t" and "normal" (mpmath with 40 digits), "summaries" (NumPy and scipy.stats), "paired" and "unpaired"
(scipy.stats; exact tests with ties by enumeration in scipy.stats.permutation_test), "adjusted" (Holm's formula),
"seeds" (the smallest number whose t test has the power asked for, by the noncentral t distribution), "targets"
(scipy.stats.ecdf and logrank) and "random" (NumPy's Philox). Bootstrap intervals are drawn with SciPy's own random
numbers, so compare them loosely; all else holds to 1e-12, or 1e-10 where scipy.stats has no more digits.
"""

import json
import sys
from pathlib import Path

import mpmath
import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import scalar, scalars  # noqa: E402

mpmath.mp.dps = 40
random = np.random.default_rng(20)


def t_tail(t, df):
    df, t = mpmath.mpf(df), mpmath.mpf(t)
    return mpmath.betainc(df / 2, mpmath.mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2


def student():
    degrees = [0.5, 1, 2, 3, 4, 4.75, 9, 30, 99.5, 1000, 123456]
    tails = [{"df": df, "t": t, "tail": scalar(t_tail(t, df))}
             for df in degrees for t in (0, 1e-9, 0.01, 0.7, 1.5, 1.8, 3, 12.5, 200)]
    quantiles = []
    for df in degrees:
        for tail in (1e-12, 1e-5, 0.005, 0.025, 0.1, 0.2, 0.249, 0.251, 0.4, 0.4999):
            start = mpmath.mpf(float(stats.t.isf(tail, df)))
            value = mpmath.findroot(lambda t: mpmath.log(t_tail(t, df)) - mpmath.log(mpmath.mpf(tail)), start, tol=1e-60)
            quantiles.append({"df": df, "tail": tail, "t": scalar(value)})
    return {"tails": tails, "quantiles": quantiles}


def normal():
    rows = []
    for z in (-6, -1.3, 0, 0.3, 1, 1.959963984540054, 5, 12, 30):
        rows.append({"z": z, "tail": scalar(mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)) / 2)})
    return rows


def summary(values):
    values = np.asarray(values)
    low, high = stats.t.interval(0.9, len(values) - 1, values.mean(), stats.sem(values))
    return {"values": scalars(values), "mean": scalar(values.mean()), "sd": scalar(values.std(ddof=1)),
            "quartiles": scalars(np.percentile(values, [25, 50, 75])), "interval90": scalars([low, high])}


def exact(samples, statistic, kind):
    return stats.permutation_test(samples, statistic, permutation_type=kind, n_resamples=np.inf).pvalue


def signed_ranks(differences, axis=-1):
    return np.sum(np.sign(differences) * stats.rankdata(np.abs(differences), axis=axis), axis=axis)


def paired(name, candidate, baseline):
    candidate, baseline = np.asarray(candidate), np.asarray(baseline)
    differences = np.round(candidate - baseline, 12)
    student = stats.ttest_rel(candidate, baseline)
    interval = student.confidence_interval(0.95)
    standard_error = stats.sem(differences)
    df, margin = len(differences) - 1, 0.02
    tost = max(stats.t.sf((differences.mean() + margin) / standard_error, df),
               stats.t.cdf((differences.mean() - margin) / standard_error, df))
    nonzero = differences[differences != 0]
    ties = len(np.unique(np.abs(nonzero))) < len(nonzero)
    wilcoxon = exact((nonzero,), signed_ranks, "samples") if ties else stats.wilcoxon(nonzero, method="exact").pvalue
    draws = {method: stats.bootstrap((differences,), np.mean, method=method, n_resamples=200_000, rng=1)
             .confidence_interval for method in ("percentile", "BCa")}
    return {"name": name, "candidate": scalars(candidate), "baseline": scalars(baseline),
            "t": scalar(student.statistic), "tP": scalar(student.pvalue), "interval": scalars(interval),
            "signFlipP": scalar(exact((differences,), np.mean, "samples")), "wilcoxonP": scalar(wilcoxon),
            "wilcoxon": scalar(stats.wilcoxon(nonzero).statistic), "equivalenceP": scalar(tost), "margin": margin,
            "effect": scalar(differences.mean() / differences.std(ddof=1)),
            "improvement": scalar(np.mean((np.sign(candidate[:, None] - baseline[None]) + 1) / 2)),
            "share": scalar(np.mean((np.sign(differences) + 1) / 2)),
            "percentile": scalars(draws["percentile"]), "bca": scalars(draws["BCa"])}


def rank_sum(one, other, axis=-1):
    ranks = stats.rankdata(np.concatenate([one, other], axis=axis), axis=axis)
    return np.sum(np.take(ranks, np.arange(one.shape[axis]), axis=axis), axis=axis)


def unpaired(name, candidate, baseline):
    candidate, baseline = np.asarray(candidate), np.asarray(baseline)
    together = np.concatenate([candidate, baseline])
    u = stats.mannwhitneyu(candidate, baseline).statistic
    if len(together) > 50:
        p = stats.mannwhitneyu(candidate, baseline, method="asymptotic").pvalue
    elif len(np.unique(together)) == len(together):
        p = stats.mannwhitneyu(candidate, baseline, method="exact").pvalue
    else:
        p = exact((candidate, baseline), rank_sum, "independent")
    welch = stats.ttest_ind(candidate, baseline, equal_var=False)
    pooled = np.sqrt(((len(candidate) - 1) * candidate.var(ddof=1) + (len(baseline) - 1) * baseline.var(ddof=1))
                     / (len(together) - 2))
    draws = stats.bootstrap((candidate, baseline), lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=100_000,
                            method="BCa", rng=1).confidence_interval
    return {"name": name, "candidate": scalars(candidate), "baseline": scalars(baseline), "u": scalar(u), "p": scalar(p),
            "t": scalar(welch.statistic), "df": scalar(welch.df), "tP": scalar(welch.pvalue),
            "interval": scalars(welch.confidence_interval(0.95)),
            "effect": scalar((candidate.mean() - baseline.mean()) / pooled), "bca": scalars(draws)}


def adjusted(p):
    p = np.asarray(p)
    order = np.argsort(p, kind="stable")
    result = np.empty_like(p)
    result[order] = np.maximum.accumulate(np.minimum(1, p[order] * (len(p) - np.arange(len(p)))))
    return {"p": scalars(p), "adjusted": scalars(result)}


def power(n, effect, groups, alpha):
    df = groups * (n - 1)
    critical, shift = stats.t.isf(alpha / 2, df), effect * np.sqrt(n / groups)
    return stats.nct.sf(critical, df, shift) + stats.nct.cdf(-critical, df, shift)


def seeds(effect, groups, alpha):
    n = 2
    while power(n, effect, groups, alpha) < 0.8:
        n += 1
    return {"effect": effect, "design": "paired" if groups == 1 else "unpaired", "alpha": alpha, "seeds": n}


def target(name, candidate, baseline):
    def data(runs):
        return stats.CensoredData(uncensored=[e for e, reached in runs if reached], right=[e for e, reached in runs if not reached])

    sf = stats.ecdf(data(candidate)).sf
    horizon = max(e for e, _ in candidate)
    area = sum(float(sf.evaluate(e)) for e in range(horizon))
    row = {"name": name, "candidate": [[e, int(r)] for e, r in candidate], "baseline": [[e, int(r)] for e, r in baseline],
           "remaining": [[int(e), float(sf.evaluate(e))] for e in sorted({e for e, r in candidate if r})],
           "restrictedMean": area}
    if any(r for _, r in candidate + baseline):
        test = stats.logrank(data(candidate), data(baseline))
        row |= {"logRank": scalar(test.statistic), "logRankP": scalar(test.pvalue)}
    return row


def noise(count, shift=0.0, scale=0.01):
    return np.round(0.97 + shift + scale * random.standard_normal(count), 4)


shared = noise(8, scale=0.02)
together = [
    paired("five seeds", [0.9781, 0.9792, 0.9774, 0.9789, 0.9786], [0.9783, 0.9778, 0.9779, 0.9781, 0.9785]),
    paired("all better", [0.982, 0.981, 0.985, 0.9833, 0.9819, 0.9841], [0.98, 0.978, 0.981, 0.9811, 0.979, 0.9808]),
    paired("tied sums", np.array([1, 2, 3, 4, 5, 6]) / 8, np.array([2, 4, 0, 5, 3, 3]) / 8),
    paired("tied ranks and zeros", [3, 5, 5, 7, 2, 9, 4], [3, 4, 6, 5, 1, 9, 2]),
    paired("shared noise", shared + noise(8, -0.968, 0.002), shared),
    paired("fifteen", noise(15, 0.004), noise(15)),
    paired("skewed", 0.9 + np.round(random.exponential(0.02, 14), 5), np.full(14, 0.91)),
]
apart = [
    unpaired("small", [0.98, 0.983, 0.9812], [0.9785, 0.979, 0.9795, 0.981]),
    unpaired("ties", [1, 2, 2, 3, 5], [2, 2, 1, 0, 1, 0]),
    unpaired("unlike spreads", noise(7, 0.01, 0.001), noise(9, scale=0.02)),
    unpaired("many", np.round(noise(31, 0.005), 2), np.round(noise(40), 2)),
]
bits = np.random.Philox(key=[7, 3], counter=0).random_raw(8)  # NumPy counts up before its first block
fixture = {
    "t": student(),
    "normal": normal(),
    "summaries": [summary(v) for v in ([1.0, 2.0], noise(5), noise(10), 1e9 + np.arange(7.0), random.standard_cauchy(33))],
    "paired": together,
    "unpaired": apart,
    "adjusted": [adjusted(p) for p in ([0.01, 0.04, 0.03], [0.5], [0.2, 0.001, 0.2, 0.9, 0.012], [0.04, 0.04, 0.04, 1])],
    "seeds": [seeds(e, g, a) for e in (0.1, 0.3, 0.5, 1.0, 2.0) for g in (1, 2) for a in (0.05, 0.0125)],
    "sign": [{"wins": w, "losses": l, "p": scalar(stats.binomtest(w, w + l).pvalue)} for w, l in ((0, 5), (3, 4), (4, 4), (9, 1), (70, 41))],
    "targets": [
        target("all reach", [(4, 1), (3, 1), (6, 1), (4, 1), (5, 1)], [(7, 1), (6, 1), (6, 1), (9, 1), (5, 1)]),
        target("one never", [(4, 1), (3, 1), (6, 1), (4, 1), (50, 0)], [(7, 1), (6, 1), (50, 0), (50, 0), (5, 1)]),
        target("unlike budgets", [(4, 1), (3, 0), (6, 1), (8, 0), (5, 1), (9, 1)], [(2, 1), (6, 1), (3, 0), (9, 0), (5, 1)]),
        target("none", [(10, 0), (10, 0)], [(10, 0), (10, 0)]),
    ],
    "random": {"key": [7, 3], "firstBlock": 1, "bits": [str(b) for b in bits]},
}
path = Path(__file__).with_name("statistics.json")
path.write_text("{\n" + ",\n".join(f'"{key}": ' + (
    "[\n" + ",\n".join(json.dumps(row, allow_nan=False) for row in value) + "\n]" if isinstance(value, list)
    else json.dumps(value, allow_nan=False)) for key, value in fixture.items()) + "\n}\n")
print(f"{path.name}: {path.stat().st_size} bytes")
