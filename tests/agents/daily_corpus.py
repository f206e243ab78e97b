"""Labelled synthetic daily cost series for judging the detector: six families, about half carry one fault."""

from __future__ import annotations

import datetime as dt

import numpy as np

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


def corpus(seed: int, series: int = 600, days: int = 180) -> tuple[np.ndarray, list[tuple[int, int] | None], list[str]]:
    """(days x series values, fault window [t0, t1) or None per series, family per series)."""
    rng = np.random.default_rng(seed)
    columns, windows, families = [], [], []
    for i in range(series):
        family = FAMILIES[i % len(FAMILIES)]
        values = _base(family, days, rng)
        windows.append(_inject(values, str(rng.choice(FAULTS)), rng) if rng.random() < 0.49 else None)
        columns.append(values)
        families.append(family)
    return np.stack(columns, axis=1), windows, families


def judge(alerts: np.ndarray, windows: list[tuple[int, int] | None], quiet: int = 14) -> dict[str, float]:
    """Recall over faults, precision over alerts, false alerts per 1,000 series-days; one alert per ``quiet`` days."""
    hits, faults, true, false, clean = 0, 0, 0, 0, 0
    for i, window in enumerate(windows):
        last, found = -quiet, False
        clean += alerts.shape[0] - 49 - (window[1] - window[0] if window else 0)
        for t in np.nonzero(alerts[:, i])[0].tolist():
            inside = window is not None and window[0] <= t < window[1] + 3
            if inside:
                true += not found
                found = True
            elif t - last >= quiet and not (window is not None and t >= window[0]):
                false += 1
                last = t
        faults += window is not None
        hits += found
    return {"recall": hits / faults, "precision": true / max(true + false, 1), "false_per_1000": 1000 * false / clean}
