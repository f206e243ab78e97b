"""Who stays, by hand: cohorts of the month of first use, months that are not over, and sources that begin."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agents.detectors.cohorts import cohorts
from tests.agents.test_feature_use import NOV, OCT, SEP, months

AUG = dt.date(2026, 8, 1)
SERVICE = "0a1b2c3d-0000-4000-8000-000000000001"


def came(*months_of: tuple[str, tuple[dt.date, ...]], **since: Any) -> Any:
    rows = [{"person": who, "month": month} for who, every in months_of for month in every]
    return cohorts(months(*rows, **({"audit_from": AUG, "history_from": AUG} | since)))


OLD = ("old@x.com", (AUG, SEP, OCT, NOV))
FIVE = tuple((f"p{n}@x.com", (SEP, OCT) if n < 3 else (SEP, NOV)) for n in range(5))


def test_a_cohort_by_hand() -> None:
    # Five began in September; three of them were there in October, two so far in November. Who was there in August is in none.
    found = came(OLD, *FIVE)
    assert list(found[["cohort", "age", "people", "back", "state"]].itertuples(index=False, name=None)) == [
        (SEP, 0, 5, 5, "known"),
        (SEP, 1, 5, 3, "known"),
        (SEP, 2, 5, 2, "so far"),
    ]


def test_fewer_than_five_are_few() -> None:
    assert set(came(OLD, *FIVE[:4])["state"]) == {"few", "so far"}


def test_a_month_in_which_a_source_begins_is_no_cohort() -> None:
    assert came(OLD, *FIVE, audit_from=dt.date(2026, 9, 9)).empty
    assert came(OLD, *FIVE, history_from=None)["people"].iloc[0] == 5  # without statements audit alone tells


def test_services_are_nobody_and_nothing_is_no_cohort() -> None:
    assert came(OLD, (SERVICE, (SEP, OCT))).empty
    assert cohorts(months()).empty
