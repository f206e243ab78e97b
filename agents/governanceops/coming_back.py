"""Which of the rights that nobody used lately were used in the year before, and may be again. Pure."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from agents.governanceops.seasons import may_return

AGAIN = ["held", "last_week", "again"]


def coming_back(weeks: pd.DataFrame | None, today: dt.date) -> pd.DataFrame:
    """A row of :data:`AGAIN` for each right (holder/table, folded) in ``weeks``, rows of ``governanceops.grant_weeks``: its newest
    week of use, and why it may well be used again (None where nothing speaks for it)."""
    if weeks is None or weeks.empty:
        return pd.DataFrame(columns=AGAIN, dtype=object)
    rows = []
    for held, own in weeks.groupby("held", sort=True):
        used = [pd.Timestamp(week).date() for week in own["week"]]
        rows.append((held, max(used), may_return(used, today) or None))
    return pd.DataFrame(rows, columns=AGAIN, dtype=object)
