"""How every month would have ended, seen from each of its days: what a forecast may claim is learned from these.

Matrices are days x series. The share of the trend that is kept, the bias and the band of a forecast come from earlier
origins with about as many days to go, on the series itself: conformal on the log ratio of what came to what was said
(Vovk, Gammerman and Shafer, 2005), widened for the few months there are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.detectors.daily_filter import WARM_UP, Filtered, filtered

Matrix = npt.NDArray[np.float64]

TRENDS = (0.0, 0.5, 1.0)  # shares of the slope that may be kept
SETTLED, RECENT = 100, 250  # days from the start in which month ends are still being learned, and days that count
ALIKE = 3  # days by which the rest of a month may differ in length to be compared
LOW, HIGH, Z = 0.1, 0.9, 1.2816  # the band, and the normal's quantile at its upper end
PRIOR_SPREAD, PRIOR_MONTHS = 0.06, 1.0  # log ratio assumed before a month is known, and how many months that weighs
PLAIN = 0.85  # a trend must do so much better than none
BIAS_PRIOR = 6.0  # months without bias that a bias is weighed against


@dataclass(frozen=True)
class Outlook:
    """Of each series: ``trend`` kept, and ``low``, ``middle``, ``high``, factors of the plain forecast of the rest."""

    trend: Matrix
    low: Matrix
    middle: Matrix
    high: Matrix


@dataclass(frozen=True)
class MonthEnds:
    """``rest`` (trends x T x N): what was said at the end of day t of the days left in the month of day t + 1;
    ``came`` (T x N): what they cost; ``length`` (T): how many they are."""

    filtered: Filtered
    rest: Matrix
    came: Matrix
    length: npt.NDArray[np.int64]

    def said(self, t: int, outlook: Outlook) -> Matrix:
        """The plain forecast of the rest with the trend of ``outlook``, per series."""
        kept = np.searchsorted(TRENDS, outlook.trend)
        return np.asarray(self.rest[kept, t, np.arange(self.came.shape[1])])

    def outlook(self, t: int) -> Outlook:
        """What earlier months say of a forecast made at the end of day ``t``."""
        origins = np.arange(max(WARM_UP, min(SETTLED, t - RECENT // 2), t - RECENT), t)
        known = origins + self.length[origins] <= t
        origins = origins[known & (np.abs(self.length[origins] - self.length[t]) <= ALIKE)]
        n = self.came.shape[1]
        months = len({(origin + self.length[origin]).item() for origin in origins})
        if not months:
            spread = np.full(n, PRIOR_SPREAD * 2)
            return Outlook(np.zeros(n), np.exp(-Z * spread), np.ones(n), np.exp(Z * spread))
        with np.errstate(divide="ignore", invalid="ignore"):  # nothing said or nothing came: no ratio
            ratio = np.log(self.came[origins] / self.rest[:, origins])
        ratio = np.where(np.isfinite(ratio), ratio, 0.0)
        error = np.abs(ratio).mean(axis=1)
        best = np.argmin(np.vstack([error[:1] * PLAIN, error[1:]]), axis=0)
        chosen = ratio[best, :, np.arange(n)].T  # origins x N
        bias = np.median(chosen, axis=0) * months / (months + BIAS_PRIOR)
        few = _widened(months + PRIOR_MONTHS)
        around = chosen - bias
        low, high = np.quantile(around, LOW, axis=0), np.quantile(around, HIGH, axis=0)
        assumed = Z * PRIOR_SPREAD
        weight = months / (months + PRIOR_MONTHS)
        low, high = (weight * low - (1 - weight) * assumed) * few, (weight * high + (1 - weight) * assumed) * few
        return Outlook(
            np.array(TRENDS)[best],
            np.exp(bias + np.minimum(low, 0.0)),
            np.exp(bias),
            np.exp(bias + np.maximum(high, 0.0)),
        )


def month_ends(values: Matrix, first_day: dt.date) -> MonthEnds:
    """Every month of ``values`` (days x series, money ≥ 0, complete days from ``first_day``) seen from its days."""
    known = filtered(values, first_day)
    days, n = values.shape
    length = np.array([_left(known.first_day + t) for t in range(days)])
    total = np.vstack([np.zeros((1, n)), np.cumsum(values, axis=0)])
    came = np.stack([total[min(t + 1 + length[t], days)] - total[t + 1] for t in range(days)])
    rest = np.full((len(TRENDS), days, n), np.nan)
    for t in range(WARM_UP, days):
        for i, trend in enumerate(TRENDS):
            rest[i, t] = known.ahead(t, int(length[t]), trend).sum(axis=0)
    return MonthEnds(known, rest, came, length)


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
