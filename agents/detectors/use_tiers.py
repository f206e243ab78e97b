"""How often people come, month by month: often, now and then, seldom, and how many of the month before did not."""

from __future__ import annotations

import pandas as pd

from agents.detectors.feature_use import FLOOR, following, people, whole_months

OFTEN, SOMETIMES = 10, 3  # days of a month
COLUMNS = ["month", "people", "often", "sometimes", "seldom", "gone", "before"]


def tiers(rows: pd.DataFrame) -> pd.DataFrame:
    """One row of :data:`COLUMNS` for each month that is over and whose sources had begun, of rows of userops.person_months, with
    :data:`FLOOR` people at least. ``gone`` are those of the month ``before`` (so many) who did nothing in it; None where that
    month is not known."""
    own, told = people(rows), []
    days = {month: part.set_index("person")["days"].astype(int) for month, part in own.groupby("month")}
    months = whole_months(rows)
    for month in months:
        came = days.get(month, pd.Series(dtype=int))
        last = next((one for one in months if following(one) == month), None)
        before = set() if last is None or last not in days else {*days[last].index}
        often, seldom = int(came.ge(OFTEN).sum()), int(came.lt(SOMETIMES).sum())
        gone = len(before - {*came.index}) if last is not None else None
        if len(came) >= FLOOR:
            told.append((month, len(came), often, len(came) - often - seldom, seldom, gone, len(before)))
    return pd.DataFrame(told, columns=COLUMNS)
