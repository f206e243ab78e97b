"""Periods as the calendar has them, and the days that each is compared with. Dates are UTC days; ends are exclusive."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.text import format as fmt

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Preset:
    """``months`` long, and so far apart from the one before; ``ago`` of such steps back from the one that today is in."""

    label: str
    months: int
    ago: int = 0

    def dates(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Its first day and the day after its last complete one; both are the same on its first day, when none is."""
        first = dt.date(today.year, (today.month - 1) // self.months * self.months + 1, 1)
        start = months_before(first, self.months * self.ago)
        return start, min(today, self.ends(start))

    def ends(self, start: dt.date) -> dt.date:
        """The day after its last one."""
        return months_before(start, -self.months)


PRESETS: Mapping[str, Preset] = MappingProxyType({
    "this_month": Preset("This month", 1), "last_month": Preset("Last month", 1, 1),
    "this_quarter": Preset("This quarter", 3), "last_quarter": Preset("Last quarter", 3, 1),
    "year_to_date": Preset("Year to date", 12),
})  # fmt: skip
# What is shown on the first day of a period, of which no day is complete.
INSTEAD = {"this_month": "last_month", "this_quarter": "last_quarter", "year_to_date": "last_quarter"}


def months_before(date: dt.date, months: int) -> dt.date:
    """``date`` moved back by ``months`` (forward, where they are negative), to the last day of the month when that has no
    such day."""
    index = date.year * 12 + date.month - 1 - months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def same_days(start: dt.date, end: dt.date, months: int) -> tuple[dt.date, dt.date]:
    """The same days ``months`` before: what ends with its month ends with that one, too, and days that it lacks (30
    February) are left out."""
    ends_with_month = end.day == 1
    return months_before(start, months), (
        months_before(end, months) if ends_with_month else months_before(end - DAY, months) + DAY
    )


def whole_months(start: dt.date, end: dt.date) -> int:
    """How many months the period is, where it is nothing but whole ones; else 0."""
    return (end.year - start.year) * 12 + end.month - start.month if start.day == end.day == 1 else 0


def words(start: dt.date, end: dt.date) -> str:
    """``October 2026`` where it is a month, ``2025`` where it is a year, else ``1 Oct – 28 Oct 2026``."""
    months, last = whole_months(start, end), end - DAY
    if months == 1:
        return f"{start:%B} {start.year}"
    if months == 12 and start.month == 1:
        return str(start.year)
    if start == last:
        return fmt.day(last, year=True)
    return f"{fmt.day(start, year=start.year != last.year)} – {fmt.day(last, year=True)}"
