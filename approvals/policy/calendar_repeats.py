"""Events of a calendar that repeat: which rules are taken, and when they happen (icalendar, recurring-ical-events).

A rule without an end is worked out for the year that is asked for and no further, so a calendar costs the same whatever
its rules say; what repeats within a day, or counts further than anybody plans, is refused when the file is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar
from icalendar.prop import vRecur
from recurring_ical_events import of

from approvals.policy.spans import Span, readings

LONGEST = dt.timedelta(days=31)  # of a span that repeats
MOST_COUNTED = 10_000
_RULES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR",
     "BYMINUTE", "BYSECOND", "BYSETPOS")
)  # fmt: skip
_IN_A_DAY = 24  # starts in a day, at most
_CENTURY = dt.timedelta(days=36_525)


def bounded_rule(rule: str, start: dt.datetime) -> str:
    """``rule`` (the value of an RRULE) as it is, when it can be worked out quickly. Raises ValueError with the reason."""
    try:
        read = vRecur.from_ical(rule)
    except Exception:  # the library raises what its parts raise
        raise ValueError(f"not understood: {rule!r}") from None
    if unknown := {str(name).upper() for name in read} - _PARTS:
        raise ValueError(f"not understood: {min(unknown)}")
    if read.get("FREQ", [""])[0] not in _RULES:
        raise ValueError(f"FREQ is one of {', '.join(_RULES)}")
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(len(read.get(name, [])), 1)
    if times > _IN_A_DAY:
        raise ValueError(f"more than {_IN_A_DAY} starts in a day")
    if not 1 <= int(read.get("INTERVAL", [1])[0]) <= MOST_COUNTED:
        raise ValueError(f"INTERVAL lies between 1 and {MOST_COUNTED:,}")
    if "COUNT" in read:
        if "UNTIL" in read:
            raise ValueError("COUNT and UNTIL exclude each other")
        _counted(read, start)
    return rule


def _counted(read: vRecur, start: dt.datetime) -> None:
    """A count is reached, and soon: a rule that never comes would be looked for until the year 9999."""
    count = int(read["COUNT"][0])
    if not 1 <= count <= MOST_COUNTED:
        raise ValueError(f"COUNT lies between 1 and {MOST_COUNTED:,}")
    free: Any = vRecur({name: value for name, value in read.items() if name != "COUNT"} | {"UNTIL": [start + _CENTURY]})
    reached = list(islice(rrulestr(free.to_ical().decode(), dtstart=start), count))
    if len(reached) < count:
        raise ValueError("COUNT is not reached within a hundred years")


def occurrences(repeats: str, zone: str, since: dt.datetime, until: dt.datetime) -> Iterator[Span]:
    """The spans of ``repeats`` that start in the years (UTC) from ``since`` to ``until``, by year. ``zone`` is that of
    whole days. What stands in a span as its start and end is read from the wall clock: the first reading of the start,
    the last of the end."""
    if repeats:
        for year in range(since.year, until.year + 1):
            yield from _of_year(repeats, zone, year)


@lru_cache(maxsize=64)
def _of_year(repeats: str, zone: str, year: int) -> tuple[Span, ...]:
    first, last = dt.datetime(year, 1, 1, tzinfo=dt.UTC), dt.datetime(year, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    calendar = Calendar.from_ical(f"BEGIN:VCALENDAR\n{repeats}\nEND:VCALENDAR\n")
    for event in calendar.walk("VEVENT"):
        _end(event, last + LONGEST)
        if "DURATION" in event:
            event["X-LASTS"] = event["DURATION"]  # hours, whatever the clock does; the library counts on the wall
    day = dt.timedelta(days=1)
    found = (
        _span(event, zone)
        for event in of(calendar).between(first - day, last + day)
        if str(event.get("STATUS", "")).upper() != "CANCELLED"
    )
    return tuple(sorted((one for one in found if first <= one.start <= last), key=lambda one: (one.start, one.end)))


def _end(event: Any, last: dt.datetime) -> None:
    """A rule that does not count ends with what is asked for."""
    rule = event.get("RRULE")
    if rule is None or "COUNT" in rule:
        return
    whole_day = not isinstance(event["DTSTART"].dt, dt.datetime)
    until = rule.get("UNTIL", [last.date() if whole_day else last])[0]
    rule["UNTIL"] = [min(until, last.date() if whole_day else last)]


def _span(event: Any, zone: str) -> Span:
    start, end = (_reading(event[name].dt, zone, which) for which, name in enumerate(("DTSTART", "DTEND")))
    if "X-LASTS" in event:
        end = start + event["X-LASTS"].dt
    return Span(start=start, end=end, name=str(event.get("SUMMARY", "")).replace("\n", " "))


def _reading(at: dt.date, zone: str, which: int) -> dt.datetime:
    if not isinstance(at, dt.datetime):
        return readings(dt.datetime.combine(at, dt.time()), ZoneInfo(zone))[which]
    named = getattr(at.tzinfo, "key", zone)
    return readings(at.replace(tzinfo=None, fold=0), ZoneInfo(named))[which]
