"""Who stays: people by the month in which they were first active, and how many of them were in each month after.

The month in which the sources begin has everybody who was there before: it is no cohort. The running month may still bring
somebody back: it is not known. Added to the account is not begun, and services are no people.
"""

from __future__ import annotations

import pandas as pd

from agents.cells import day
from agents.detectors.feature_use import FLOOR, following, known_from, people

COLUMNS = ["cohort", "month", "age", "people", "back", "share", "state"]


def cohorts(rows: pd.DataFrame) -> pd.DataFrame:
    """One row of :data:`COLUMNS` for each cohort and month since, of rows of userops.person_months: ``age`` in months, ``people``
    who began, how many were ``back``, their ``share``. ``state``: known; few (fewer than :data:`FLOOR` began); so far (the month
    is not over)."""
    begins = [one for name in ("audit", "history") if (one := known_from(rows, (name,)))]
    own = people(rows)
    until = day(rows["as_of"].iloc[0]) if len(rows) else None
    if not begins or until is None or own.empty:
        return pd.DataFrame(columns=COLUMNS)
    first = max(max(begins), min(own["month"])).replace(day=1)  # of it nobody knows who was there before
    began = own.groupby("person")["month"].min()
    months = [one for one in sorted({*rows["month"]}) if one > first]
    told = []
    for cohort in months:
        who = {*began[began == cohort].index}
        for age, month in enumerate(one for one in months if one >= cohort):
            back = int(own.loc[own["month"] == month, "person"].isin(who).sum())
            over = following(month) <= until
            state = "so far" if not over else "few" if len(who) < FLOOR else "known"
            if who:
                told.append((cohort, month, age, len(who), back, back / len(who), state))
    return pd.DataFrame(told, columns=COLUMNS)
