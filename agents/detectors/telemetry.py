"""Unusual readings of sub-daily telemetry: each against what came at this hour of the week before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

WEEKS = 4  # behind each baseline
LEAST = 2  # weeks that must be known
FLOOR = 1e-9


def scores(values: Matrix, per_day: int) -> Matrix:
    """How many robust standard deviations each reading of one series (``per_day`` equal steps a day, NaN = unknown) is from
    the median of the readings at the same time of the week, one step either side included; 0 while less than two weeks
    are known. Causal; the spread is the median absolute error of the week before."""
    week, n = 7 * per_day, len(values)
    error = np.full(n, np.nan)
    for t in range(LEAST * week, n):
        back = t - week * np.arange(1, WEEKS + 1)
        around = (back[back >= 1][:, None] + np.array([-1, 0, 1])).ravel()
        known = values[around][~np.isnan(values[around])]
        if known.size >= LEAST:
            error[t] = values[t] - np.median(known)
    out = np.zeros(n)
    for t in range((LEAST + 1) * week, n):
        past = np.abs(error[t - week : t])
        past = past[~np.isnan(past)]
        if past.size >= per_day and not np.isnan(error[t]):
            out[t] = abs(error[t]) / max(1.4826 * float(np.median(past)), FLOOR)
    return out
