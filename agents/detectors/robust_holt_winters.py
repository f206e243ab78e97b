"""Daily anomalies over many series at once: robust Holt-Winters on the log scale, a level-shift test, pooled ranks.

Family: Gelper, Fried and Croux (2010), "Robust forecasting with exponential and Holt-Winters smoothing"; tails by the
Hill estimator; p values are conformal ranks among all earlier scores. Causal: a prefix of the data gives the same
scores. Matrices are days x series; only the loop over days is Python.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

WARM_UP = 28  # days of initial state; no scores before
SEASON = 7
ALPHA, GAMMA, BETA, PHI = 0.15, 0.15, 0.02, 0.98  # level, season, trend, damping
CLIP = 2.0  # Huber clip of the error, in scales
SCALE_RATE, SCALE_FLOOR = 0.08, 0.03
CONSISTENT = 1.086  # 1 / E[min(z², CLIP²)] for a normal z, so that the bounded scale is unbiased
INTERMITTENT = 0.2  # share of zeros in the warm-up above which zeros carry no information
ZERO_SPELLS = 3  # ... and so do those of a series that came back from zero this often before
HISTORY = 28  # days of statistics a Hill tail needs before it may judge
WINDOWS = (90, 120)  # days behind each Hill tail: point statistic, shift statistic
PSEUDO = 20.0  # pseudo-observations of the pooled tail index
QUIET_SCORE, QUIET_DAYS = 4.0, 14  # alerted stretches are no reference for later ranks
ALERT_P = 10**-2.3


@dataclass(frozen=True)
class Scores:
    """Per day and series: ``p`` (conformal p value, 1 in the warm-up), ``score`` (-log10 tail), ``expected``, ``low``
    and ``high`` (the band of ±3 scales) in the unit of the input, and ``kind`` (0 point, 1 shift)."""

    p: Matrix
    score: Matrix
    expected: Matrix
    low: Matrix
    high: Matrix
    kind: npt.NDArray[np.int8]


@dataclass
class _State:
    level: Matrix
    trend: Matrix
    season: Matrix  # SEASON x N
    scale: Matrix
    calendar: Matrix  # 3 x N: last day, last but one, first of the month
    seen: Matrix  # how often each calendar term was met


def _start(y: Matrix, flat: npt.NDArray[np.bool_]) -> _State:
    first = y[:WARM_UP]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a weekday without a single known day has no median
        level = np.nanmedian(first, axis=0)
        season = np.stack([np.nanmedian(first[d::SEASON], axis=0) for d in range(SEASON)]) - level
    season = np.where(np.isnan(season) | flat, 0.0, season)
    residual = first - level - np.tile(season, (WARM_UP // SEASON, 1))
    scale = np.maximum(1.4826 * np.nanmedian(np.abs(residual), axis=0), SCALE_FLOOR)
    n = y.shape[1]
    zeros = np.zeros((3, n))
    return _State(level, np.zeros(n), season, np.where(np.isnan(scale), 0.3, scale), zeros, zeros.copy())


def _calendar_term(day: np.datetime64) -> int | None:
    """0 last day of its month, 1 last but one, 2 first, None otherwise."""
    month = day.astype("datetime64[M]")
    days_left = int(((month + 1).astype("datetime64[D]") - day).astype(int))
    if days_left <= 2:
        return days_left - 1
    return 2 if day == month.astype("datetime64[D]") else None


@dataclass(frozen=True)
class _Tail:
    """A Hill tail per series: beyond ``threshold`` (the 90 % quantile) P(x) = 0.1 (x / threshold)^(-1 / index)."""

    threshold: Matrix
    index: Matrix


def _tail(history: Matrix) -> _Tail:
    """The tail of each column of ``history`` (days x N, NaN = unknown), its index shrunk to the pooled one."""
    known = np.sum(~np.isnan(history), axis=0)
    ordered = np.sort(history, axis=0)  # NaN last
    rank = np.maximum(np.ceil(0.9 * known).astype(int) - 1, 0)
    threshold = np.nan_to_num(np.take_along_axis(ordered, rank[None, :], axis=0)[0], nan=1.0)
    threshold = np.maximum(threshold, 1e-6)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = np.where(history > threshold, np.log(history / threshold), 0.0)
    count, total = np.sum(history > threshold, axis=0), np.sum(excess, axis=0)
    pooled = float(np.sum(total)) / max(float(np.sum(count)), 1.0)
    return _Tail(threshold, np.maximum((total + PSEUDO * pooled) / (count + PSEUDO), 1e-3))


def _minus_log10(now: Matrix, tail: _Tail) -> Matrix:
    """-log10 of the tail probability of ``now``; below the threshold the probability falls linearly to 0.1."""
    ratio = np.nan_to_num(now, nan=0.0) / tail.threshold
    beyond = 1.0 + np.log10(np.maximum(ratio, 1e-9)) / tail.index
    return np.where(ratio > 1.0, beyond, -np.log10(1.0 - 0.9 * np.minimum(ratio, 1.0)))


def _update(
    state: _State, e: Matrix, known: npt.NDArray[np.bool_], d: int, term: int | None, flat: npt.NDArray[np.bool_]
) -> None:
    """Move the state by one day's error ``e``; unknown days move nothing but the damped trend."""
    if term is not None:  # calendar days teach the calendar term, not the level
        state.seen[term] += known
        share = np.where(known, 1.0 / np.maximum(state.seen[term], 1.0), 0.0)
        state.calendar[term] += share * (np.where(known, e, 0.0))
    clipped = np.clip(np.where(known, e, 0.0), -CLIP * state.scale, CLIP * state.scale)
    weight = 0.0 if term is not None else 1.0
    level = state.level + PHI * state.trend + weight * ALPHA * clipped
    state.trend = PHI * state.trend + weight * ALPHA * BETA * clipped
    state.level = level
    state.season[d] += np.where(flat, 0.0, weight * GAMMA * (1 - ALPHA) * clipped)
    bounded = np.minimum((e / state.scale) ** 2, CLIP**2)
    rate = SCALE_RATE * weight
    moved = state.scale * np.sqrt(1 - rate + rate * bounded * CONSISTENT)
    state.scale = np.maximum(np.where(known, moved, state.scale), SCALE_FLOOR)


