"""Whether somebody who comes now and then is likely to come again: visits, the silences between them, the time of the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise

WEEK = dt.timedelta(weeks=1)
APART = dt.timedelta(days=28)  # without a use: what comes then is another visit
SHORT = dt.timedelta(days=21)  # of a visit; whoever came for longer and stopped was no seasonal visitor
LONGER = 1.25  # times the longest silence so far: until then it is not out of the ordinary
SEASONS = (91, 182, 273, 365)  # days: a quarter, a half, three quarters, a year
AROUND = 14  # days by which a season may come early or late


def visits(weeks: Iterable[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """First and last week (their Mondays) of each visit, oldest first."""
    found: list[tuple[dt.date, dt.date]] = []
    for week in sorted(set(weeks)):
        if found and week - found[-1][1] <= APART:
            found[-1] = (found[-1][0], week)
        else:
            found.append((week, week))
    return found


def may_return(weeks: Iterable[dt.date], today: dt.date) -> str:
    """Why who used something in ``weeks`` (their Mondays) may well use it again though it was quiet since; empty when
    nothing speaks for it."""
    seen = visits(weeks)
    if not seen:
        return ""
    last = seen[-1][1]
    silences = [(later[0] - earlier[1]).days for earlier, later in pairwise(seen)]
    if silences and (today - last).days <= max(silences) * LONGER + WEEK.days:
        return f"used now and then, up to {max(silences)} days apart, last in the week of {last}"
    for first, end in reversed(seen):
        for season in SEASONS:
            day = today - dt.timedelta(days=season)
            around = dt.timedelta(days=AROUND)
            if end - first <= SHORT and first - around <= day <= end + WEEK + around:
                return f"used about {season} days ago, in the week of {end}: the same time may come again"
    return ""
