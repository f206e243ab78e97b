"""Lengths of the runs of jobs, in order: steady ones, with weekdays, drifting, with heavy tails, with a step, running in two
ways, and jobs some of whose runs are broken off."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

from agents.detectors.miss_risk import Past

RUNS = 90
Lengths = Callable[[random.Random, int], float]


def _steady(rnd: random.Random) -> Lengths:
    sigma = rnd.uniform(0.08, 0.5)
    return lambda one, _: one.gauss(0, sigma)


def _weekdays(rnd: random.Random) -> Lengths:
    days, sigma = [rnd.gauss(0, 0.35) for _ in range(7)], rnd.uniform(0.1, 0.35)
    return lambda one, n: days[n % 7] + one.gauss(0, sigma)


def _drifting(rnd: random.Random) -> Lengths:
    slope, sigma = rnd.gauss(0, 0.004), rnd.uniform(0.1, 0.35)
    return lambda one, n: slope * n + one.gauss(0, sigma)


def _heavy(rnd: random.Random) -> Lengths:
    sigma, share = rnd.uniform(0.1, 0.3), rnd.uniform(0.03, 0.15)
    return lambda one, _: one.gauss(0, sigma) + (one.expovariate(1.5) if one.random() < share else 0)


def _stepped(rnd: random.Random) -> Lengths:
    at, step, sigma = rnd.randrange(20, 85), rnd.choice([-1, 1]) * rnd.uniform(0.2, 0.6), rnd.uniform(0.1, 0.3)
    return lambda one, n: (step if n >= at else 0) + one.gauss(0, sigma)


def _two_ways(rnd: random.Random) -> Lengths:
    share, apart, sigma = rnd.uniform(0.1, 0.4), rnd.uniform(0.6, 1.6), rnd.uniform(0.08, 0.25)
    return lambda one, _: (apart if one.random() < share else 0) + one.gauss(0, sigma)


def _broken_off(rnd: random.Random) -> Lengths:
    return _steady(rnd)


SHAPES = {
    "steady": _steady, "weekdays": _weekdays, "drifting": _drifting, "heavy": _heavy, "stepped": _stepped,
    "two_ways": _two_ways, "broken_off": _broken_off,
}  # fmt: skip


def job(shape: str, seed: int) -> list[Past]:
    """:data:`RUNS` runs of one job, one each day from a Monday on."""
    rnd = random.Random(f"{shape} {seed}")
    scale, length = math.exp(rnd.gauss(7, 1)), SHAPES[shape](rnd)
    made = []
    for n in range(RUNS):
        seconds = max(1.0, scale * math.exp(length(rnd, n)))
        stopped = shape == "broken_off" and rnd.random() < 0.12
        made.append(Past(seconds * (rnd.uniform(0.2, 1.0) if stopped else 1.0), n % 7, stopped))
    return made


def jobs(shape: str, many: int, seed: int) -> Iterator[list[Past]]:
    """``many`` jobs of one shape, always the same for a ``seed``."""
    return (job(shape, seed * 10_000 + n) for n in range(many))
