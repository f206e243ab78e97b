"""Level, slope, weekdays and month ends of daily series as they were known at the end of each day.

A robust filter on the log scale that begins anew where the level has really moved: three days far away, or four of five,
are a step, not noise. A slope or a lift counts as far as the noise could not have made it. Causal; matrices are
days x series, and only the loop over days is Python.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from agents.detectors.calendar_lift import Lifts, Term, term_of
from agents.detectors.medians import known_median

Matrix = npt.NDArray[np.float64]

WARM_UP, WEEK = 28, 7  # days the first state is taken from
ALPHA, GAMMA, CLIP = 0.03, 0.04, 2.5  # level, season; Huber clip of the error in scales
SCALE_RATE, SCALE_FLOOR = 0.06, 0.02
STEPS = ((3, 3, 2.0), (5, 4, 1.5))  # a step: of so many days at least so many are so many scales away on one side,
STEP_LEAST = 0.08  # and at least so far (log)
NEWEST = 3  # days that may be the beginning of a step that is not certain yet
SLOPE_LAG, SLOPE_DAYS = 56, 28  # a slope: medians of so many days, so many days apart
STEEPEST = 0.01  # log per day
MEDIANS_APART = 2.5  # scales / sqrt(days): standard error of the difference of two medians of correlated days
EARNED = 1.75  # standard errors a slope or a lift must exceed to count, and by which it is shrunk
LIFT_PRIOR = 0.1  # occasions by which a month end's lift is shrunk
term_of_day = lru_cache(maxsize=4096)(term_of)  # the same days come up for every origin
ZERO = 0.02  # of the usual day: what stands for nothing on the log scale


@dataclass(frozen=True)
class Filtered:
    """What was known at the end of day t, on the log scale of money over ``reference``: ``level`` and ``slope`` (T x N),
    ``season`` (T x 7 x N, by t % 7), ``month`` and ``quarter`` (T x terms x N), lifts of month and quarter ends;
    ``scale`` (T x N), a day's noise; ``unsettled`` (T x N), how far the newest days are from the level; ``drift`` (T x N),
    log per day by which the slope may be off."""

    first_day: np.datetime64
    reference: Matrix
    level: Matrix
    slope: Matrix
    season: Matrix
    month: Matrix
    quarter: Matrix
    scale: Matrix
    unsettled: Matrix
    drift: Matrix

    def ahead(self, origin: int, length: int, trend: float = 1.0) -> Matrix:
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
    reference = np.nan_to_num(known_median(np.where(values > 0, values, np.nan)[:WARM_UP]), nan=1.0)
    y = np.log(np.maximum(values, 0.0) / reference + ZERO)
    level = np.median(y[:WARM_UP], axis=0)
    season = np.stack([np.median(y[d:WARM_UP:WEEK], axis=0) for d in range(WEEK)]) - level
    residual = y[:WARM_UP] - level - np.tile(season, (WARM_UP // WEEK, 1))
    scale = np.maximum(1.4826 * np.median(np.abs(residual), axis=0), SCALE_FLOOR)
    lifts, lent = Lifts(n, LIFT_PRIOR), set[Term]()
    steps, since = np.zeros(n), np.zeros(n)  # sum of all steps so far, days since the last one
    clean, flat = np.full((days, n), np.nan), np.full((days, n), np.nan)  # deseasonalised; the same without steps
    out = Filtered(
        first,
        reference,
        np.empty((days, n)),
        np.zeros((days, n)),
        np.empty((days, WEEK, n)),
        np.empty((days, len(Term), n)),
        np.empty((days, len(Term), n)),
        np.empty((days, n)),
        np.zeros((days, n)),
        np.zeros((days, n)),
    )
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
            for length, enough, scales in STEPS if t >= WARM_UP else ():
                step = _step(clean[: t + 1], level, np.maximum(scales * scale, STEP_LEAST), since, length, enough)
                level, steps = level + step, steps + step
                moved = step != 0
                since = np.where(moved, 0, since)
                flat[t - length + 1 : t, moved] -= step[moved]
            flat[t] = clean[t] - steps
        else:
            _learn(lifts, lent, term, quarter, error + lift)
        out.level[t], out.season[t] = level, season
        out.slope[t], out.drift[t] = _slope(flat[: t + 1], scale)
        for mean, kept in ((lifts.month, out.month), (lifts.quarter, out.quarter)):
            for one in Term:
                kept[t, one] = _earned(mean.used(one), scale / np.sqrt(np.maximum(mean.seen[one], 1.0)))
        out.scale[t] = scale
        if t >= WARM_UP:
            out.unsettled[t] = np.median(_newest(clean[: t + 1], NEWEST), axis=0) - level
    return out


def _learn(lifts: Lifts, lent: set[Term], term: Term, quarter: bool, lift: Matrix) -> None:
    """Take in what an end added. A quarter's that is met first stands for what every month's adds (``lent``) until a
    month's own is met."""
    everyone = np.ones(len(lift), dtype=np.bool_)
    if quarter and not lifts.month.seen[term].any():
        lent.add(term)
        quarter = False
    elif not quarter and term in lent:
        lent.remove(term)
        lifts.quarter.learn(term, lifts.month.effect[term] - lift, everyone)
        lifts.month.seen[term] = 0
    lifts.learn(term, quarter, lift, everyone)


def _step(clean: Matrix, level: Matrix, least: Matrix, since: Matrix, days: int, enough: int) -> Matrix:
    """By how much the level has moved (log), 0 where it has not: of the last ordinary ``days`` nearly all are far away."""
    recent = _newest(clean, days) - level
    middle = np.median(recent, axis=0)
    far = np.sum(recent * np.sign(middle) > least, axis=0) >= enough
    return np.where(far & (since >= days), middle, 0.0)


def _ordinary(clean: Matrix) -> Matrix:
    """``clean`` without the ends of months, which are NaN in every series."""
    return np.asarray(clean[~np.isnan(clean[:, 0])])


def _newest(clean: Matrix, days: int) -> Matrix:
    """The last ``days`` ordinary ones."""
    return _ordinary(clean[-days - len(Term) :])[-days:]


def _slope(flat: Matrix, scale: Matrix) -> tuple[Matrix, Matrix]:
    """Log per day between two medians far apart, as far as it is no noise; 0 while the history is too short for any. And
    by how much it may be off: what was left out as noise, and the noise."""
    days = len(flat)
    lag = min(SLOPE_LAG, days - SLOPE_DAYS)
    if lag < 1:
        return np.zeros(flat.shape[1]), np.zeros(flat.shape[1])
    newest = np.median(_ordinary(flat[-SLOPE_DAYS:]), axis=0)
    older = np.median(_ordinary(flat[days - SLOPE_DAYS - lag : days - lag]), axis=0)
    effect, error = newest - older, MEDIANS_APART * scale / np.sqrt(SLOPE_DAYS)
    kept = np.clip(_earned(effect, error), -STEEPEST * lag, STEEPEST * lag) if lag >= SLOPE_DAYS else 0.0 * effect
    return kept / lag, np.hypot(effect - kept, error) / lag


def _earned(effect: Matrix, error: Matrix) -> Matrix:
    """``effect`` without what its standard ``error`` alone would make of nothing (positive-part James and Stein, 1961)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = 1.0 - (EARNED * error / effect) ** 2
    return np.asarray(np.where(effect == 0, 0.0, effect * np.maximum(kept, 0.0)))
