"""Why tables are late: each way a writer can stand, the source that a late table follows, and what is not known."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from agents.detectors.stalls import NO_CAUSE, stalls


def at(day: int, hour: int = 0) -> pd.Timestamp:
    return pd.Timestamp(2026, 11, day, hour, tz="UTC")


def table(
    name: str, *, hours: float | None = 5.0, writer: str = "10", sources: str | None = None, **more: Any
) -> dict[str, Any]:
    row = {
        "table_name": name, "hours": hours, "readers": 1, "last_written": at(20), "due": at(21), "writer": f"job {writer}",
        "writer_kind": "job", "workspace_id": "1", "writer_id": writer, "sources": sources, "waiting": "person/1/ann/ann",
    }  # fmt: skip
    return row | more


def writer(ident: str = "10", **more: Any) -> dict[str, Any]:
    row = {
        "writer_kind": "job", "workspace_id": "1", "writer_id": ident, "name": f"load {ident}", "run_id": "5",
        "state": "SUCCEEDED", "code": None, "started": at(20), "last_success": at(20), "failing_since": pd.NaT,
        "is_paused": False, "is_deleted": False,
    }  # fmt: skip
    return row | more


def found(tables: list[dict[str, Any]], *writers: dict[str, Any]) -> dict[str, pd.DataFrame]:
    return stalls(pd.DataFrame(tables), pd.DataFrame(list(writers), columns=list(writer())))


FAILS: dict[str, Any] = {"state": "FAILED", "started": at(21), "failing_since": at(21)}


@pytest.mark.parametrize(
    ("stands", "state", "since"),
    [
        (FAILS, "fails", at(21)),
        ({"started": at(22), "last_success": at(22)}, "succeeds, writes nothing", at(20)),
        ({"started": at(22), "state": None}, "is running", at(22)),
        ({"started": at(19), "last_success": at(19)}, "has not run since", at(20)),
        ({"started": at(19), "last_success": at(19), "is_paused": True}, "is paused", at(20)),
        (FAILS | {"is_deleted": True}, "is deleted", at(20)),
        ({"state": "CANCELLED", "started": at(21), "last_success": at(19)}, "was cancelled", at(21)),
        ({"state": "CANCELED", "started": at(22), "last_success": at(21)}, "was cancelled", at(22)),
        ({"state": "CANCELLED", "started": at(22), "failing_since": at(21), "last_success": at(19)}, "fails", at(21)),
        # It failed before, and the write came from it all the same: that failure explains nothing.
        ({"state": "CANCELLED", "started": at(19), "failing_since": at(18), "last_success": at(17)}, "has not run since", at(20)),
    ],
)  # fmt: skip
def test_a_late_table_is_explained_by_how_its_writer_stands(stands: Any, state: str, since: pd.Timestamp) -> None:
    late = found([table("a")], writer(**stands))["late"].iloc[0]
    assert (late["cause"], late["state"], late["since"], late["follows"]) == ("load 10", state, since, "")


def test_a_table_without_a_known_writer_has_no_recorded_cause() -> None:
    late = found([table("a"), table("b", writer_kind="person", writer_id="ann", writer="ann")], writer("11"))["late"]
    assert late["state"].tolist() == [NO_CAUSE, NO_CAUSE]


def test_the_same_job_id_in_another_workspace_explains_nothing() -> None:
    assert found([table("a")], writer(workspace_id="2", **FAILS))["late"]["state"].tolist() == [NO_CAUSE]


def test_what_waits_for_a_late_source_follows_from_its_cause_and_through_it() -> None:
    tables = [
        table("gold", writer="12", sources="other,silver", due=at(23)),
        table("silver", writer="11", sources="bronze", due=at(22)),
        table("bronze", writer="10", due=at(21)),
        table("other", hours=None, writer="13"),
    ]
    idle = {"started": at(22), "last_success": at(22)}
    made = found(tables, writer("10", **FAILS), writer("11", **idle), writer("12", **idle), writer("13"))
    assert made["late"]["cause"].tolist() == ["load 10"] * 3
    assert made["late"]["follows"].tolist() == ["silver", "bronze", ""]
    causes = made["causes"]
    assert causes[["cause", "tables", "readers"]].values.tolist() == [["load 10", 3, 1]]


def test_a_writer_that_fails_itself_does_not_hide_behind_its_source() -> None:
    tables = [table("gold", writer="12", sources="bronze", due=at(23)), table("bronze", writer="10")]
    made = found(tables, writer("10", **FAILS), writer("12", **FAILS))
    assert made["late"]["cause"].tolist() == ["load 12", "load 10"] and len(made["causes"]) == 2


def test_a_source_that_is_late_since_later_explains_nothing_and_a_circle_ends() -> None:
    idle = {"started": at(22), "last_success": at(22)}
    later = [table("gold", writer="12", sources="bronze", due=at(21)), table("bronze", writer="10", due=at(23))]
    assert found(later, writer("10", **FAILS), writer("12", **idle))["late"]["cause"].tolist() == ["load 12", "load 10"]
    circle = [table("a", sources="b"), table("b", sources="a")]
    assert found(circle, writer("10", **idle))["late"]["cause"].tolist() == ["load 10", "load 10"]


def test_readers_of_several_tables_are_counted_once_and_the_worst_cause_is_first() -> None:
    many = "person/1/ann/ann,person/1/bo/bo,job/1/7/x"
    tables = [table("a"), table("b"), table("c", writer="11", waiting=many), table("d", writer="11", waiting=many)]
    causes = found(tables, writer("10", **FAILS), writer("11", **FAILS))["causes"]
    assert causes[["cause", "readers", "table_name"]].values.tolist() == [["load 11", 3, "c"], ["load 10", 1, "a"]]


def test_nothing_late_is_no_cause() -> None:
    made = found([table("a", hours=None)], writer())
    assert made["late"].empty and made["causes"].empty
