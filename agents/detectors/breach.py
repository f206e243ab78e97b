"""How likely a month costs more than its budget, by the band of its forecast."""

from __future__ import annotations

from math import log
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.9)  # the ends of a band are its p10 and p90


def breach(budget: float, spent: float, band: tuple[float, float, float]) -> float:
    """The chance (0 to 1) that the month ends above ``budget``: ``spent`` to date, ``band`` p10, p50, p90 of the whole month (all in
    one currency). The rest is taken as log-normal about its middle, with a spread of its own to either side (two-piece normal;
    Wallis, 2014); where nothing is left of the budget it is 1."""
    left, middle = budget - spent, band[1] - spent
    if left <= 0 or middle <= 0:
        return float(left < 0 or band[1] > budget)
    far = log(left / middle)
    end = band[2] - spent if far > 0 else band[0] - spent
    spread = abs(log(end / middle)) / Z if end > 0 else 0.0
    if spread == 0:
        return float(far < 0)
    return 1 - NormalDist().cdf(far / spread)
