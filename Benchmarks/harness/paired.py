"""Whether one build is slower than another: paired measurements, and a test that needs no assumption but symmetric noise."""

from itertools import product
from math import exp, inf, log
from statistics import fmean


def differences(ones, others):
    """log(one / other) of each pair."""
    return [log(one / other) for one, other in zip(ones, others)]


def p_value(values):
    """Two-sided, of the hypothesis that each value's sign is a coin's: the exact sign-flip test of the mean, for up to some
    20 values."""
    if not values:
        return 1.0
    # With the last sign fixed: the other half of all flips has the same sizes.
    observed, (*rest, last) = abs(sum(values)), values
    sizes = [abs(sum(s * v for s, v in zip(signs, rest)) + last) for signs in product([1, -1], repeat=len(rest))]
    return sum(size >= observed * (1 - 1e-12) for size in sizes) / len(sizes)


def interval(values, level=0.95):
    """The shifts that the test doesn't reject. Infinite where there are too few values to reject any."""
    if 2 / 2 ** len(values) > 1 - level:
        return -inf, inf
    center, width = fmean(values), max(values) - min(values)

    def edge(direction):
        kept, rejected = 0.0, 2 * width + 1e-12
        for _ in range(40):
            middle = (kept + rejected) / 2
            if p_value([v - center - direction * middle for v in values]) > 1 - level:
                kept = middle
            else:
                rejected = middle
        return center + direction * kept

    return edge(-1), edge(1)


def holm(p_values):
    """p values adjusted for their number (Holm 1979), in the same order."""
    order, adjusted, largest = sorted(range(len(p_values)), key=p_values.__getitem__), [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def verdicts(pairs, alpha=0.05):
    """For each name -> (seconds of one build, of the other, pair by pair): the ratio one / other, its interval, p, and a word."""
    values = {name: differences(*both) for name, both in pairs.items()}
    adjusted = dict(zip(values, holm([p_value(v) for v in values.values()])))
    rows = {}
    for name, logs in values.items():
        ratio, p = exp(fmean(logs)), adjusted[name]
        word = "no difference seen" if p > alpha else "slower" if ratio > 1 else "faster"
        rows[name] = (ratio, tuple(exp(edge) for edge in interval(logs)), p, word)
    return rows
