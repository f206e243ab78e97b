"""Daily cost as counts of work times the cost of each: Poisson noise, drifting levels, weekly rhythms of many shapes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from bench.series.corpus import Corpus, Window

FIRST_DAY = dt.date(2025, 11, 3)
SHAPES = 7


def _rate(shape: int, days: int, rng: np.random.Generator) -> np.ndarray:
    """How much work a day has, around 1."""
    t = np.arange(days)
    day = np.datetime64(FIRST_DAY) + t
    month = day.astype("datetime64[M]")
    of_month = (day - month.astype("datetime64[D]")).astype(int) + 1
    left = ((month + 1).astype("datetime64[D]") - day).astype(int)
    profile = np.ones(7)
    if shape in (0, 1, 4):
        profile = rng.dirichlet(np.full(7, rng.choice([3.0, 30.0]))) * 7
    if shape in (1, 2):
        profile = profile * np.where(np.arange(7) >= 5, rng.uniform(0.15, 0.9), 1.0)
    drift = np.cumsum(rng.normal(0, rng.choice([0, 0.004, 0.01]), days))
    rate = profile[t % 7] * np.exp(drift)
    if shape == 2:
        rate = rate * (1 + rng.uniform(-0.002, 0.005) * t)
    if shape == 3:
        rate = rate * np.where(left <= rng.integers(1, 3), rng.uniform(1.3, 2.2), 1.0)
    if shape == 6:
        rate = rate * np.where(of_month <= 2, rng.uniform(1.2, 1.8), 1.0)
    return np.asarray(rate)


def _series(shape: int, days: int, rng: np.random.Generator) -> np.ndarray:
    mean = rng.choice([20, 80, 400, 2000])
    count = rng.poisson(np.maximum(_rate(shape, days, rng), 0.02) * mean)
    values = np.exp(rng.normal(4.5, 1.2)) * count / mean * np.exp(rng.normal(0, rng.choice([0.02, 0.05, 0.12]), days))
    if shape == 5:  # some days of the week only
        used = rng.random(7) < 0.5
        used[rng.integers(7)] = True
        values = values * used[np.arange(days) % 7]
    odd = rng.random(days) < 0.003
    return np.asarray(np.where(odd, values * np.exp(rng.normal(0, 0.4, days)), values))


def _spoil(values: np.ndarray, kind: str, rng: np.random.Generator) -> Window:
    days = len(values)
    t0 = int(rng.integers(65, days - 30))
    if kind == "burst":
        length = int(rng.integers(1, 4))
        values[t0 : t0 + length] *= rng.choice([1.3, 1.6, 2.2, 4.0])
        return t0, t0 + length
    if kind == "stop":
        values[t0 : t0 + int(rng.integers(2, 30))] = 0
        return t0, t0 + 7
    if kind == "creep":
        values[t0:] *= (1 + rng.choice([0.02, 0.03, 0.05])) ** np.minimum(np.arange(days - t0), 25)
        return t0 + 4, t0 + 25
    sizes: dict[str, Any] = {"step": [1.2, 1.4, 1.8, 2.5], "fall": [0.4, 0.6, 0.75]}
    values[t0:] *= rng.choice(sizes[kind])
    return t0, t0 + 12


def corpus(seed: int, share: float, series: int = 600, days: int = 180) -> Corpus:
    """``series`` of seven shapes, ``share`` of them with one fault."""
    rng = np.random.default_rng(seed)
    columns, windows, faults = [], [], []
    for i in range(series):
        values = _series(i % SHAPES, days, rng)
        kind, window = "", None
        if rng.random() < share:
            kind = str(rng.choice(["burst", "step", "fall", "stop", "creep"]))
            window = _spoil(values, kind, rng)
        columns.append(values)
        windows.append(window)
        faults.append(kind)
    return Corpus(FIRST_DAY, np.stack(columns, axis=1), windows, faults)
