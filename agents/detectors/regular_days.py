"""A day without the usage that came on this weekday in every week before: the weekly job that did not run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

WEEKS, WEEK = 6, 7  # weeks in which every weekday was always or never used
PRIOR, PRIOR_RATE = 100.0, 5e-4  # occasions a series starts from, and the share of them it missed


def missing(values: Matrix) -> Matrix:
    """p value of each day (days x series) that is 0 although it had to be used; 1 everywhere else.

    A series is regular while each weekday was always or never used in the last :data:`WEEKS` weeks, and not every day.
    p is the share of such occasions that the series missed before: its first miss says much, a habit of missing little.
    """
    days, n = values.shape
    used = np.asarray(values > 0)
    p = np.ones((days, n))
    occasions, misses = np.full(n, PRIOR), np.full(n, PRIOR * PRIOR_RATE)
    for t in range(WEEKS * WEEK, days):
        weeks = used[t - WEEKS * WEEK : t].reshape(WEEKS, WEEK, n)
        always, never = np.asarray(weeks.all(axis=0)), ~np.asarray(weeks.any(axis=0))
        regular = (always | never).all(axis=0) & never.any(axis=0)
        due = regular & always[0]  # the first of the seven is today's weekday
        missed = due & ~used[t]
        p[t, missed] = (misses / occasions)[missed]
        occasions, misses = occasions + due, misses + missed
    return p
