"""When a Quartz schedule fires. Databricks jobs are scheduled with Quartz expressions in a named time zone.

Quartz differs from cron in three ways that matter: seconds come first, a seventh field may name the year, and the days
of the week are numbered 1 (Sunday) to 7. Source: the Quartz CronTrigger documentation.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
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

    Wall-clock times that a change to summer time skips or repeats follow the zone's rules. Raises ``ValueError`` for an
    expression or zone that cannot be read.
    """
    fields = expression.split()
    if len(fields) not in (6, 7):
        raise ValueError(f"not a Quartz expression: {len(fields)} fields")
    years = None if len(fields) == 6 or fields[6] == "*" else fields[6]
    fields[5] = _named_days(fields[5])
    try:
        local = ZoneInfo(zone)
        # croniter walks wall-clock time: start one second early so that `start` itself can fire
        walk = croniter(
            " ".join(fields[:6]), start.astimezone(local) - dt.timedelta(seconds=1), second_at_beginning=True
        )
    except (CroniterError, ZoneInfoNotFoundError, KeyError, ValueError) as error:
        raise ValueError(f"cannot read schedule {expression!r} in {zone!r}") from error
    found: list[dt.datetime] = []
    while len(found) < limit:
        at = walk.get_next(dt.datetime)
        if at.astimezone(dt.UTC) >= end:
            break
        if at.astimezone(dt.UTC) >= start and (years is None or str(at.year) in _years(years)):
            found.append(at.astimezone(dt.UTC))
    return tuple(found)


def _years(field: str) -> set[str]:
    """The years a Quartz year field names: ``2026``, ``2026,2028`` or ``2026-2028``."""
    years: set[str] = set()
    for part in field.split(","):
        first, _, last = part.partition("-")
        years |= {str(year) for year in range(int(first), int(last or first) + 1)}
    return years
