"""A round looks only where there is anything new."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from agents.gate import OFTEN, Gate, newest_rows
from agents.proposing import Scan
from tests.agents.test_round import NOW, REACH, USAGE, capability, reader
from warehouse.errors import Unreachable
from warehouse.interface import ask
from warehouse.reach import LAG_QUERY

ASK = ask("finops.spend_by_day", start=NOW.date(), end=NOW.date(), currency="USD", basis="list", workspaces="")
ONE = capability("finops.a")
NEWEST: dict[str, object] = {USAGE: NOW, "system.query.history": NOW}
GIVEN = {"declared": pd.DataFrame({"job_id": ["1"]})}
SEEN = Scan("finops.a", asked=(ASK,))


def gate(scan: Scan = SEEN, newest: Any = NEWEST) -> Gate:
    made = Gate()
    made.keep(ONE, scan, newest, GIVEN, NOW)
    return made


def test_the_last_look_stands_while_its_tables_have_nothing_new() -> None:
    later, elsewhere = NOW + dt.timedelta(minutes=30), NEWEST | {"system.query.history": NOW + dt.timedelta(hours=1)}
    assert gate().still(ONE, NEWEST, GIVEN, later) is SEEN
    assert gate().still(ONE, elsewhere, GIVEN, later) is SEEN  # a table that it does not read
    assert gate().still(capability("finops.b"), NEWEST, GIVEN, later) is None


@pytest.mark.parametrize(
    ("newest", "given", "at"),
    [
        (NEWEST | {USAGE: NOW + dt.timedelta(hours=1)}, GIVEN, NOW),
        (NEWEST, {"declared": pd.DataFrame({"job_id": ["1", "2"]})}, NOW),
        (NEWEST, GIVEN, NOW + OFTEN),
        (NEWEST, GIVEN, NOW.replace(hour=0) + dt.timedelta(days=1)),
    ],
    ids=["a newer row", "something declared", "six hours", "another day"],
)
def test_it_is_to_look_again_after(newest: Any, given: Any, at: dt.datetime) -> None:
    assert gate().still(ONE, newest, given, at) is None


@pytest.mark.parametrize("scan", [Scan("finops.a", could_not="away"), Scan("finops.a", asked=(ASK,), stale=True)])
def test_what_it_could_not_see_is_no_look(scan: Scan) -> None:
    made = gate()
    made.keep(ONE, scan, NEWEST, GIVEN, NOW)
    assert made.still(ONE, NEWEST, GIVEN, NOW) is None


def test_without_newest_rows_everything_is_looked_at() -> None:
    assert gate(newest={}).still(ONE, NEWEST, GIVEN, NOW) is None


def test_the_newest_rows_are_read_anew_and_none_where_they_cannot_be() -> None:
    there, away = reader({}), reader({LAG_QUERY: Unreachable("away")})
    assert newest_rows(there) == dict(zip(*(one.to_pylist() for one in REACH[LAG_QUERY].columns), strict=True))
    assert newest_rows(away) == {}
    there.close()
    away.close()
