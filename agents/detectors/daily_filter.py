"""Level, slope, weekdays and month ends of daily series as they were known at the end of each day.

A robust filter on the log scale that begins anew where the level has really moved: five days of which nearly all lie on
one side are a step, not noise. Causal; matrices are days x series, and only the loop over days is Python.
"""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from agents.detectors.calendar_lift import Lifts, Term, term_of

Matrix = npt.NDArray[np.float64]

WARM_UP, WEEK = 28, 7  # days the first state is taken from
ALPHA, GAMMA, CLIP = 0.08, 0.05, 2.5  # level, season; Huber clip of the error in scales
SCALE_RATE, SCALE_FLOOR = 0.06, 0.02
STEP_DAYS, STEP_SCALES, STEP_LEAST = 5, 2.5, 0.08  # a step: the median of so many days is so far away (log) at least
SLOPE_LAG, SLOPE_DAYS = 56, 28  # a slope: medians of so many days, so many days apart
STEEPEST = 0.01  # log per day
LIFT_PRIOR = 0.1  # occasions by which a month end's lift is shrunk
term_of_day = lru_cache(maxsize=4096)(term_of)  # the same days come up for every origin
ZERO = 0.02  # of the usual day: what stands for nothing on the log scale


@dataclass(frozen=True)
class Filtered:
    """What was known at the end of day t, on the log scale of money over ``reference``: ``level`` and ``slope`` (T x N),
    ``season`` (T x 7 x N, by t % 7), ``month`` and ``quarter`` (T x terms x N), lifts of month and quarter ends."""

    first_day: np.datetime64
    reference: Matrix
    level: Matrix
    slope: Matrix
    season: Matrix
    month: Matrix
    quarter: Matrix

    def ahead(self, origin: int, length: int, trend: float) -> Matrix:
        """Money on each of the ``length`` days after day ``origin``, ``trend`` of the slope kept: length x N."""
        k = np.arange(1, length + 1)
        log = self.level[origin] + trend * k[:, None] * self.slope[origin] + self.season[origin, (origin + k) % WEEK]
        for i in range(length):
            term, quarter = term_of_day(self.first_day + origin + 1 + i)
            if term is not None:
                log[i] += self.month[origin, term] + (self.quarter[origin, term] if quarter else 0.0)
        return np.asarray(np.maximum(np.exp(log) - ZERO, 0.0) * self.reference)


def filtered(values: Matrix, first_day: dt.date) -> Filtered:
    """The filter over ``values`` (days x series, money ≥ 0), whose first row is ``first_day``; at least four weeks."""
    days, n = values.shape
    first = np.datetime64(first_day, "D")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a series without a positive day has no median
        reference = np.nan_to_num(np.nanmedian(np.where(values > 0, values, np.nan)[:WARM_UP], axis=0), nan=1.0)
    y = np.log(np.maximum(values, 0.0) / reference + ZERO)
    level = np.median(y[:WARM_UP], axis=0)
    season = np.stack([np.median(y[d:WARM_UP:WEEK], axis=0) for d in range(WEEK)]) - level
    residual = y[:WARM_UP] - level - np.tile(season, (WARM_UP // WEEK, 1))
    scale = np.maximum(1.4826 * np.median(np.abs(residual), axis=0), SCALE_FLOOR)
    lifts = Lifts(n, LIFT_PRIOR)
    steps, since = np.zeros(n), np.zeros(n)  # sum of all steps so far, days since the last one
    clean, flat = np.full((days, n), np.nan), np.full((days, n), np.nan)  # deseasonalised; the same without steps
    out = Filtered(first, reference, np.empty((days, n)), np.zeros((days, n)), np.empty((days, WEEK, n)),
                   np.empty((days, len(Term), n)), np.empty((days, len(Term), n)))  # fmt: skip
    for t in range(days):
        d, (term, quarter) = t % WEEK, term_of_day(first + t)
        slope = out.slope[t - 1] if t else np.zeros(n)
        lift = np.zeros(n) if term is None else lifts.expected(term, quarter)[0]
        level = level + slope
        error = y[t] - level - season[d] - lift
        since += 1
        if term is None:
            clean[t] = y[t] - season[d]
            clipped = np.clip(error, -CLIP * scale, CLIP * scale)
            level, season[d] = level + ALPHA * clipped, season[d] + GAMMA * (1 - ALPHA) * clipped
            scale = np.maximum(
                scale * np.sqrt(1 - SCALE_RATE + SCALE_RATE * np.minimum((error / scale) ** 2, CLIP**2)), SCALE_FLOOR
            )
            if t >= WARM_UP:
                step = _step(clean[: t + 1], level, scale, since)
                level, steps = level + step, steps + step
                moved = step != 0
                since = np.where(moved, 0, since)
                flat[t - STEP_DAYS + 1 : t, moved] -= step[moved]
            flat[t] = clean[t] - steps
        else:
            lifts.learn(term, quarter, error + lift, np.ones(n, dtype=np.bool_))
        out.level[t], out.season[t], out.slope[t] = level, season, _slope(flat[: t + 1])
        for one in Term:
            out.month[t, one], out.quarter[t, one] = lifts.month.used(one), lifts.quarter.used(one)
    return out


def _step(clean: Matrix, level: Matrix, scale: Matrix, since: Matrix) -> Matrix:
    """By how much the level has moved (log), 0 where it has not: of the last ordinary days nearly all are far away."""
    recent = clean[~np.isnan(clean[:, 0])][-STEP_DAYS:] - level
    middle = np.median(recent, axis=0)
    same_side = np.sum(np.sign(recent) == np.sign(middle), axis=0) >= STEP_DAYS - 1
    far = np.abs(middle) > np.maximum(STEP_SCALES * scale, STEP_LEAST)
    return np.where(far & same_side & (since >= STEP_DAYS), middle, 0.0)


def _slope(flat: Matrix) -> Matrix:
    """Log per day between two medians far apart; 0 while the history is too short for any."""
    days = len(flat)
    lag = min(SLOPE_LAG, days - SLOPE_DAYS)
    if lag < SLOPE_DAYS:
        return np.zeros(flat.shape[1])
    newest = np.nanmedian(flat[-SLOPE_DAYS:], axis=0)
    older = np.nanmedian(flat[days - SLOPE_DAYS - lag : days - lag], axis=0)
    return np.clip((newest - older) / lag, -STEEPEST, STEEPEST)
