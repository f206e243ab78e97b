"""How every month would have ended, seen from each of its days: what a forecast may claim is learned from these.

Matrices are days x series. The bias and the band of a forecast of the next k days come from what the same forecast made
of k days from every earlier day of the series itself: conformal on the size of the log ratio of what came to what was
said (Vovk, Gammerman and Shafer, 2005), those that reached a month's end counting most, widened for the few months there
are. Where the newest days stand away from the level, the band reaches to them: they may be a step or an excursion.

Only what can happen again counts: an earlier forecast is judged without the days that were the first of their kind, the
end of a quarter for example, because none is ahead any more. Where one is, the band reaches as far as the largest end
that was met.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.detectors.daily_filter import WARM_UP, ZERO, Filtered, filtered
from agents.detectors.ends_met import EndsMet, ends_met

Matrix = npt.NDArray[np.float64]

LONGEST = 31  # days of a month
SETTLED = 100  # days from the start that are left out as soon as there are as many others
LIKE, ENDS = 0.2, 0.7  # share by which the rest of a month may differ in length to be alike, and what alike ones weigh
HELD, Z = 0.8, 1.2816  # the band, and the normal's quantile at its upper end
PRIOR_MONTHS = 0.5  # months that the assumed band weighs
CORRELATED, WINDOW = 1.3, 24  # the assumed band: noise of neighbours, days behind a level,
DRIFT, BEHIND = 0.0005, 12  # the least a slope is off (log per day), days by which a level is behind
BIAS_PRIOR = 7.0  # months without bias that a bias is weighed against
SURPRISED = 1.5  # scales by which the newest days may differ from the level as a matter of course


@dataclass(frozen=True)
class Outlook:
    """Of each series: ``low``, ``middle``, ``high``, factors of the plain forecast of the rest."""

    low: Matrix
    middle: Matrix
    high: Matrix


@dataclass(frozen=True)
class MonthEnds:
    """``said`` (T x 32 x N): what the plain forecast at the end of day t made of the next k days; ``spent`` (T + 1 x N):
    the money before each day; ``length`` (T): days left in the month of day t + 1. ``again_said``, ``again_spent``: the same
    without the days that are the first of their kind; ``again`` (T + 1): how many others there were before each day."""

    filtered: Filtered
    said: Matrix
    spent: Matrix
    length: npt.NDArray[np.int64]
    ends: EndsMet
    again_said: Matrix
    again_spent: Matrix
    again: npt.NDArray[np.int64]

    def rest(self, t: int) -> Matrix:
        """The plain forecast of the rest of the month, seen at the end of day ``t``, per series."""
        return np.asarray(self.said[t, self.length[t]])

    def came(self, t: int) -> Matrix:
        """What the rest cost, as far as it is known, per series."""
        return np.asarray(self.spent[min(t + 1 + self.length[t], len(self.length))] - self.spent[t + 1])

    def outlook(self, t: int) -> Outlook:
        """What earlier forecasts of as many days say of the one made at the end of day ``t``."""
        length = int(self.length[t])
        origins = np.arange(max(WARM_UP, min(SETTLED, t // 2)), t - length + 1)
        origins = origins[2 * (self.again[origins + 1 + length] - self.again[origins + 1]) > length]
        assumed, unmet = Z * self._assumed(t, length), Z * self._unmet(t, length)
        if not origins.size:
            return self._around(t, np.zeros_like(assumed), np.hypot(assumed, unmet))
        came = self.again_spent[origins + 1 + length] - self.again_spent[origins + 1]
        said = self.again_said[origins, length]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(said > 0, np.log(np.maximum(came / said, ZERO)), 0.0)
        weights, months = self._weights(origins, length)
        bias = _quantile(ratio, 0.5, weights) * months / (months + BIAS_PRIOR)
        wrong = _quantile(np.abs(ratio - bias), HELD, weights)
        known = months / (months + PRIOR_MONTHS)
        half = known * wrong * _widened(months + PRIOR_MONTHS) + (1 - known) * assumed
        return self._around(t, bias, np.hypot(half, unmet))

    def _weights(self, origins: npt.NDArray[np.int64], length: int) -> tuple[Matrix, float]:
        """Of each earlier origin, with 1 in all, and how many independent months they are worth."""
        rest = self.length[origins]
        alike = np.abs(rest - length) <= LIKE * length
        months, apart = len(set((origins + rest)[alike].tolist())), (origins.size - 1 + length) / length
        if alike.all() or not months:
            return np.full(origins.size, 1 / origins.size), apart
        share = np.where(alike, ENDS / alike.sum(), (1 - ENDS) / (~alike).sum())
        return share, float(1 / (ENDS**2 / months + (1 - ENDS) ** 2 / apart))

    def _assumed(self, t: int, length: int) -> Matrix:
        """Standard error (log) of a forecast of ``length`` days while nothing is known but the noise of a day."""
        noise = CORRELATED * self.filtered.scale[t] * np.sqrt(1 / length + 1 / WINDOW)
        drift = np.hypot(DRIFT, self.filtered.drift[t])
        return np.asarray(np.hypot(noise, drift * (BEHIND + length / 2)))

    def _unmet(self, t: int, length: int) -> Matrix:
        """What ends that were never met may add to the rest (log): as much as the largest that was."""
        months, quarters = self.ends.unmet(t, length)
        month, quarter = (np.abs(lifts[t]).max(axis=0) for lifts in (self.filtered.month, self.filtered.quarter))
        return np.asarray((months * np.maximum(month, quarter) + quarters * quarter) / length)

    def _around(self, t: int, bias: Matrix, half: Matrix) -> Outlook:
        usual, newest = SURPRISED * self.filtered.scale[t], self.filtered.unsettled[t]
        low, high = half + np.maximum(-newest - usual, 0.0), half + np.maximum(newest - usual, 0.0)
        return Outlook(np.exp(bias - low), np.exp(bias), np.exp(bias + high))


def month_ends(values: Matrix, first_day: dt.date) -> MonthEnds:
    """Every month of ``values`` (days x series, money ≥ 0, complete days from ``first_day``) seen from its days."""
    known = filtered(values, first_day)
    days, n = values.shape
    length = np.array([_left(known.first_day + t) for t in range(days)])
    spent = np.vstack([np.zeros((1, n)), np.cumsum(values, axis=0)])
    ends = ends_met(known.first_day, days + LONGEST)
    ordinary = ~ends.first[:, None]
    said, again_said = np.zeros((days, LONGEST + 1, n)), np.zeros((days, LONGEST + 1, n))
    for t in range(WARM_UP, days):
        ahead = known.ahead(t, LONGEST)
        said[t, 1:] = np.cumsum(ahead, axis=0)
        again_said[t, 1:] = np.cumsum(ahead * ordinary[t + 1 : t + 1 + LONGEST], axis=0)
    again_spent = np.vstack([np.zeros((1, n)), np.cumsum(values * ordinary[:days], axis=0)])
    return MonthEnds(known, said, spent, length, ends, again_said, again_spent, np.append(0, np.cumsum(ordinary)))


def _quantile(values: Matrix, q: float, weights: Matrix) -> Matrix:
    return np.asarray(np.quantile(values, q, axis=0, weights=weights, method="inverted_cdf"))


def _left(day: np.datetime64) -> int:
    """Days left after ``day`` in the month of the day that follows it."""
    following = day + 1
    end = (following.astype("datetime64[M]") + 1).astype("datetime64[D]")
    return int((end - following).astype(int))


def _widened(months: float) -> float:
    """How much wider a band must be that rests on so few: Student's t over the normal (Cornish and Fisher, 1938), and
    the error of the middle itself."""
    t = Z + (Z**3 + Z) / (4 * months) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * months**2)
    return float(t / Z * np.sqrt(1 + 1 / months))
