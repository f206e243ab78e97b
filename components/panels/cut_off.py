"""Periods at the edge of what is looked at hold only some of their days: which do, and in which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pandas as pd

from components.panels.groups import grouped
from components.text import format as fmt
from components.tiles.tile import Derive

DAY = dt.timedelta(days=1)


def bounds(period: dt.date, grain: str) -> tuple[dt.date, dt.date]:
    """The first day of the day, week or month that begins at ``period``, and the day after its last."""
    if grain == "month":
        return period, (period.replace(day=1) + 31 * DAY).replace(day=1)
    return period, period + (7 if grain == "week" else 1) * DAY


def cut_off(periods: Iterable[Any], grain: str, start: dt.date, end: dt.date) -> dict[Any, str]:
    """``3 of 31 days`` by period, for those of which days lie before ``start`` or from ``end`` (exclusive) on."""
    found = {}
    for period in dict.fromkeys(periods):
        first, after = bounds(pd.Timestamp(period).date(), grain)
        inside = (min(after, end) - max(first, start)).days
        if inside < (after - first).days:
            found[period] = f"{max(inside, 0)} of {(after - first).days} days"
    return found


def grouped_and_cut(by: str, grain: str, start: dt.date, end: dt.date) -> Derive:
    """As :func:`components.panels.groups.grouped`; rows also say of which days (``cut``) their period is, where not of all."""

    def derive(frames: Any) -> dict[str, pd.DataFrame]:
        made = {}
        for name, frame in grouped(by)(frames).items():
            words = cut_off(frame["period"], grain, start, end)
            made[name] = frame.assign(cut=[words.get(period, "") for period in frame["period"]])
        return made

    return derive


def words_of(frame: pd.DataFrame) -> dict[Any, str]:
    """The periods of ``frame`` that are cut off, with their words; none where nobody looked."""
    if "cut" not in frame:
        return {}
    cut = frame[frame["cut"] != ""]
    return dict(zip(cut["period"], cut["cut"], strict=True))


def sentence(cut: dict[Any, str]) -> str:
    """`` Cut off: 1 Oct (3 of 31 days).``, to stand behind another sentence; empty for none."""
    told = ", ".join(f"{fmt.day(pd.Timestamp(period).date())} ({words})" for period, words in sorted(cut.items()))
    return f" Cut off: {told}." if told else ""
