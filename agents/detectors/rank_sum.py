"""Whether values have become larger, by their ranks (Mann and Whitney 1947), and since when: no value decides alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Larger:
    """``share``: the chance that one of the later values is larger than one of the earlier; ``z``: by how many standard
    deviations that is more than a half, were all of one kind."""

    share: float
    z: float


def larger(before: Sequence[float], after: Sequence[float]) -> Larger:
    """Both with at least one value; of equal ones each counts for half."""
    many = len(before) * len(after)
    wins = sum((one > other) + 0.5 * (one == other) for one in after for other in before)
    spread = math.sqrt(many * (len(before) + len(after) + 1) / 12)
    return Larger(wins / many, (wins - many / 2) / spread)


def since(values: Sequence[float], least: int, most: int) -> int:
    """The place that divides positive ``values`` best into two levels: where they differ least from the median of their part, by
    ratios. Among the last ``most``, with ``least`` from there on and as many before it."""
    logs = [math.log(one) for one in values]
    places = range(max(least, len(logs) - most), len(logs) - least + 1)
    return min(places, key=lambda place: _apart(logs[:place]) + _apart(logs[place:]))


def _apart(part: Sequence[float]) -> float:
    middle = median(part)
    return sum(abs(one - middle) for one in part)
