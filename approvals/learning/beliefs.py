"""How often something comes out well, as a Beta distribution: from what is known of others like it, with old news fading. Pure.

The prior has the mean of the kind's other proposers and counts as much as :data:`STRENGTH` decisions; where there are none it is
Beta(2, 2). Each label moves it, and what was learned before counts :data:`KEPT` of what it did: about a hundred labels are
remembered. What is gone by is the lower bound, never the mean: with few labels it is low.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

STRENGTH, KEPT = 4.0, 0.99
LOW, HIGH = 0.05, 0.95  # the ends of the interval that is shown


@dataclass(frozen=True)
class Label:
    """How one thing came out, from 0 (badly) to 1 (well), and how much it weighs."""

    value: float
    weight: float = 1.0


@dataclass(frozen=True)
class Belief:
    """A Beta distribution of ``good`` and ``bad``, learned from ``n`` labels."""

    good: float = STRENGTH / 2
    bad: float = STRENGTH / 2
    n: int = 0

    @property
    def mean(self) -> float:
        return self.good / (self.good + self.bad)

    @property
    def low(self) -> float:
        """The bound that it is above of with 95 %."""
        return quantile(self.good, self.bad, LOW)

    @property
    def high(self) -> float:
        """The bound that it is below of with 95 %."""
        return quantile(self.good, self.bad, HIGH)


def prior(others: Sequence[Label]) -> Belief:
    """What is believed of a proposer before its first label, from those of ``others`` of the same kind: their mean, itself
    drawn to one half while they are few."""
    mean = (STRENGTH / 2 + sum(one.weight * one.value for one in others)) / (
        STRENGTH + sum(one.weight for one in others)
    )
    return Belief(STRENGTH * mean, STRENGTH * (1 - mean))


def learned(before: Belief, labels: Iterable[Label], kept: float = KEPT) -> Belief:
    """``before`` (the prior) after ``labels``, the oldest first."""
    good, bad, n = before.good, before.bad, before.n
    for one in labels:
        good = before.good + kept * (good - before.good) + one.weight * one.value
        bad = before.bad + kept * (bad - before.bad) + one.weight * (1 - one.value)
        n += 1
    return Belief(good, bad, n)


def quantile(good: float, bad: float, share: float) -> float:
    """Below which value ``share`` of Beta(``good``, ``bad``) lies, to six digits."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if below(good, bad, middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def below(good: float, bad: float, at: float) -> float:
    """The share of Beta(``good``, ``bad``) below ``at``: the regularised incomplete beta function, by its continued fraction."""
    if at <= 0 or at >= 1:
        return float(at >= 1)
    front = exp(lgamma(good + bad) - lgamma(good) - lgamma(bad) + good * log(at) + bad * log1p(-at))
    if at < (good + 1) / (good + bad + 2):
        return front * _fraction(good, bad, at) / good
    return 1 - front * _fraction(bad, good, 1 - at) / bad


def _fraction(a: float, b: float, x: float) -> float:
    """Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, 400):
        for top in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), _odd(a, b, x, m)):
            d = 1 / (1 + top * d or tiny)
            c = 1 + top / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return value


def _odd(a: float, b: float, x: float, m: int) -> float:
    return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
