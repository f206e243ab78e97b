"""Which deadline counts for which days of a job: the declaration then in force, where none was, what is learned.

A new declaration counts from the first day whose deadline, by the one before it, had not come yet: what was missed stays so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from agents.detectors.java_zones import java_zone
from agents.detectors.promises import Deadline, Declared, Learned

Key = tuple[str, str]  # workspace_id, job_id
Days = tuple[dt.date, dt.date]  # from, before


@dataclass(frozen=True)
class InForce:
    """``deadline`` counts for the days from ``first`` to before ``last``."""

    deadline: Deadline
    first: dt.date = dt.date.min
    last: dt.date = dt.date.max

    def within(self, days: Days) -> Days:
        """Those of ``days`` for which it counts."""
        return max(days[0], self.first), min(days[1], self.last)


@dataclass(frozen=True)
class _Version:
    declared: Declared
    since: dt.datetime | None
    until: dt.datetime | None


def in_force(frame: pd.DataFrame) -> dict[Key, list[InForce]]:
    """The deadlines of each job in order of their days. ``frame`` as ``deadlines`` of
    :func:`agents.detectors.service_level.job_days`."""
    declared: dict[Key, list[_Version]] = {}
    weeks: dict[Key, list[tuple[dt.date | None, float]]] = {}
    row: Any
    for row in frame.itertuples():
        key = (str(row.workspace_id), str(row.job_id))
        if isinstance(row.due_time, str) and row.due_time:
            hour, minute = map(int, row.due_time.split(":"))
            since, until = (_moment(getattr(row, name, None)) for name in ("since", "until"))
            own = Declared(dt.time(hour, minute), java_zone(str(row.zone)))
            declared.setdefault(key, []).append(_Version(own, since, until))
        elif (packed := getattr(row, "weeks", None)) is not None:
            weeks.setdefault(key, []).extend(map(week, packed))
        else:
            monday = getattr(row, "week", None)
            first = None if pd.isna(monday) else pd.Timestamp(monday).date()
            weeks.setdefault(key, []).append((first, float(row.seconds)))
    learned = {key: Learned(sorted(known, key=lambda one: one[0] or dt.date.min)) for key, known in weeks.items()}
    return {key: list(_spans(declared.get(key, []), learned.get(key))) for key in (learned | declared)}


def week(packed: str) -> tuple[dt.date, float]:
    """A Monday and seconds, of ``weeks`` of pipelineops.learned_by_week: a blank between them."""
    monday, seconds = packed.split(" ")
    return dt.date.fromisoformat(monday), float(seconds)


def _spans(versions: list[_Version], learned: Learned | None) -> Iterator[InForce]:
    """What is declared, each for its days, and what is learned for those between."""
    free = dt.date.min  # the first day that none of the versions so far counts for
    before: _Version | None = None
    for one in sorted(versions, key=lambda one: (one.since is not None, one.since or dt.datetime.min)):
        first = dt.date.min if one.since is None else one.declared.after(one.since)[0]
        if before is not None and before.until == one.since:
            first = free
        first = max(first, free)
        last = dt.date.max if one.until is None else max(one.declared.after(one.until)[0], first)
        if learned is not None and free < first:
            yield InForce(learned, free, first)
        yield InForce(one.declared, first, last)
        free, before = last, one
    if learned is not None and free < dt.date.max:
        yield InForce(learned, free)


def _moment(value: Any) -> dt.datetime | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).tz_convert(dt.UTC).to_pydatetime()
