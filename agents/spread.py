"""What thirty days like those that were seen add up to, and within which ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from statistics import fmean, stdev

import pandas as pd

from agents.cells import day, money, rows

MONTH = 30  # days
Z = 1.2816  # of the 10 % and 90 % points
SAID = "10 % and 90 % points of 30 days from the spread over {n} days"


def a_month(days: Sequence[float]) -> tuple[Decimal, Decimal]:
    """The 10 % and 90 % points of the sum of a month of such ``days``: both that days differ and that few of them were seen
    count. Of a single day nothing is certain but that it is not less than nothing."""
    if not days:
        return Decimal("0.00"), Decimal("0.00")
    middle = MONTH * fmean(days)
    half = Z * stdev(days) * (MONTH + MONTH**2 / len(days)) ** 0.5 if len(days) > 1 else abs(middle)
    return _cents(max(middle - half, 0.0)), _cents(max(middle + half, 0.0))


def whole_days(costs: pd.DataFrame, first: dt.date) -> list[float]:
    """What each whole day from ``first`` on cost, by rows of things.cost_by_day: those without use as well."""
    by_day: dict[dt.date, float] = {}
    for row in rows(costs):
        at = day(row.usage_date)
        if at is not None and bool(row.complete):
            by_day[at] = by_day.get(at, 0.0) + float(money(row.cost))
    if not by_day:
        return []
    return [by_day.get(first + dt.timedelta(days=n), 0.0) for n in range((max(by_day) - first).days + 1)]


def _cents(value: float) -> Decimal:
    return Decimal(str(round(value, 2))).quantize(Decimal("0.01"))
