"""What a job promised: for each time it was due to start, or for each day, when its work must be done.

A deadline is declared (done by HH:MM in a zone) or learned (so many seconds after the fire). The schedule in force at
the time decides, not the newest: pausing or editing a schedule takes back nothing.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from agents.detectors.java_zones import java_zone
from agents.detectors.quartz import DAY, Fire, NotUnderstood, fires

LEARNED_FOR = dt.timedelta(weeks=8)  # a job that stopped does not unlearn at once when it used to be done


@dataclass(frozen=True)
class Plan:
    """A schedule in force from ``since`` until ``until`` (UTC); without ``quartz`` something else starts the job."""

    quartz: str
    zone: str
    paused: bool
    since: dt.datetime
    until: dt.datetime

    def local(self) -> dt.tzinfo:
        """The zone of its fires, UTC where it cannot be read."""
        try:
            return java_zone(self.zone or "UTC")
        except ValueError:
            return dt.UTC

    def fires(self, start: dt.datetime, end: dt.datetime) -> Iterator[Fire]:
        """Its fires in [start, end) while it is in force; raises :class:`NotUnderstood`."""
        if not self.quartz or self.paused:
            return iter(())
        return fires(self.quartz, self.zone or "UTC", max(start, self.since), min(end, self.until))


@dataclass(frozen=True)
class Declared:
    """Done by ``time`` each day in ``zone``."""

    time: dt.time
    zone: dt.tzinfo
    source = "declared"

    def due(self, day: dt.date) -> dt.datetime | None:
        """The instant of ``day`` (UTC): a time that occurs twice at its second, one that is skipped so much later. None
        for a day that the zone does not have."""
        noon = dt.datetime.combine(day, dt.time(12), self.zone)
        if noon.astimezone(dt.UTC).astimezone(self.zone).date() != day:
            return None
        wall = dt.datetime.combine(day, self.time, self.zone)
        return max(wall.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))

    def begins(self, day: dt.date) -> dt.datetime:
        """Midnight of ``day`` (UTC)."""
        return dt.datetime.combine(day, dt.time(), self.zone).astimezone(dt.UTC)

    def after(self, fire: dt.datetime) -> tuple[dt.date, dt.datetime]:
        """The day and instant by which the work of ``fire`` must be done: the first that comes after it."""
        day = fire.astimezone(self.zone).date()
        while (due := self.due(day)) is None or due <= fire:
            day += DAY
        return day, due


@dataclass(frozen=True)
class Learned:
    """Done ``seconds`` after the fire, by the Monday from which that is known; None: at all times."""

    weeks: Sequence[tuple[dt.date | None, float]]
    source = "learned"

    def seconds(self, fire: dt.datetime) -> float | None:
        """The value of the fire's week, which depends on nothing that came later; None where nothing is known."""
        if self.weeks and self.weeks[0][0] is None:
            return self.weeks[0][1]
        monday = fire.toordinal() - fire.weekday()
        place = bisect_right(self._mondays, monday) - 1
        known = place >= 0 and monday - self._mondays[place] <= LEARNED_FOR.days
        return self.weeks[place][1] if known else None

    @cached_property
    def _mondays(self) -> list[int]:
        return [week.toordinal() for week, _ in self.weeks if week is not None]


Deadline = Declared | Learned


class Promise(NamedTuple):
    """The work of ``fire`` must be done by ``due`` (UTC); it belongs to ``day`` of the promise's own zone. Without a fire
    any success of the day, which ``begins`` at its midnight, will do. ``unclear``: the schedule is not understood, so
    nobody knows what was due. ``loose``: the scheduler passes the fire over, or the job was paused, released, made or
    deleted that day: nothing is missing where nothing ran."""

    day: dt.date
    due: dt.datetime
    fire: Fire | None = None
    begins: dt.datetime | None = None
    unclear: bool = False
    loose: bool = False


def promises(plans: Sequence[Plan], deadline: Deadline, first: dt.date, last: dt.date) -> Iterator[Promise]:
    """What ``plans`` (in order of time) promised for the days from ``first`` to before ``last``. Fires that are due later
    are among them: runs are needed for those before others."""
    start, end = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (first, last))
    for plan, following in zip(plans, [*plans[1:], None], strict=True):
        if plan.paused:
            continue
        pause = following is not None and following.paused and following.since == plan.until
        paused = plan.until if pause else None
        gone = following is None or following.since > plan.until  # at its end the job is deleted
        try:
            yield from _scheduled(plan, deadline, start - 2 * DAY, end + 3 * DAY, paused, gone)
        except NotUnderstood:
            yield from _unclear(plan, first, last)
        if not plan.quartz and isinstance(deadline, Declared):
            yield from _daily(plan, deadline, first - 2 * DAY, last + 3 * DAY, paused)


def _scheduled(
    plan: Plan, deadline: Deadline, start: dt.datetime, end: dt.datetime, paused: dt.datetime | None, gone: bool
) -> Iterator[Promise]:
    off = _date(paused, plan.local())  # who pauses a job may have meant the day's run, too
    until = plan.until if gone else None
    if isinstance(deadline, Declared):
        for fire in plan.fires(start, end):
            day, due = deadline.after(fire.at)
            yield Promise(day, due, fire, None, False, fire.day == off or (until is not None and until <= due))
        return
    known: dict[int, dt.timedelta | None] = {}  # by the day of the fire: all of one have one
    for fire in plan.fires(start, end):
        number = fire.at.toordinal()
        if number not in known:
            seconds = deadline.seconds(fire.at)
            known[number] = None if seconds is None else dt.timedelta(seconds=seconds)
        if (after := known[number]) is not None:
            due = fire.at + after
            loose = fire.skipped or fire.day == off or (until is not None and until <= due)
            yield Promise(fire.day, due, fire, None, False, loose)


def _daily(
    plan: Plan, deadline: Declared, day: dt.date, last: dt.date, paused: dt.datetime | None
) -> Iterator[Promise]:
    part = {_date(plan.since, deadline.zone), _date(paused, deadline.zone)}  # days on which it may not have run
    while day < last:
        due = deadline.due(day)
        if due is not None and plan.since <= due < plan.until:
            yield Promise(day, due, begins=deadline.begins(day), loose=day in part)
        day += DAY


def _date(at: dt.datetime | None, zone: dt.tzinfo) -> dt.date | None:
    return at.astimezone(zone).date() if at else None


def _unclear(plan: Plan, day: dt.date, last: dt.date) -> Iterator[Promise]:
    local = plan.local()
    while day < last:
        begins = dt.datetime.combine(day, dt.time(), local).astimezone(dt.UTC)
        if plan.since < begins + DAY and begins < plan.until:
            yield Promise(day, begins + DAY, unclear=True)
        day += DAY
