"""What a data-parallel step costs: computing a device's part of the batch, and exchanging gradients.

The model has three terms (docs/scale.md derives them): a collective's start, one latency per message on the critical path, and the
bytes that each device sends over its slowest link.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """Between two devices of a level: bytes a second that a device sends in a collective, and seconds a message takes."""

    name: str
    bytes_per_second: float
    latency: float


@dataclass(frozen=True)
class Level:
    """`devices` groups of the level below, joined by `link`. A group shares its link, so its members send together what one would."""

    devices: int
    link: Link


@dataclass(frozen=True)
class Network:
    """`operations` of a training step per example, `parameters` exchanged, `exchanges` of a few numbers each that the forward and
    backward pass wait for (two means forwards and one sum backwards for a batch normalization over the whole batch)."""

    name: str
    operations: float
    parameters: float
    exchanges: int = 0


def ring(devices, size, link, start=0.0):
    """A reduce-scatter and an all-gather around a ring: 2(n-1) messages of size/n bytes."""
    if devices == 1:
        return 0.0
    return start + 2 * (devices - 1) * link.latency + 2 * (devices - 1) / devices * size / link.bytes_per_second


def tree(devices, size, link, start=0.0):
    """Up and down two complementary binary trees, in small pieces: each byte is sent twice, and 2 log2(n) messages follow each other."""
    if devices == 1:
        return 0.0
    return start + 2 * math.log2(devices) * link.latency + 2 * size / link.bytes_per_second


def best(devices, size, link, start=0.0):
    """The faster of both, as collective libraries choose by size."""
    return min(ring(devices, size, link, start), tree(devices, size, link, start))


def all_reduce(levels, size, start=0.0):
    """Level by level, the innermost first: within a group a reduce-scatter and an all-gather, among groups an all-reduce of the shares,
    which all members of a group carry over the group's link."""
    seconds = start if any(level.devices > 1 for level in levels) else 0.0
    for level in levels:
        seconds += best(level.devices, size, level.link)
    return seconds


def step(network, examples, rate, levels, bytes_per_number=4, start=0.0, hidden=0.0):
    """Seconds of a step: (computing, exchanging). `rate` in operations a second; `hidden` is the part of the computation that the
    exchange of gradients may overlap with, 0 where it waits for the last gradient."""
    computing = examples * network.operations / rate
    gradients = all_reduce(levels, network.parameters * bytes_per_number, start)
    small = network.exchanges * all_reduce(levels, 256, start)
    return computing, small + max(gradients - hidden * computing, 0.0)


def efficiency(*arguments, **options):
    computing, exchanging = step(*arguments, **options)
    return computing / (computing + exchanging)
