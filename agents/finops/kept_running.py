"""What a cluster would not have run without one job: by the hours in which it was measured, and by the runs of the job. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from agents.cells import moment, rows

HOUR = dt.timedelta(hours=1)
# Minutes of an hour from which on it ran through; and of work that may be the job's own, beside its runs.
THROUGH, SLACK = 55, 5
Run = tuple[dt.datetime, dt.datetime]  # from when to when (UTC)


@dataclass(frozen=True)
class Hour:
    """A clock hour (UTC) of a cluster: the minutes in which it ran, and of them those with work."""

    at: dt.datetime
    minutes: int
    worked: int


def hours_of(frame: pd.DataFrame) -> list[Hour]:
    """The rows of things.cluster_hours, in order of time."""
    found = [
        Hour(at, int(row.minutes), int(row.minutes) - int(row.idle_minutes))
        for row in rows(frame)
        if (at := moment(row.hour)) is not None
    ]
    return sorted(found, key=lambda one: one.at)


def runs_of(frame: pd.DataFrame) -> list[Run]:
    """The rows of pipelineops.run_list as times."""
    found = [(moment(row.started), float(row.elapsed)) for row in rows(frame)]
    return sorted((at, at + dt.timedelta(seconds=took)) for at, took in found if at is not None)


def only_for(hours: Sequence[Hour], runs: Sequence[Run]) -> dict[dt.date, float]:
    """The hours, by the day on which they began, of the stretches that the cluster ran for ``runs`` alone, its wait for an end
    included. Where anybody else worked in a stretch it would have run all the same."""
    made: dict[dt.date, float] = {}
    for stretch in _stretches(hours):
        own = [_minutes(one.at, runs) for one in stretch]
        if any(own) and all(one.worked <= mine + SLACK for one, mine in zip(stretch, own, strict=True)):
            day = stretch[0].at.date()
            made[day] = made.get(day, 0.0) + sum(one.minutes for one in stretch) / 60
    return made


def ran(runs: Sequence[Run], day: dt.date) -> float:
    """The hours that the runs which began on ``day`` (UTC) took."""
    return sum((end - begin) / HOUR for begin, end in runs if begin.date() == day)


def _stretches(hours: Sequence[Hour]) -> Iterator[list[Hour]]:
    """Hours one after another; between two that it did not run through it was off."""
    stretch: list[Hour] = []
    for one in hours:
        if stretch and (one.at - stretch[-1].at != HOUR or max(one.minutes, stretch[-1].minutes) < THROUGH):
            yield stretch
            stretch = []
        stretch.append(one)
    if stretch:
        yield stretch


def _minutes(hour: dt.datetime, runs: Sequence[Run]) -> float:
    """Of the hour, the minutes in which one of ``runs`` was under way."""
    return sum(max((min(end, hour + HOUR) - max(begin, hour)).total_seconds(), 0.0) for begin, end in runs) / 60
