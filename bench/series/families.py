"""Daily cost in six families (steady, weekday, growth, bursty, intermittent, month end): the detector was tuned on it."""

from __future__ import annotations

import datetime as dt

import numpy as np

from bench.series.corpus import Corpus

FAMILIES = ("steady", "weekday", "growth", "bursty", "intermittent", "month_end")
FAULTS = ("spike", "level", "halving", "drop", "ramp")
FIRST_DAY = dt.date(2026, 1, 5)


def _base(family: str, days: int, rng: np.random.Generator) -> np.ndarray:
    t = np.arange(days)
    weekday = (t % 7) < 5
    level = np.exp(rng.uniform(3, 7))
    sigma = rng.uniform(0.25, 0.5) if family == "bursty" else rng.uniform(0.04, 0.12)
    noise = np.zeros(days)
    for i in range(1, days):
        noise[i] = 0.35 * noise[i - 1] + rng.normal(0, sigma * np.sqrt(1 - 0.35**2))
    heavy = (rng.random(days) < 0.01) * rng.standard_t(3, days) * 2 * sigma
    log = np.log(level) + noise + heavy
    if family in ("weekday", "growth", "month_end"):
        log = log + np.where(weekday, 0.0, -rng.uniform(0.4, 1.5))
    if family == "growth":
        log = log + rng.uniform(0.001, 0.004) * t
    if family == "month_end":
        dates = np.datetime64(FIRST_DAY) + t
        last = (dates + 1).astype("datetime64[M]") != dates.astype("datetime64[M]")
        log = log + last * rng.uniform(0.3, 0.9)
    values = np.exp(log)
    if family == "intermittent":
        values = values * (rng.random(days) > rng.uniform(0.3, 0.6))
    return np.asarray(values)


def _inject(values: np.ndarray, kind: str, rng: np.random.Generator) -> tuple[int, int]:
    days = len(values)
    t0 = int(rng.integers(70, days - 25))
    if kind == "spike":
        length = int(rng.choice([1, 3]))
        values[t0 : t0 + length] *= rng.choice([1.3, 1.5, 2.0, 3.0])
        return t0, t0 + length
    if kind == "ramp":
        values[t0:] *= 1.03 ** np.arange(days - t0)
        return t0 + 4, min(t0 + 25, days)
    values[t0:] *= {"level": rng.choice([1.2, 1.5, 2.0]), "halving": 0.5, "drop": 0.0}[kind]
    return t0, min(t0 + 10, days)


def corpus(seed: int, share: float = 0.49, series: int = 600, days: int = 180) -> Corpus:
    """Series of the six families, ``share`` of them with one fault."""
    rng = np.random.default_rng(seed)
    columns, windows, faults = [], [], []
    for i in range(series):
        values = _base(FAMILIES[i % len(FAMILIES)], days, rng)
        kind, window = "", None
        if rng.random() < share:
            kind = str(rng.choice(FAULTS))
            window = _inject(values, kind, rng)
        columns.append(values)
        windows.append(window)
        faults.append(kind)
    return Corpus(FIRST_DAY, np.stack(columns, axis=1), windows, faults)
