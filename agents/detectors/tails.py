"""How rare a statistic is: Hill tails per series, and p values from a null that does not assume a share of faults.

The share of faulty series is not known and may be 0 or a half. A rank among all earlier scores is wrong at both ends:
with no faults it rings at its own rate, with many the faults themselves fill the top ranks. So the null is read from
the scores that are certainly not alerts, and continued beyond them: Efron (2004), "Large-scale simultaneous hypothesis
testing: the choice of a null hypothesis"; the tail is an exponential fitted to a truncated sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

THRESHOLD_PRIOR, INDEX_PRIOR = 20.0, 10.0  # observations by which all series together count in those of one
LOUD, QUIET_DAYS = 2.0, 14  # a score above it, and as many days from it, are no part of the null
BODY = 0.9  # the null's quantile beyond which it is continued
WIDE = 0.3  # the fit spans at least so much of the score
PRIOR, PRIOR_RATE = 50.0, float(np.log(10))  # observations the fit starts from; scores are -log10 of a tail


@dataclass(frozen=True)
class Tail:
    """Hill tails per series of a signed statistic: beyond ``threshold`` (the 90 % quantile of its size)
    P(|x|) = 0.1 (|x| / threshold)^(-1 / index), with an index for rises and one for falls: what fails now and then falls
    far and never rises far."""

    threshold: Matrix
    rises: Matrix
    falls: Matrix


def tail(history: Matrix) -> Tail:
    """The tails of each column of ``history`` (days x N, NaN = unknown); a short history leans on all series together."""
    size = np.abs(history)
    known = np.sum(~np.isnan(size), axis=0)
    ordered = np.sort(size, axis=0)  # NaN last
    rank = np.maximum(np.ceil(0.9 * known).astype(int) - 1, 0)
    own = np.nan_to_num(np.take_along_axis(ordered, rank[None, :], axis=0)[0], nan=1.0)
    own = np.log(np.maximum(own, 1e-6))
    threshold = np.exp((known * own + THRESHOLD_PRIOR * np.median(own)) / (known + THRESHOLD_PRIOR))
    with np.errstate(invalid="ignore", divide="ignore"):
        beyond = size > threshold
        excess = np.where(beyond, np.log(size / threshold), 0.0)
    pooled = float(excess.sum()) / max(float(beyond.sum()), 1.0)

    def index(side: npt.NDArray[np.bool_]) -> Matrix:
        count, total = side.sum(axis=0), np.where(side, excess, 0.0).sum(axis=0)
        return np.asarray(np.maximum((total + INDEX_PRIOR * pooled) / (count + INDEX_PRIOR), 1e-3))

    return Tail(threshold, index(beyond & (history > 0)), index(beyond & (history < 0)))


def minus_log10(now: Matrix, of: Tail) -> Matrix:
    """-log10 of the tail probability of ``now``; below the threshold the probability falls linearly to 0.1."""
    ratio = np.abs(np.nan_to_num(now, nan=0.0)) / of.threshold
    beyond = 1.0 + np.log10(np.maximum(ratio, 1e-9)) / np.where(now > 0, of.rises, of.falls)
    return np.where(ratio > 1.0, beyond, -np.log10(1.0 - 0.9 * np.minimum(ratio, 1.0)))


def p_values(scores: Matrix, first: int, settle: int) -> Matrix:
    """p value of each score (days x series) under the null of all series' scores from day ``first`` to the day before;
    1 until ``settle`` days later."""
    days, n = scores.shape
    p = np.ones((days, n))
    null = np.empty(0)  # sorted
    quiet_until = np.full(n, -1)
    for t in range(first, days):
        if t >= first + settle:
            p[t] = _p(null, scores[t])
        loud = scores[t] > LOUD
        kept = np.sort(scores[t][(t > quiet_until) & ~loud])
        quiet_until = np.where(loud, t + QUIET_DAYS, quiet_until)
        null = np.insert(null, np.searchsorted(null, kept), kept)
    return p


def _p(null: Matrix, scores: Matrix) -> Matrix:
    """Ranks in the body of the sorted ``null``, its exponential continuation beyond."""
    size = null.size
    rank = (1.0 + size - np.searchsorted(null, scores, side="left")) / (1.0 + size)
    if size == 0:
        return np.asarray(rank)
    start = float(null[min(int(BODY * size), size - 1)])
    excess = null[np.searchsorted(null, start, side="right") :] - start
    width = max(LOUD, start + WIDE) - start
    excess = excess[excess < width]
    rate = _truncated_rate(float(excess.sum()), excess.size, width)
    whole = excess.size / -np.expm1(-rate * width)  # as many would lie beyond, had the loud ones not been taken out
    beyond = (1.0 + whole) / (1.0 + size - excess.size + whole)
    return np.asarray(np.where(scores <= start, rank, beyond * np.exp(-rate * np.maximum(scores - start, 0.0))))


def _truncated_rate(total: float, count: int, width: float) -> float:
    """Rate of an exponential from the sum of ``count`` values, all below ``width``: the likeliest, by bisection."""
    wanted = (total + PRIOR * _truncated_mean(PRIOR_RATE, width)) / (count + PRIOR)
    low, high = 0.05, 50.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _truncated_mean(middle, width) > wanted else (low, middle)
    return low


def _truncated_mean(rate: float, width: float) -> float:
    return 1.0 / rate - width / float(np.expm1(rate * width))