def _returns(values: Matrix) -> npt.NDArray[np.int64]:
    """How often each series had come back from zero before each day: a history of zero spells is no fault."""
    back = (values[1:] > 0) & (values[:-1] <= 0)
    counted = np.cumsum(back, axis=0)
    return np.vstack([np.zeros((1, values.shape[1]), dtype=np.int64), counted])


def score(values: Matrix, first_day: Any) -> Scores:
    """Scores of ``values`` (days x series, ≥ 0, any unit), whose first row is ``first_day`` (a date).

    Intermittent series (more than 20 % zeros in the first 28 days) are judged on their non-zero days only.
    """
    days, n = values.shape
    reference = np.ones(n)
    with np.errstate(all="ignore"):
        positive = np.where(values[:WARM_UP] > 0, values[:WARM_UP], np.nan)
        any_positive = ~np.all(np.isnan(positive), axis=0)
        reference[any_positive] = np.nanmedian(positive[:, any_positive], axis=0)
    flat = np.mean(values[:WARM_UP] <= 0, axis=0) > INTERMITTENT
    y = np.log(np.maximum(values, 0) / reference + 0.02)
    y[(values <= 0) & (flat | (_returns(values) >= ZERO_SPELLS))] = np.nan
    one = np.ones((days, n))
    out = Scores(
        one.copy(),
        np.zeros((days, n)),
        np.full((days, n), np.nan),
        np.full((days, n), np.nan),
        np.full((days, n), np.nan),
        np.zeros((days, n), dtype=np.int8),
    )
    if days <= WARM_UP:
        return out
    with np.errstate(all="ignore"):
        all_nan = np.all(np.isnan(y[:WARM_UP]), axis=0)
        y[0, all_nan] = 0.0  # a series born later starts from its reference
    state = _start(y, flat)
    _walk(y, values, reference, flat, np.datetime64(first_day, "D"), state, out)
    out.p[:] = _ranks(out.score)
    return out


