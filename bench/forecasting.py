"""How well a month's end is foreseen from each day of the month, by the shape of the spend."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from agents.detectors.forecast import LEAST
from agents.detectors.month_ends import LONGEST, month_ends
from bench.series import months, months_calendar, months_usage

GENERATORS = {"months": months, "calendar": months_calendar, "usage": months_usage}
SHORT = 100  # days of a short history, at most
JUDGED = 92  # days from which the end of their month is forecast
PARTS = (1, 8, 15, 22, 27, 32)  # days of the month at which a part begins


def _medians(values: np.ndarray, t: int, length: int) -> np.ndarray:
    """The usual way: the medians of the same weekday over six weeks."""
    recent = values[t - 41 : t + 1]
    usual = np.stack([np.median(recent[day::7], axis=0) for day in range(7)])
    return np.asarray(usual[np.arange(length) % 7].sum(axis=0))


def judged(values: np.ndarray, first_day: dt.date = months.FIRST_DAY) -> dict[str, Any]:
    """Share of the months that ended inside the 80 % band (in all and by part of the month), mean error of the middle as a
    share of the month, WAPE of the rest, and that of weekday medians."""
    known = month_ends(values, first_day)
    inside, off, wrong, usual, came, of_month = [], [], [], [], [], []
    for t in range(len(values) - JUDGED - 32, len(values) - 32):
        length, outlook, actual = int(known.length[t]), known.outlook(t), known.came(t)
        said = known.rest(t)
        day = int((np.datetime64(first_day) + t + 1).astype(object).day)
        month = values[t + 2 - day : t + 1].sum(axis=0) + actual
        inside.append((said * outlook.low <= actual) & (actual <= said * outlook.high))
        off.append((said * outlook.middle - actual) / month)
        wrong.append(np.abs(said * outlook.middle - actual))
        usual.append(np.abs(_medians(values, t, length) - actual))
        came.append(actual)
        of_month.append(day)
    part = np.searchsorted(PARTS, of_month, side="right")
    covered = np.array(inside)
    return {
        "covers": round(float(covered.mean()), 3),
        **{f"covers_from_day_{PARTS[i - 1]}": round(float(covered[part == i].mean()), 3) for i in range(1, len(PARTS))},
        "bias": round(float(np.mean(off)), 4),
        "wape": round(float(np.sum(wrong) / np.sum(came)), 4),
        "wape_of_weekday_medians": round(float(np.sum(usual) / np.sum(came)), 4),
    }


def covered_young(values: np.ndarray, first_day: dt.date = months.FIRST_DAY) -> float:
    """Share of the months that ended inside the 80 % band, seen from each day of a history of 49 to 100 days."""
    known = month_ends(values[: SHORT + LONGEST], first_day)
    inside = []
    for t in range(LEAST - 1, SHORT):
        outlook, said, actual = known.outlook(t), known.rest(t), known.came(t)
        inside.append((said * outlook.low <= actual) & (actual <= said * outlook.high))
    return round(float(np.mean(inside)), 3)


def forecasting(seeds: int) -> dict[str, Any]:
    """:func:`judged` and :func:`covered_young` per generator and shape, on ``seeds`` x 40 series of 13 months."""
    figures = {}
    for name, made in GENERATORS.items():
        for shape in made.SHAPES:
            values = np.concatenate([made.spend(shape, 100 + seed) for seed in range(seeds)], axis=1)
            young = covered_young(values, made.FIRST_DAY)
            figures[f"{name} {shape}"] = {**judged(values, made.FIRST_DAY), "covers_when_young": young}
    return figures
