"""What follows from a planted fault is written beside it: what it costs a month, the row that began it, and who suffers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.consequences import CAUSES, MONEY, SUFFER, WORKS
from demo.fault_kinds import KINDS

pytestmark = pytest.mark.xdist_group("organisation")


@pytest.fixture
def faults(lakehouse: Path) -> dict[str, dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(lakehouse.with_name("faults.json").read_text("utf-8"))
    return {one["kind"]: one for one in made}


def test_only_what_can_be_planted_has_consequences() -> None:
    assert {*MONEY, *CAUSES, *WORKS, *SUFFER} <= {*KINDS}


@pytest.mark.parametrize("kind", MONEY)
def test_what_is_money_says_how_much_a_month(faults: dict[str, dict[str, Any]], kind: str) -> None:
    assert faults[kind]["money"] > 5


def test_what_is_no_money_says_so(faults: dict[str, dict[str, Any]]) -> None:
    assert {kind for kind, one in faults.items() if one["money"] is not None} == {*MONEY}


@pytest.mark.parametrize("kind", CAUSES)
def test_the_row_that_began_it_is_there(lakehouse: Path, faults: dict[str, dict[str, Any]], kind: str) -> None:
    cause = faults[kind]["cause"]
    ((column, key),) = cause["key"].items()
    table = cause["table"].removeprefix("system.")
    with duckdb.connect(str(lakehouse), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        when = "event_time" if table == "access.audit" else "change_time"
        sql = f"SELECT count(*) FROM {table} WHERE CAST({column} AS VARCHAR) = ? AND CAST({when} AS VARCHAR) = ?"
        assert connection.execute(sql, [key, cause["time"]]).fetchone() == (1,)


def test_who_suffers_is_named(faults: dict[str, dict[str, Any]]) -> None:
    assert len(faults["permission_lost"]["victims"]) >= 2
    assert all(len(name.split(".")) == 3 for name in faults["permission_lost"]["victims"])
    for kind in ("stale_table", "queue_pressure", "throttled"):
        assert faults[kind]["victims"], kind


def test_what_is_wrong_by_itself_is_written_beside_it(lakehouse: Path) -> None:
    naturals = json.loads(lakehouse.with_name("naturals.json").read_text("utf-8"))
    idle = [one for one in naturals if one["kind"] == "idle_warehouse"]
    assert idle and all(one["money"] > 0 and one["accepted"] for one in idle)
    assert {one["kind"] for one in naturals} <= {*KINDS}
