"""Stretches of time, and the moments at which a wall clock shows a time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from approvals.values.value import Value


class Span(Value):
    """From ``start`` up to, and without, ``end``; UTC."""

    start: dt.datetime
    end: dt.datetime
    name: str = ""


def readings(wall: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The first and the last moment (UTC) at which the clock in ``zone`` shows ``wall``; a time that it skips is the
    moment of the skip."""
    first, last = (wall.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if first <= last:
        return first, last
    early, late = last, first  # the clock goes forward somewhere between
    while late - early > dt.timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            early = middle
        else:
            late = middle
    jump = late.replace(microsecond=0)
    return jump, jump
