"""When a Quartz schedule fires. Databricks jobs are scheduled with Quartz expressions in a named time zone.

Six or seven fields: seconds, minutes, hours, days of the month, months, days of the week (1 is Sunday), years. The
grammar and what odd forms mean are those of org.quartz.CronExpression 2.3.2, checked against its own fire times
(tests/agents/quartz_fires.yml): a step after a range of names is not read, ``31W`` skips shorter months.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from typing import NamedTuple

from agents.detectors.java_zones import java_zone

MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
WEEKDAYS = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")
SATURDAY = 7
DAY = dt.timedelta(days=1)
Rule = Callable[[dt.date], bool]  # whether a date is meant


class NotUnderstood(ValueError):
    """A schedule that cannot be read: nothing may be said of when its job was due."""


class Fire(NamedTuple):
    """An instant at which a job is due to start (UTC). Where clocks change the wall time is not one instant: ``since``
    is the first that a reading of it allows, and ``skipped`` says that it does not exist on that day. ``day`` is the date of
    ``at`` in the schedule's zone."""

    at: dt.datetime
    since: dt.datetime
    day: dt.date
    skipped: bool = False


@dataclass(frozen=True)
class Schedule:
    """What an expression says: times of the day in order, how long after midnight they are where no clock changes, and rules
    that all hold on the days it fires."""

    clock: tuple[dt.time, ...]
    after: tuple[dt.timedelta, ...]
    rules: tuple[Rule, ...]

    def meant(self, day: dt.date) -> bool:
        return all(rule(day) for rule in self.rules)


@dataclass(frozen=True)
class _Field:
    """The numbers a field may have, their names from ``low`` on, and the highest step."""

    low: int
    high: int
    names: tuple[str, ...] = ()
    step: int = 10_000

    def number(self, word: str) -> int:
        """``word`` as a number of this field: a number, or a name of at least three letters."""
        named = [n for n, name in enumerate(self.names, self.low) if len(word) >= 3 and name.startswith(word)]
        if not named and not re.fullmatch(r"\d{1,4}", word):
            raise NotUnderstood(f"{word!r}")
        value = named[0] if named else int(word)
        if not self.low <= value <= self.high:
            raise NotUnderstood(f"{value} is not within {self.low} to {self.high}")
        return value

    def values(self, text: str) -> frozenset[int]:
        """All numbers that a list of values, ranges (also over the end) and steps names."""
        return frozenset(value for part in text.split(",") for value in self._part(part))

    def _part(self, part: str) -> Iterator[int]:
        span, slash, said = part.partition("/")
        step = int(said) if re.fullmatch(r"\d{1,3}", said) else -1
        if slash and not 0 <= step <= self.step:
            raise NotUnderstood(f"step {said!r}")
        if span in ("*", "") and (span or slash):
            return iter(range(self.low, self.high + 1, step if slash and step else 1))
        first, dash, last = span.partition("-")
        start = self.number(first)
        named = not first[0].isdigit()
        if not dash:
            steps = slash and step and not named
            return iter(range(start, self.high + 1, step) if steps else (start,))
        end = self.number(last)
        if named or not slash:
            step = 1
        if end < start and self is YEAR:
            raise NotUnderstood(f"years run forward: {part!r}")
        over = self.high - self.low + 1
        reach = range(start, end + 1 if end >= start else end + over + 1, step) if step else (start,)
        return iter((n - self.low) % over + self.low for n in reach)


SIXTY, HOUR = _Field(0, 59, step=59), _Field(0, 23, step=23)
OF_MONTH, MONTH = _Field(1, 31, step=31), _Field(1, 12, MONTHS, step=12)
OF_WEEK, YEAR = _Field(1, 7, WEEKDAYS, step=7), _Field(1970, 2199)


