"""When a Quartz schedule fires. Databricks jobs are scheduled with Quartz expressions in a named time zone.

Quartz differs from cron in three ways that matter: seconds come first, a seventh field may name the year, and the days
of the week are numbered 1 (Sunday) to 7. Source: the Quartz CronTrigger documentation.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from functools import lru_cache
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterError, croniter

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def _named_days(field: str) -> str:
    """``2-6`` -> ``MON-FRI``, ``2#1`` -> ``MON#1``, ``6L`` -> ``L5`` (cron's last Friday); names and ``?`` stay."""
    last = re.fullmatch(r"([1-7])L", field)
    if last:
        return f"L{int(last.group(1)) - 1}"
    return re.sub(r"(?<![#/\w])([1-7])(?!\w)", lambda m: _DAYS[int(m.group(1)) - 1], field)


@lru_cache(maxsize=1024)
def fire_times(
    expression: str, zone: str, start: dt.datetime, end: dt.datetime, limit: int = 2000
) -> tuple[dt.datetime, ...]:
    """UTC instants in [start, end) at which ``expression`` fires in ``zone``; at most ``limit``.

    A wall-clock time that a change to summer time skips fires that much later; one that occurs twice fires at its first.
    Raises ``ValueError`` for an expression or zone that cannot be read.
    """
    fields = expression.split()
    if len(fields) not in (6, 7) or "W" in fields[3].upper():
        raise ValueError(f"not a Quartz expression of ours: {expression!r}")
    years = None if len(fields) == 6 or fields[6] == "*" else _years(fields[6])
    fields[5] = _named_days(fields[5])
    try:
        local = ZoneInfo(zone)
        # croniter reads the fields; its own walk from time to time takes ten times as long as going through the days
        (minutes, hours, *days, seconds), nth = croniter.expand(" ".join(fields[:6]), second_at_beginning=True)
    except (CroniterError, ZoneInfoNotFoundError, KeyError, ValueError) as error:
        raise ValueError(f"cannot read schedule {expression!r} in {zone!r}") from error
    clock = [
        dt.time(hour, minute, second)
        for hour, minute, second in product(_all(hours, 24), _all(minutes, 60), _all(seconds, 60))
    ]
    found: list[dt.datetime] = []
    day = start.astimezone(local).date()
    while day <= end.astimezone(local).date() and len(found) < limit:
        if (years is None or str(day.year) in years) and _is_due(day, days, nth):
            fired = (dt.datetime.combine(day, time, local).astimezone(dt.UTC) for time in clock)
            found += [at for at in fired if start <= at < end]
        day += dt.timedelta(days=1)
    return tuple(sorted(set(found))[:limit])


def _all(field: list[Any], most: int) -> list[int]:
    return list(range(most)) if "*" in field else sorted(field)


def _is_due(day: dt.date, fields: list[list[Any]], nth: dict[int, set[Any]]) -> bool:
    """Whether ``day`` is one of the days of the month, months and days of the week (Sunday 0) in ``fields``; ``nth``
    maps a day of the week to which of the month are meant, "l" being the last."""
    of_month, months, of_week = fields
    last = monthrange(day.year, day.month)[1]
    if "*" not in months and day.month not in months:
        return False
    if "*" not in of_month and day.day not in of_month and not ("l" in of_month and day.day == last):
        return False
    weekday = day.isoweekday() % 7
    if weekday in nth:
        return (day.day + 6) // 7 in nth[weekday] or ("l" in nth[weekday] and day.day + 7 > last)
    return "*" in of_week or weekday in of_week


def _years(field: str) -> set[str]:
    """The years a Quartz year field names: ``2026``, ``2026,2028`` or ``2026-2028``."""
    years: set[str] = set()
    for part in field.split(","):
        first, _, last = part.partition("-")
        years |= {str(year) for year in range(int(first), int(last or first) + 1)}
    return years
