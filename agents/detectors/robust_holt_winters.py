"""Daily anomalies over many series at once: robust Holt-Winters on the log scale, tests of the level, pooled p values.

Family: Gelper, Fried and Croux (2010), "Robust forecasting with exponential and Holt-Winters smoothing". Causal: a
prefix of the data gives the same scores. Matrices are days x series; only the loop over days is Python.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.detectors import regular_days
from agents.detectors.calendar_lift import Lifts, term_of
from agents.detectors.medians import known_median
from agents.detectors.tails import minus_log10, p_values, tail

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WARM_UP = 28  # days of initial state; no scores before
SEASON = 7
ALPHA, GAMMA, BETA, PHI = 0.15, 0.15, 0.02, 0.98  # level, season, trend, damping
CLIP = 2.0  # Huber clip of the error, in scales
SCALE_RATE, SCALE_FLOOR = 0.08, 0.03
CONSISTENT = 1.086  # 1 / E[min(z², CLIP²)] for a normal z, so that the bounded scale is unbiased
INTERMITTENT = 0.2  # share of zeros in the warm-up above which zeros carry no information
ZERO_SPELLS = 3  # ... and so do those of a series that came back from zero this often before
HISTORY = 28  # days of statistics a tail needs before it may judge
POINT_WINDOW, SHIFT_WINDOW = 90, 120  # days behind each tail
SHIFTS = ((4, 7, 3), (10, 21, 8))  # days of the new level, days back to the old one, days of the new that must be known
ALERT_P, DOUBLED_P = (
    0.001,
    0.005,
)  # of an alert; of one on a day that costs at least twice what was expected. At most 1.2 false alerts
# per 1,000 series-days with both, whatever share of the series is faulty.


@dataclass(frozen=True)
class Scores:
    """Per day and series: ``p`` (1 in the warm-up), ``score`` (-log10 tail), ``expected``, ``low`` and ``high`` (the band
    of ±3 scales) in the unit of the input, NaN where a zero says nothing, and ``kind`` (0 point, 1 shift)."""

    p: Matrix
    score: Matrix
    expected: Matrix
    low: Matrix
    high: Matrix
    kind: npt.NDArray[np.int8]

    def alerts(self, values: Matrix) -> Flags:
        """Which days of ``values`` (those that were scored) are unusual: the larger the rise, the less rare it must be."""
        doubled = values >= 2 * np.nan_to_num(self.expected, nan=np.inf)
        return np.asarray(self.p <= np.where(doubled, DOUBLED_P, ALERT_P))


@dataclass
class _State:
    level: Matrix
    trend: Matrix
    season: Matrix  # SEASON x N
    scale: Matrix
    lifts: Lifts


def _start(y: Matrix, flat: Flags) -> _State:
    first = y[:WARM_UP]
    level = known_median(first)
    season = np.stack([known_median(first[d::SEASON]) for d in range(SEASON)]) - level
    season = np.where(np.isnan(season) | flat, 0.0, season)
    residual = first - level - np.tile(season, (WARM_UP // SEASON, 1))
    scale = np.maximum(1.4826 * known_median(np.abs(residual)), SCALE_FLOOR)
    n = y.shape[1]
    return _State(level, np.zeros(n), season, np.where(np.isnan(scale), 0.3, scale), Lifts(n))


def _update(state: _State, e: Matrix, known: Flags, d: int, flat: Flags) -> None:
    """Move the state by an ordinary day's error ``e``; unknown days move nothing but the damped trend."""
    clipped = np.clip(np.where(known, e, 0.0), -CLIP * state.scale, CLIP * state.scale)
    state.level = state.level + PHI * state.trend + ALPHA * clipped
    state.trend = PHI * state.trend + ALPHA * BETA * clipped
    state.season[d] += np.where(flat, 0.0, GAMMA * (1 - ALPHA) * clipped)
    bounded = np.minimum((e / state.scale) ** 2, CLIP**2)
    moved = state.scale * np.sqrt(1 - SCALE_RATE + SCALE_RATE * bounded * CONSISTENT)
    state.scale = np.maximum(np.where(known, moved, state.scale), SCALE_FLOOR)


def _returns(values: Matrix) -> npt.NDArray[np.int64]:
    """How often each series had come back from zero before each day: a history of zero spells is no fault."""
    back = (values[1:] > 0) & (values[:-1] <= 0)
    counted = np.cumsum(back, axis=0)
    return np.vstack([np.zeros((1, values.shape[1]), dtype=np.int64), counted])


