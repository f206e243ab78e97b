"""What a day of a SQL warehouse cost, and did, before and after its size was changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

import pandas as pd

from agents.cells import Row, moment, money, rows, text

SIZES = (  # the API's words, the smallest first
    "2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large", "4X-Large", "5X-Large",
)  # fmt: skip
_SIZE = re.compile(r"(?:^|, )size ([^,]+?) → ([^,]+)")
BEFORE, LEAST = 14, 2  # days before that are compared, and days on either side of which fewer tell nothing
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class SizeChange:
    """A size was set from ``was`` to ``became`` at ``at`` (UTC) by ``who``, as far as that is known."""

    at: dt.datetime
    was: str
    became: str
    who: str


def size_change(changes: Iterable[Row]) -> SizeChange | None:
    """The newest of the rows of infraops.compute_changes about one warehouse, if it made it larger; the newest come first."""
    for row in changes:
        found, at = _SIZE.search(text(row.what)), moment(row.at)
        if found is None or at is None:
            continue
        was, became = found.groups()
        grew = was in SIZES and became in SIZES and SIZES.index(became) > SIZES.index(was)
        return SizeChange(at, was, became, text(row.who)) if grew else None
    return None


@dataclass(frozen=True)
class Day:
    """A UTC day: what it cost, how many statements were sent, how long they queued and how long one ran at least (hours)."""

    cost: float = 0.0
    statements: float = 0.0
    queued: float = 0.0
    busy: float = 0.0


@dataclass(frozen=True)
class Compared:
    """Whole days ``after`` the change beside the ``usual`` one of the same weekday before it; ``before`` is how many of those
    are known."""

    after: tuple[Day, ...]
    usual: tuple[Day, ...]
    before: int

    @property
    def excess(self) -> list[float]:
        """What each day cost more than usual."""
        return [now.cost - then.cost for now, then in zip(self.after, self.usual, strict=True)]

    def times(self, what: str) -> float | None:
        """How many times as much of ``what`` there is; None where there was none of it."""
        then = sum(getattr(one, what) for one in self.usual)
        return sum(getattr(one, what) for one in self.after) / then if then else None

    def a_day(self, what: str) -> tuple[float, float]:
        """Of ``what`` on a usual day, and on one since."""
        return tuple(fmean(getattr(one, what) for one in side) for side in (self.usual, self.after))  # type: ignore[return-value]


def compared(hours: pd.DataFrame, changes: Iterable[Row], at: dt.datetime, today: dt.date) -> Compared | None:
    """The days around the change at ``at``, of rows of things.warehouse_strip, as far as no other of ``changes`` lies between;
    None where too few are known. A day without a row is one on which it was off."""
    days = _days(hours)
    if not days:
        return None
    others = [one.date() for row in changes if (one := moment(row.at)) is not None and one != at]
    changed = at.date()
    first = max([min(days) + DAY, changed - BEFORE * DAY, *(one + DAY for one in others if one < changed)])
    last = min([today - DAY, *(one - DAY for one in others if one > changed)])
    before = {one: days.get(one, Day()) for one in _span(first, changed - DAY)}
    after = _span(changed + DAY, last)
    if len(before) < LEAST or len(after) < LEAST:
        return None
    return Compared(
        tuple(days.get(one, Day()) for one in after), tuple(_usual(before, one) for one in after), len(before)
    )


def _span(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def _usual(before: Mapping[dt.date, Day], day: dt.date) -> Day:
    """The mean of the same weekday; of other working days, or of the weekend, where it is not among them; else of all."""
    for same in (
        [one for at, one in before.items() if at.weekday() == day.weekday()],
        [one for at, one in before.items() if (at.weekday() > 4) == (day.weekday() > 4)],
        list(before.values()),
    ):
        if same:
            return Day(*(fmean(getattr(one, name) for one in same) for name in Day.__dataclass_fields__))
    raise AssertionError("no day")


def _days(hours: pd.DataFrame) -> dict[dt.date, Day]:
    made: dict[dt.date, Day] = {}
    for row in rows(hours):
        at = moment(row.hour)
        assert at is not None
        was = made.get(at.date(), Day())
        made[at.date()] = Day(
            was.cost + float(money(row.cost)),
            was.statements + int(row.statements),
            was.queued + float(row.queued_hours),
            was.busy + float(row.busy_hours),
        )
    return made
