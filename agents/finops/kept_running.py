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
    """The hours, by the day on which they began, that the cluster ran for ``runs`` alone, its wait for an end included: whole
    stretches in which it ran for nobody else, and of others what came before anybody else's work, or after it."""
    stretches = list(_stretches(hours))
    wait = waits(stretches, runs)
    kept = [(begin, end + dt.timedelta(minutes=wait)) for begin, end in runs]
    made: dict[dt.date, float] = {}
    for stretch in stretches:
        day, minutes = stretch[0].at.date(), _alone(stretch, runs, kept, wait)
        if minutes > 0:
            made[day] = made.get(day, 0.0) + minutes / 60
    return made


def waits(stretches: Sequence[Sequence[Hour]], runs: Sequence[Run]) -> float:
    """For how many minutes the cluster waits for an end: it runs on for so long after the last of ``runs`` in a stretch, or longer
    where others work, so the shortest time that was seen."""
    seen = []
    for stretch in stretches:
        ends = [end for _, end in runs if stretch[0].at <= end < stretch[-1].at + HOUR]
        if ends:
            last = max(ends)
            seen.append(
                sum(one.minutes - _minutes(one.at, [(one.at, last)]) for one in stretch if one.at + HOUR > last)
            )
    return max(min(seen, default=0.0), 0.0)


def _alone(stretch: Sequence[Hour], runs: Sequence[Run], kept: Sequence[Run], wait: float) -> float:
    """The minutes of a stretch in which it ran for ``runs`` alone; ``kept`` are they with their waits."""
    if not any(_minutes(one.at, runs) for one in stretch):
        return 0.0
    others = any(one.worked - _minutes(one.at, runs) > SLACK for one in stretch)
    if others and not any(one.minutes > one.worked for one in stretch):  # full memory: a wait looks like work as well
        others = any(one.minutes - _minutes(one.at, kept) > SLACK for one in stretch)
    if not others:
        return float(sum(one.minutes for one in stretch))
    return _until_others(stretch, runs) + max(_until_others(stretch[::-1], runs) - wait, 0.0)


def _until_others(stretch: Sequence[Hour], runs: Sequence[Run]) -> float:
    """The minutes of its first hours until others worked; 0 where ``runs`` come after that."""
    made, seen = 0.0, False
    for one in stretch:
        own = _minutes(one.at, runs)
        if one.worked - own > SLACK:  # who of both came first in this hour is not known, unless the run began before it
            made += min(float(one.minutes), own) if seen else 0.0
            break
        seen, made = seen or own > 0, made + one.minutes
    return made if seen else 0.0


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
