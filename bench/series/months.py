"""Daily spend over 13 months in the shapes a month-end forecast meets."""

from __future__ import annotations

import datetime as dt

import numpy as np

FIRST_DAY = dt.date(2025, 6, 2)
DAYS = 390
SHAPES = ("flat", "growth", "decline", "walk", "steps", "month_end")


def spend(shape: str, seed: int, series: int = 40) -> np.ndarray:
    """Days x series of money: weekends lower, AR(1) noise of 3 to 12 %; growth of .1 to .6 % a day, decline of .1 to .4 %,
    a level that walks, four steps of x1.5 up or down, last days of a month x1.5 to x2.5."""
    rng = np.random.default_rng([SHAPES.index(shape), seed])
    t = np.arange(DAYS)[:, None]
    day = np.datetime64(FIRST_DAY) + np.arange(DAYS)
    last = (day + 1).astype("datetime64[M]") != day.astype("datetime64[M]")
    noise, sigma = np.zeros((DAYS, series)), rng.uniform(0.03, 0.12, series)
    for i in range(1, DAYS):
        noise[i] = 0.35 * noise[i - 1] + rng.normal(0, 1, series) * sigma * np.sqrt(1 - 0.35**2)
    log = rng.uniform(5, 8, series) + noise - np.where(t % 7 >= 5, rng.uniform(0.2, 1.2, series), 0)
    if shape == "growth":
        log = log + rng.uniform(0.001, 0.006, series) * t
    if shape == "decline":
        log = log - rng.uniform(0.001, 0.004, series) * t
    if shape == "walk":
        log = log + np.cumsum(rng.normal(0, 0.008, (DAYS, series)), axis=0)
    if shape == "month_end":
        log = log + np.where(last[:, None], np.log(rng.uniform(1.5, 2.5, series)), 0)
    if shape == "steps":
        for column in range(series):
            for begin in rng.choice(np.arange(60, DAYS), 4, replace=False):
                log[begin:, column] += rng.choice([-1, 1]) * np.log(1.5)
    return np.asarray(np.exp(log))