def score(values: Matrix, first_day: dt.date) -> Scores:
    """Scores of ``values`` (days x series, ≥ 0, any unit), whose first row is ``first_day``.

    Intermittent series (more than 20 % zeros in the first 28 days) are judged on their non-zero days, and on days that
    are zero against their own weekly pattern.
    """
    days, n = values.shape
    reference = np.ones(n)
    with np.errstate(all="ignore"):
        positive = np.where(values[:WARM_UP] > 0, values[:WARM_UP], np.nan)
        any_positive = ~np.all(np.isnan(positive), axis=0)
        reference[any_positive] = np.nanmedian(positive[:, any_positive], axis=0)
    flat = np.mean(values[:WARM_UP] <= 0, axis=0) > INTERMITTENT
    y = np.log(np.maximum(values, 0) / reference + 0.02)
    silent = (values <= 0) & (flat | (_returns(values) >= ZERO_SPELLS))
    y[silent] = np.nan
    one, unknown = np.ones((days, n)), np.full((days, n), np.nan)
    kind = np.zeros((days, n), dtype=np.int8)
    out = Scores(one, np.zeros((days, n)), unknown, unknown.copy(), unknown.copy(), kind)
    if days <= WARM_UP:
        return out
    with np.errstate(all="ignore"):
        all_nan = np.all(np.isnan(y[:WARM_UP]), axis=0)
        y[0, all_nan] = 0.0  # a series born later starts from its reference
    point, shifts = _walk(y, reference, flat, np.datetime64(first_day, "D"), out)
    _rate(point, shifts, out)
    out.p[:] = p_values(out.score, WARM_UP + HISTORY, SEASON)
    absent = regular_days.missing(values)
    out.p[:] = np.minimum(out.p, absent)
    for column in (out.expected, out.low, out.high):
        column[silent & (absent == 1)] = np.nan
    return out


def series_score(values: Sequence[float] | Matrix, first_day: dt.date) -> Matrix:
    """-log10 of the p value of each day of one series (≥ 0, any unit); 0 in the first nine weeks. The same as
    :func:`score` with one column: above 3 is an alert."""
    return -np.log10(score(np.asarray(values, dtype=float)[:, None], first_day).p[:, 0])


def _walk(y: Matrix, reference: Matrix, flat: Flags, first: np.datetime64, out: Scores) -> tuple[Matrix, list[Matrix]]:
    """The statistics of each day and series, in scales: the day itself against its forecast, and per :data:`SHIFTS` the
    level against an older one. Writes the bands of ``out``."""
    days, n = y.shape
    state = _start(y, flat)
    point, shifts = np.full((days, n), np.nan), [np.full((days, n), np.nan) for _ in SHIFTS]
    levels, scales = np.full((days, n), np.nan), np.full((days, n), np.nan)
    clean = np.full((days, n), np.nan)  # deseasonalised; NaN on calendar days whose lift is not sure yet
    for t in range(days):
        d, (term, quarter) = t % SEASON, term_of(first + t)
        lift, unsure = (np.zeros(n), np.zeros(n)) if term is None else state.lifts.expected(term, quarter)
        predicted = state.level + PHI * state.trend + state.season[d] + lift
        known = ~np.isnan(y[t])
        e = y[t] - predicted
        levels[t], scales[t] = state.level, state.scale
        clean[t] = y[t] - state.season[d] - lift
        if term is not None:
            clean[t, state.lifts.young(term, quarter)] = np.nan
        if t >= WARM_UP:
            point[t] = e / np.hypot(state.scale, unsure)
            for shift, (new, back, least) in zip(shifts, SHIFTS, strict=True):
                shift[t] = _shift(clean[t - new + 1 : t + 1], least, levels[t - back], scales[t - back])
            _band(out, t, predicted, np.hypot(state.scale, unsure), reference)
        if term is None:
            _update(state, e, known, d, flat)
        else:  # calendar days teach their lift, not the level
            state.lifts.learn(term, quarter, e + lift, known)
            state.level, state.trend = state.level + PHI * state.trend, PHI * state.trend
    return point, shifts


def _shift(clean: Matrix, least: int, level: Matrix, scale: Matrix) -> Matrix:
    """How far the median of ``clean`` days is from an older ``level`` (signed); NaN where today or too many days are unknown."""
    known = ~np.isnan(clean)
    moved = (known_median(clean) - level) / scale
    return np.where((known.sum(axis=0) >= least) & known[-1], moved, np.nan)


def _band(out: Scores, t: int, predicted: Matrix, spread: Matrix, reference: Matrix) -> None:
    for column, away in ((out.expected, 0.0), (out.low, -3.0), (out.high, 3.0)):
        column[t] = np.maximum((np.exp(predicted + away * spread) - 0.02) * reference, 0.0)


def _rate(point: Matrix, shifts: list[Matrix], out: Scores) -> None:
    """Write the score and kind of each day: the rarest of its statistics, each by its own tail."""
    statistics = [(point, POINT_WINDOW), *((shift, SHIFT_WINDOW) for shift in shifts)]
    for t in range(WARM_UP + HISTORY, len(point)):
        parts = [minus_log10(h[t], tail(h[max(WARM_UP, t - window) : t])) for h, window in statistics]
        rarest = np.argmax(parts, axis=0)
        out.kind[t] = rarest > 0
        out.score[t] = np.maximum(np.max(parts, axis=0) - np.log10(len(parts)), 0.0)


def discoveries(p: npt.NDArray[np.float64], q: float = 0.05) -> npt.NDArray[np.bool_]:
    """Which p values of one day stand at false discovery rate ``q`` (Benjamini and Hochberg, 1995)."""
    order = np.argsort(p)
    passed = p[order] <= q * np.arange(1, p.size + 1) / p.size
    found = np.zeros(p.size, dtype=np.bool_)
    if passed.any():
        found[order[: np.max(np.nonzero(passed)[0]) + 1]] = True
    return found
