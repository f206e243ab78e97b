"""Daily cost as the sum of a few jobs: runs that fail now and then, slow waves, month ends, heavy tails."""

from __future__ import annotations

import datetime as dt

import numpy as np

from bench.series.corpus import Corpus, Window

FIRST_DAY = dt.date(2026, 2, 2)
FAULTS = ("spike", "rise", "fall", "stop", "ramp")


def _series(number: int, days: int, rng: np.random.Generator) -> np.ndarray:
    t = np.arange(days)
    day = np.datetime64(FIRST_DAY) + t
    month = day.astype("datetime64[M]")
    left = ((month + 1).astype("datetime64[D]") - day).astype(int)
    weekend = t % 7 >= 5
    values = np.zeros(days)
    for _ in range(int(rng.integers(1, 6))):
        length = np.exp(rng.normal(0, rng.uniform(0.03, 0.2), days))
        runs = rng.choice([1, 4, 24])
        done = rng.binomial(runs, rng.uniform(0.9, 1), days) / runs
        due = [np.ones(days), np.ones(days), ~weekend * 1.0, np.where(weekend, 0.4, 1.0)][rng.integers(4)]
        values += np.exp(rng.normal(3, 1)) * length * done * due
    values *= 1 + rng.uniform(0, 0.1) * np.sin(2 * np.pi * (t / rng.uniform(60, 120) + rng.random()))
    values *= np.exp(rng.normal(0, 0.002) * t) * (1 + 0.03 * rng.standard_t(4, days))
    if number % 8 == 0:
        values *= np.where(left == 1, rng.uniform(1.5, 3), 1)
    if number % 8 == 1:
        values *= np.where(left <= 2, rng.uniform(1.2, 2), 1)
    return np.asarray(np.maximum(values, 0))


def _spoil(values: np.ndarray, kind: str, rng: np.random.Generator) -> Window:
    days = len(values)
    t0 = int(rng.integers(65, days - 28))
    if kind == "spike":
        length = int(rng.choice([1, 2, 4]))
        values[t0 : t0 + length] *= rng.choice([1.5, 2.0, 5.0])
        return t0, t0 + length
    if kind == "ramp":
        values[t0:] *= 1.03 ** np.minimum(np.arange(days - t0), 40)
        return t0 + 4, t0 + 25
    if kind == "stop":
        values[t0:] = 0
        return t0, t0 + 10
    values[t0:] *= rng.choice([1.25, 1.6, 2.2] if kind == "rise" else [0.3, 0.5, 0.75])
    return t0, t0 + 12


def corpus(seed: int, share: float, series: int = 600, days: int = 180) -> Corpus:
    """``series`` of jobs, ``share`` of them with one fault."""
    rng = np.random.default_rng(seed)
    columns, windows, faults = [], [], []
    for i in range(series):
        values = _series(i, days, rng)
        kind, window = "", None
        if rng.random() < share:
            kind = FAULTS[rng.integers(len(FAULTS))]
            window = _spoil(values, kind, rng)
        columns.append(values)
        windows.append(window)
        faults.append(kind)
    return Corpus(FIRST_DAY, np.stack(columns, axis=1), windows, faults)