def _lift(state: _State, term: int) -> tuple[Matrix, Matrix]:
    """What a calendar day adds (its mean error, shrunk n / (n + 1)), and how unsure that is (what was shrunk off)."""
    met, effect = state.seen[term], state.calendar[term]
    return met / (met + 1.0) * effect, effect / (met + 1.0)


def _walk(
    y: Matrix,
    values: Matrix,
    reference: Matrix,
    flat: npt.NDArray[np.bool_],
    first: np.datetime64,
    state: _State,
    out: Scores,
) -> None:
    days, n = y.shape
    point, shift = np.full((days, n), np.nan), np.full((days, n), np.nan)
    levels, scales = np.full((days, n), np.nan), np.full((days, n), np.nan)
    clean = np.full((days, n), np.nan)  # deseasonalised
    for t in range(days):
        d, term = t % SEASON, _calendar_term(first + t)
        lift, unsure = (np.zeros(n), np.zeros(n)) if term is None else _lift(state, term)
        predicted = state.level + PHI * state.trend + state.season[d] + lift
        known = ~np.isnan(y[t])
        e = y[t] - predicted
        levels[t], scales[t] = state.level, state.scale
        clean[t] = y[t] - state.season[d] - lift
        if t >= WARM_UP:
            point[t] = np.abs(e) / np.hypot(state.scale, unsure)
            recent = np.median(clean[t - 3 : t + 1], axis=0)
            shift[t] = np.abs(recent - levels[t - 7]) / scales[t - 7]
            for column, target in (
                (predicted, out.expected),
                (predicted - 3 * state.scale, out.low),
                (predicted + 3 * state.scale, out.high),
            ):
                target[t] = np.maximum((np.exp(column) - 0.02) * reference, 0.0)
        if t >= WARM_UP + HISTORY:
            tails = [_tail(h[max(WARM_UP, t - w) : t]) for h, w in zip((point, shift), WINDOWS, strict=True)]
            parts = [_minus_log10(h[t], tail) for h, tail in zip((point, shift), tails, strict=True)]
            out.kind[t] = parts[1] > parts[0]
            out.score[t] = np.maximum(np.maximum(*parts) - np.log10(2.0), 0.0)
        _update(state, e + lift, known, d, term, flat)


def _ranks(scores: Matrix) -> Matrix:
    """Conformal p values: the rank of each score among all series' earlier ones, alerted stretches left out."""
    days, n = scores.shape
    p = np.ones((days, n))
    earlier = np.empty(0)
    quiet_until = np.full(n, -1)
    for t in range(WARM_UP + HISTORY, days):
        if t >= WARM_UP + HISTORY + SEASON:
            p[t] = (1.0 + earlier.size - np.searchsorted(earlier, scores[t], side="left")) / (1.0 + earlier.size)
        loud = scores[t] > QUIET_SCORE
        keep = scores[t][(t > quiet_until) & ~loud]
        quiet_until = np.where(loud, t + QUIET_DAYS, quiet_until)
        keep = np.sort(keep)
        earlier = np.insert(earlier, np.searchsorted(earlier, keep), keep)
    return p


def discoveries(p: npt.NDArray[np.float64], q: float = 0.1) -> npt.NDArray[np.bool_]:
    """Which p values of one day stand at false discovery rate ``q`` (Benjamini and Hochberg, 1995)."""
    order = np.argsort(p)
    passed = p[order] <= q * np.arange(1, p.size + 1) / p.size
    found = np.zeros(p.size, dtype=np.bool_)
    if passed.any():
        found[order[: np.max(np.nonzero(passed)[0]) + 1]] = True
    return found