def _last(day: dt.date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _weekday(day: dt.date) -> int:
    """1 is Sunday."""
    return day.isoweekday() % 7 + 1


def _nearest(day: dt.date, number: int) -> int:
    """The working day of ``day``'s month that is nearest to its ``number``; 0 where the month has no such day."""
    last = _last(day)
    if not 1 <= number <= last:
        return 0
    weekday = _weekday(day.replace(day=number))
    if weekday == SATURDAY:
        return number - 1 if number > 1 else number + 2
    if weekday == 1:
        return number + 1 if number < last else number - 2
    return number


def _of_month(text: str) -> Rule:
    """The days that one part of the days of the month means: ``L``, ``L-3``, ``LW``, ``L-3W``, ``15W`` or numbers."""
    last = re.fullmatch(r"L(?:-(\d{1,2}))?(W?)", text)
    if last:
        before, working = int(last.group(1) or 0), last.group(2)
        if working:
            return lambda day: day.day == _nearest(day, _last(day) - before)
        return lambda day: day.day == _last(day) - before
    if text.endswith("W"):
        number = OF_MONTH.number(text[:-1])
        return lambda day: day.day == _nearest(day, number)
    numbers = OF_MONTH.values(text)
    return lambda day: day.day in numbers


def _of_week(text: str) -> Rule:
    """The days that one part of the days of the week means: ``L`` (Saturday), ``6L`` or ``FRIL`` (the last Friday of the
    month), ``2#1`` or ``MON#1`` (the first Monday), numbers and names."""
    if text in ("L", "LW"):
        return lambda day: _weekday(day) == SATURDAY
    nth = re.fullmatch(r"(\w+)#([1-5])", text)
    if nth:
        number, week = OF_WEEK.number(nth.group(1)), int(nth.group(2))
        return lambda day: _weekday(day) == number and (day.day + 6) // 7 == week
    if len(text) > 1 and text.endswith("L"):
        number = OF_WEEK.number(text[:-1])
        return lambda day: _weekday(day) == number and day.day + 7 > _last(day)
    numbers = OF_WEEK.values(text)
    return lambda day: _weekday(day) in numbers


def _any(rules: list[Rule], day: dt.date) -> bool:
    return any(rule(day) for rule in rules)


def _within(values: frozenset[int], part: str, day: dt.date) -> bool:
    return getattr(day, part) in values


@lru_cache(maxsize=4096)
def read(expression: str) -> Schedule:
    """The schedule that ``expression`` means; raises :class:`NotUnderstood`."""
    fields = expression.upper().split()
    if len(fields) not in (6, 7):
        raise NotUnderstood(f"a Quartz expression has six or seven fields: {expression!r}")
    seconds, minutes, hours, of_month, months, of_week = fields[:6]
    if (of_month == "?") == (of_week == "?"):
        raise NotUnderstood(f"one of the two day fields of a Quartz expression is a question mark: {expression!r}")
    try:
        times = list(product(*map(sorted, (HOUR.values(hours), SIXTY.values(minutes), SIXTY.values(seconds)))))
        clock, after = (
            [dt.time(h, m, s) for h, m, s in times],
            [dt.timedelta(0, s, minutes=m, hours=h) for h, m, s in times],
        )
        rules: list[Rule] = [partial(_within, MONTH.values(months), "month")] if months != "*" else []
        if len(fields) == 7 and fields[6] != "*":
            rules.append(partial(_within, YEAR.values(fields[6]), "year"))
        text, one = (of_month, _of_month) if of_week == "?" else (of_week, _of_week)
        if text != "*":
            rules.append(partial(_any, [one(part) for part in text.split(",")]))
        return Schedule(tuple(clock), tuple(after), tuple(rules))
    except NotUnderstood as error:
        raise NotUnderstood(f"cannot read the Quartz expression {expression!r}: {error}") from error


def fires(expression: str, zone: str, start: dt.datetime, end: dt.datetime) -> Iterator[Fire]:
    """Every fire of ``expression`` in ``zone`` whose ``at`` lies in [start, end), in order; however many they are.

    Clock changes as in Quartz: a wall time that occurs twice fires at its second. One that summer time skips does not
    fire in Quartz; it is given here as so much later (02:30 as 03:30), marked ``skipped``, because what was promised for
    that day may still be done. Raises :class:`NotUnderstood` for an expression or zone that cannot be read.
    """
    schedule = read(expression)
    try:
        local = java_zone(zone)
    except ValueError as error:
        raise NotUnderstood(f"cannot read schedule {expression!r}: {error}") from error
    day, last = (start - DAY).astimezone(local).date(), (end + DAY).astimezone(local).date()
    while day <= last:
        if schedule.meant(day) and (found := _of_day(schedule, day, local)):
            whole = start <= found[0].at and found[-1].at < end  # as nearly every day is
            yield from found if whole else (fire for fire in found if start <= fire.at < end)
        day += DAY


def _of_day(schedule: Schedule, day: dt.date, zone: dt.tzinfo) -> list[Fire]:
    midnight = _midnight(day, zone)
    if midnight is not None:
        return [Fire(at, at, day) for at in [midnight + after for after in schedule.after]]
    found: dict[dt.datetime, Fire] = {}
    for time in schedule.clock:
        fire = _instant(dt.datetime.combine(day, time, zone))
        if fire.at not in found or found[fire.at].skipped:
            found[fire.at] = fire
    return [found[at] for at in sorted(found)]


@lru_cache(maxsize=8192)
def _midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime | None:
    """The first instant of ``day`` (UTC), from which its times are counted, where no clock changes that day: adding is much
    faster than asking for each time's offset."""
    first = dt.datetime.combine(day, dt.time(), zone)
    steady = len({(first + n * DAY / 8).utcoffset() for n in range(9)}) == 1
    return first.astimezone(dt.UTC) if steady else None


def _instant(wall: dt.datetime) -> Fire:
    """The instant of a wall time; a skipped or repeated one has two readings."""
    readings = [wall.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1)]
    there = readings[0].astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None)
    at = max(readings)
    return Fire(at, min(readings), at.astimezone(wall.tzinfo).date(), skipped=not there)


@lru_cache(maxsize=1024)
def fire_times(expression: str, zone: str, start: dt.datetime, end: dt.datetime) -> tuple[dt.datetime, ...]:
    """The instants of :func:`fires`."""
    return tuple(fire.at for fire in fires(expression, zone, start, end))
