"""Whether stated confidence comes true, and how far it would be off by chance alone. Pure.

Proposals are sorted by what was stated and cut into groups of at least ten, of which none shares a stated confidence with
another: who came true is no reason to be in one. In each the share that came true is set beside
the mean that was stated; the mean of the distances, weighted by size, is how far confidence is off. With few proposals that
is never 0: the noise floor is what it would be if every stated confidence were exactly right (the mean absolute deviation of
a binomial share, by de Moivre's formula).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb, floor, hypot, pi, sqrt

LEAST, MOST = 10, 5  # proposals in a group, and groups
Z, SPREAD = 2.0, sqrt((pi - 1) / 4)


@dataclass(frozen=True)
class Group:
    """``stated``: mean confidence of ``n`` proposals; ``right``: the share that came true; ``noise``: how far off by chance."""

    stated: float
    right: float
    n: int
    noise: float


@dataclass(frozen=True)
class Reliability:
    """``off``: how far confidence is off; ``noise``: how far it would be by chance alone; both of ``n`` proposals."""

    groups: tuple[Group, ...]
    off: float
    noise: float
    n: int

    @property
    def over(self) -> float:
        """How far what is stated is above what comes true, on average; groups in which more comes true count as 0."""
        return sum(one.n * max(one.stated - one.right, 0.0) for one in self.groups) / self.n

    @property
    def claims_too_much(self) -> bool:
        """Whether it is further above than chance alone makes: half of the noise is above, with a deviation that is
        :data:`SPREAD` times the noise of each group (of a normal share); :data:`Z` of those are allowed, which shares near 1 need."""
        spread = SPREAD * hypot(*(one.n * one.noise for one in self.groups)) / self.n
        return self.over > self.noise / 2 + Z * spread


def deviation(n: int, p: float) -> float:
    """How far the share of successes of ``n`` trials with chance ``p`` is from ``p`` on average."""
    if n <= 0 or p <= 0 or p >= 1:
        return 0.0
    m = floor(n * p) + 1
    return 2 * m * comb(n, m) * p**m * (1 - p) ** (n - m + 1) / n


def reliability(stated: Sequence[float], right: Sequence[bool]) -> Reliability | None:
    """Of proposals with the confidence that was ``stated`` and whether each came out ``right``; None below ten."""
    pairs = sorted(zip(stated, right, strict=True), key=lambda pair: pair[0])
    if len(pairs) < LEAST:
        return None
    cuts = _cuts([one for one, _ in pairs])
    groups = []
    for begin, end in pairwise(cuts):
        part = pairs[begin:end]
        mean = sum(one for one, _ in part) / len(part)
        groups.append(Group(mean, sum(good for _, good in part) / len(part), len(part), deviation(len(part), mean)))
    whole = len(pairs)
    off = sum(one.n * abs(one.right - one.stated) for one in groups) / whole
    return Reliability(tuple(groups), off, sum(one.n * one.noise for one in groups) / whole, whole)


def _cuts(stated: Sequence[float]) -> list[int]:
    """Where the groups of ``stated``, which is sorted, begin, and its end: as even as what is alike allows."""
    whole = len(stated)
    count = min(MOST, whole // LEAST)
    cuts = [0]
    for at in range(1, count):
        cut = round(whole * at / count)
        while cut < whole and stated[cut] == stated[cut - 1]:
            cut += 1
        if cut - cuts[-1] >= LEAST and whole - cut >= LEAST:
            cuts.append(cut)
    return [*cuts, whole]
