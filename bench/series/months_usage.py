"""Daily spend as what causes it: counts of work, jobs that come and go, offices, slow waves, odd days."""

from __future__ import annotations

import datetime as dt

import numpy as np

FIRST_DAY = dt.date(2025, 4, 10)
DAYS = 400
SHAPES = ("counts", "linear", "saturating", "walk", "odd_days", "jobs", "mixed", "office")


def spend(shape: str, seed: int, series: int = 40) -> np.ndarray:
    """Days x series of money. ``jobs``: a sum of jobs that begin and end; ``mixed``: growth or decline, some with month ends
    and a step; ``office``: next to nothing at weekends, one day in fifty is a holiday."""
    rng = np.random.default_rng([23, SHAPES.index(shape), seed])
    t = np.arange(DAYS)[:, None] / DAYS
    day = np.datetime64(FIRST_DAY) + np.arange(DAYS)
    last = ((day + 1).astype("datetime64[M]") != day.astype("datetime64[M]"))[:, None]
    weekend = ~np.is_busday(day)[:, None]
    usual = np.exp(rng.uniform(3, 8, series)) * np.where(weekend, rng.uniform(0.15, 1, series), 1)
    usual = usual * np.exp(rng.normal(0, 1, (DAYS, series)) * rng.uniform(0.03, 0.12, series))
    if shape == "counts":
        mean = np.exp(rng.uniform(2.3, 6, series))
        return np.asarray(usual * rng.poisson(mean, (DAYS, series)) / mean)
    if shape == "linear":
        return np.asarray(usual * (1 + rng.uniform(-0.5, 1.5, series) * t))
    if shape == "saturating":
        pace = (t - rng.uniform(0.2, 0.8, series)) * rng.uniform(8, 25, series)
        return np.asarray(usual * (1 + rng.uniform(0.3, 2, series) / (1 + np.exp(-pace))))
    if shape == "walk":
        return np.asarray(
            usual * np.exp(np.cumsum(rng.normal(0, 1, (DAYS, series)) * rng.uniform(0.003, 0.015, series), axis=0))
        )
    if shape == "odd_days":
        return np.asarray(usual * np.where(rng.random((DAYS, series)) < 0.02, rng.uniform(1.3, 4, (DAYS, series)), 1))
    if shape == "office":
        quiet = weekend | (rng.random((DAYS, series)) < 0.02)
        return np.asarray(usual * np.where(quiet, 0.1, 1))
    if shape == "mixed":
        log = rng.uniform(-0.003, 0.006, series) * t * DAYS + last * np.log(rng.uniform(1, 2.5, series))
        step = np.where(t * DAYS >= rng.integers(60, 2 * DAYS, series), rng.choice([0.6, 0.75, 1.3, 1.5], series), 1)
        return np.asarray(usual * np.exp(log) * step)
    values = np.exp(5) + np.zeros((DAYS, series))
    for column in range(series):
        for _ in range(rng.integers(2, 9)):
            begin, length = rng.integers(-200, DAYS), rng.integers(60, 600)
            on = (np.arange(DAYS) >= begin) & (np.arange(DAYS) < begin + length) & (rng.random(DAYS) < 0.97)
            values[:, column] += on * np.exp(rng.normal(4, 1) + rng.normal(0, 0.15, DAYS))
    return np.asarray(values * np.where(weekend, rng.uniform(0.3, 1, series), 1))
