"""Daily spend with calendars and steps of many kinds: what a month-end forecast meets in accounts that no shape fits."""

from __future__ import annotations

import datetime as dt

import numpy as np

FIRST_DAY = dt.date(2025, 4, 10)
DAYS = 400
SHAPES = (
    "flat", "noisy", "weekly", "growth", "decline", "step_up", "step_down", "steps", "last_day", "first_day",
    "last_business_day", "quarter_end", "growth_month_end", "zeros",
)  # fmt: skip


def _ends(shape: str) -> np.ndarray:
    """Which days are raised at the ends of months in ``shape``."""
    day = np.datetime64(FIRST_DAY) + np.arange(DAYS)
    month = day.astype("datetime64[M]")
    if shape == "first_day":
        return np.asarray(day == month.astype("datetime64[D]"))
    last = (month + 1).astype("datetime64[D]") - 1
    if shape == "last_business_day":
        return np.asarray(day == np.busday_offset(last, 0, roll="backward"))
    if shape == "quarter_end":
        return np.asarray((day == last) & (month.astype(int) % 3 == 2))
    return np.asarray((day == last) & (shape in ("last_day", "growth_month_end")))


def _steps(shape: str, rng: np.random.Generator) -> np.ndarray:
    """Log of the level of one series: one step at any day from the 60th, or one every 110 days on average."""
    level = np.zeros(DAYS)
    if shape in ("step_up", "step_down"):
        level[rng.integers(60, DAYS) :] += np.log(1.5 if shape == "step_up" else 0.6)
    begin = 60 if shape == "steps" else DAYS
    while (begin := begin + 1 + int(rng.exponential(110))) < DAYS:
        level[begin:] += np.log(1.5 if rng.random() < 0.5 else 0.6)
    return level


def spend(shape: str, seed: int, series: int = 40) -> np.ndarray:
    """Days x series of money: any weekly profile, AR(1) noise of 2 to 20 %; growth of .1 to .6 % a day, decline of .1 to
    .4 %, steps of x1.5 and x0.6, ends of months x1.5 to x2.5 (quarters to x4), 2 to 12 % of days without any."""
    rng = np.random.default_rng([17, SHAPES.index(shape), seed])
    t = np.arange(DAYS)[:, None]
    low, high = (0.12, 0.2) if shape == "noisy" else (0.02, 0.2) if shape in SHAPES[:5] else (0.02, 0.12)
    sigma, follows = np.exp(rng.uniform(np.log(low), np.log(high), series)), rng.uniform(0, 0.5, series)
    noise = rng.normal(0, sigma, (DAYS, series))
    for i in range(1, DAYS):
        noise[i] = follows * noise[i - 1] + noise[i] * np.sqrt(1 - follows**2)
    profile = rng.normal(0, 0.35 if shape == "weekly" else 0.1, (7, series))
    profile[5:] -= rng.uniform(0, 1.2, series)
    log = rng.uniform(3, 9, series) + noise + profile[np.arange(DAYS) % 7]
    if shape.startswith("growth"):
        log += rng.uniform(0.001, 0.006, series) * t
    if shape == "decline":
        log -= rng.uniform(0.001, 0.004, series) * t
    log += np.stack([_steps(shape, rng) for _ in range(series)], axis=1)
    log += np.where(_ends(shape)[:, None], np.log(rng.uniform(1.5, 4.0 if shape == "quarter_end" else 2.5, series)), 0)
    used = rng.random((DAYS, series)) > (rng.uniform(0.02, 0.12, series) if shape == "zeros" else 0.0)
    return np.asarray(np.exp(log) * used)
