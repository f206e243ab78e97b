"""Messages about tables: not written any more, short of rows, failing a check, and columns that are gone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from actions.registry import kind, parsed
from agents.capability import Observation
from agents.dataops import failing_checks, gone_columns, row_drops, stale_tables
from approvals.values.proposal import Draft
from queries.catalogue import catalogue
from tests.agents.test_proposers import NOW, ago, proposed
from warehouse.params import checked

TODAY = NOW.date()
TABLE: dict[str, Any] = {
    "table_name": "main.s.a", "hours": 140.0, "readers": 23, "last_written": ago(days=7), "due": ago(days=6), "habit": 24.0,
    "gaps": 9, "writer": "load", "owner": "olga@x.com", "writer_kind": "job", "workspace_id": "1", "writer_id": "10",
    "sources": None, "waiting": None, "late": 1, "judged": 3, "unjudged": 0, "known_until": ago(hours=1),
}  # fmt: skip
FRESH = TABLE | {
    "table_name": "main.s.b",
    "hours": None,
    "readers": 0,
    "last_written": ago(hours=5),
    "due": ago(hours=-20),
}
WRITER: dict[str, Any] = {
    "writer_kind": "job", "workspace_id": "1", "writer_id": "10", "name": "load", "run_id": "77", "state": "SUCCEEDED",
    "code": "SUCCESS", "started": ago(hours=5), "last_success": ago(hours=5), "failing_since": pd.NaT, "is_paused": False,
    "is_deleted": False,
}  # fmt: skip


def habits(*tables: dict[str, Any], **writer: Any) -> dict[str, pd.DataFrame]:
    return {"freshness": pd.DataFrame(tables), "writers": pd.DataFrame([WRITER | writer])}


def of(found: list[Observation], table: str = "main.s.a") -> Observation:
    return {one.entity: one for one in found}[f"0/table/{table}"]


def taken(draft: Draft) -> str:
    """Its text, once the kind has taken its parameters."""
    assert (draft.kind, draft.target.workspace_id, draft.target.type) == ("notify.owner", "0", "table")
    assert parsed(kind(draft.kind), draft.params)
    return str(draft.params["text"])


# Not written any more


def stale(*others: dict[str, Any], writer: dict[str, Any] | None = None, **changed: Any) -> list[Observation]:
    return stale_tables.stale_tables(habits(TABLE | changed, *(others or (FRESH,)), **(writer or {})), NOW)


def test_the_owner_of_a_table_that_its_writer_leaves_out_is_told() -> None:
    draft = proposed([of(stale())])
    assert "wrote other tables after that: it left this one out" in taken(draft)
    assert (draft.params["recipient"], draft.confidence) == ("olga@x.com", Decimal("0.91"))  # ten of eleven
    assert draft.evidence[0].match == {"table_name": "main.s.a"}
    assert draft.evidence[0].scalars[0].observed == "2026-11-13 10:25:00+00:00"
    assert [one.target.id for one in stale() if one.draft and one.target] == ["main.s.a"]


def test_tables_that_were_left_out_together_are_one_message() -> None:
    found = stale(TABLE | {"table_name": "main.s.c", "readers": 2}, FRESH)
    assert "so are main.s.c" in taken(proposed([of(found)]))
    assert "told with main.s.a" in of(found, "main.s.c").why_not
    earlier = stale(TABLE | {"table_name": "main.s.c", "last_written": ago(days=12), "due": ago(days=11)}, FRESH)
    assert of(earlier, "main.s.c").draft is not None  # another day, another cause


@pytest.mark.parametrize(
    ("changed", "others", "writer", "why", "blamed"),
    [
        ({}, [FRESH | {"last_written": ago(days=7)}], {}, "writes no other table: that is told of the writer", True),
        ({}, [FRESH | {"writer_id": "11"}], {}, "writes no other table", True),
        (
            {},
            [],
            {"failing_since": ago(days=6), "last_success": pd.NaT, "state": "FAILED"},
            "load fails, and writes no",
            True,
        ),
        (
            {},
            [FRESH],
            {"is_paused": True, "last_success": ago(days=8), "started": ago(days=8)},
            "is paused: somebody",
            False,
        ),
        ({"readers": 0}, [FRESH], {}, "nobody has read it", False),
    ],
)
def test_a_late_table_is_left_alone(
    changed: dict[str, Any], others: list[dict[str, Any]], writer: dict[str, Any], why: str, blamed: bool
) -> None:
    found = stale_tables.stale_tables(habits(TABLE | changed, *others, **writer), NOW)
    seen = of(found)
    assert seen.draft is None
    assert why in seen.why_not
    assert (seen.cause is not None and seen.cause.key == "1/job/10") == blamed


def test_a_table_that_was_late_before_its_writer_failed_is_told_of() -> None:
    failing = {"failing_since": ago(days=2), "last_success": ago(days=3), "state": "FAILED", "started": ago(days=1)}
    assert of(stale(FRESH | {"last_written": ago(days=3)}, writer=failing)).draft is not None


# Rows

VOLUME: dict[str, Any] = {
    "table_name": "main.s.a", "day": TODAY - dt.timedelta(days=1), "rows": 28_000, "usual": 53_000.0, "low": 37_000.0,
    "high": 70_000.0, "days": 44, "beyond": 1.5, "worst": 1.5, "outside": 1, "counted": 3,
}  # fmt: skip


def drops(*more: dict[str, Any], tables: dict[str, pd.DataFrame] | None = None, **changed: Any) -> Observation:
    frames = {
        "volumes": pd.DataFrame([VOLUME | changed, *more]),
        **(tables or habits(FRESH | {"table_name": "main.s.a"})),
    }
    return of(row_drops.row_drops(frames, NOW))


def test_the_owner_of_a_table_that_lacks_rows_is_told() -> None:
    draft = proposed([drops(VOLUME | {"day": TODAY - dt.timedelta(days=2), "rows": 29_000})])
    assert "by day: 2026-11-18: 29,000, 2026-11-19: 28,000; usual are 53,000, at least 37,000" in taken(draft)
    assert draft.params["subject"] == "main.s.a got 47% fewer rows than usual on 2026-11-19"
    assert draft.params["recipient"] == "olga@x.com"
    assert draft.evidence[0].match == {"table_name": "main.s.a", "day": "2026-11-19"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"rows": 40_000}, "no day lately"),
        ({"rows": 90_000}, "no day lately"),  # more than ever is another matter
        ({"day": TODAY}, "no day lately"),  # the day is not over
        ({"day": TODAY - dt.timedelta(days=5)}, "no day lately"),
        ({"tables": habits(TABLE)}, "load succeeds, writes nothing: that is told of the writer"),
    ],
)
def test_a_table_with_its_rows_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = drops(**changed)
    assert seen.draft is None
    assert why in seen.why_not


# Checks

CHECK: dict[str, Any] = {
    "table_name": "main.s.a", "check_name": "freshness", "scans": 1, "failed": 1, "state": "failed",
    "failing_since": TODAY - dt.timedelta(days=3), "watched": 9,
}  # fmt: skip


def failing(days: int = 4, tables: dict[str, pd.DataFrame] | None = None, **changed: Any) -> Observation:
    rows = [CHECK | {"day": TODAY - dt.timedelta(days=n)} | changed for n in range(days)]
    frames = {"checks": pd.DataFrame(rows), **(tables or habits(FRESH | {"table_name": "main.s.a"}))}
    return of(failing_checks.failing_checks(frames, NOW))


def test_the_owner_of_a_table_whose_check_fails_is_told() -> None:
    draft = proposed([failing()])
    assert "has failed on every day with a scan since 2026-11-17" in taken(draft)
    assert draft.confidence == Decimal("0.83")
    assert draft.evidence[0].match["day"] == "2026-11-20"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"failing_since": None}, "it passed since"),
        ({"days": 1, "failing_since": TODAY}, "on one day"),
        ({"check_name": "completeness"}, "told of by their count"),
        ({"tables": habits(TABLE)}, "late by its own habit, because load succeeds, writes nothing"),
    ],
)
def test_a_failing_check_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = failing(**changed)
    assert seen.draft is None
    assert why in seen.why_not


def test_a_check_that_failed_before_the_table_was_late_is_told_of() -> None:
    assert failing(tables=habits(TABLE | {"due": ago(days=1)})).draft is not None


def test_whoever_finds_a_late_table_wrong_blames_the_same_for_it() -> None:
    """Its writer where that wrote nothing since, the table where it was left out, the one that is told of where both were."""
    other = TABLE | {"table_name": "main.s.c", "readers": 2}
    left_out, with_it, alone = habits(TABLE, FRESH), habits(other | {"readers": 99}, TABLE, FRESH), habits(TABLE)
    for tables, blamed in ((left_out, "0/table/main.s.a"), (with_it, "0/table/main.s.c"), (alone, "1/job/10")):
        seen = [
            of(stale_tables.stale_tables(tables, NOW)), failing(tables=tables), drops(tables=tables),
        ]  # fmt: skip
        causes = [one.cause or one.target for one in seen if one.draft is not None or one.cause is not None]
        assert [one.key for one in causes if one is not None] == [blamed] * 3
    for meant in (habits(TABLE | {"readers": 0}, FRESH), habits(TABLE, is_paused=True, last_success=ago(days=8))):
        assert of(stale_tables.stale_tables(meant, NOW)).cause is None
        assert failing(tables=meant).cause is None and drops(tables=meant).cause is None


# Columns

GONE: dict[str, Any] = {
    "table_name": "main.s.a", "column_name": "amount", "last_read": ago(days=4), "jobs": 0, "dashboards": 3, "others": 0,
    "changed_at": ago(days=4), "changed_by": "fay@x.com", "watched": 9,
}  # fmt: skip
HOP: dict[str, Any] = {
    "source": "main.s.a", "source_column": "amount", "consumer_kind": "dashboard", "consumer": "Sales", "target": None,
}  # fmt: skip


def gone(*more: dict[str, Any], owner: str | None = None, **changed: Any) -> Observation:
    frames = {
        "gone": pd.DataFrame([GONE | changed, *more]),
        "hops": pd.DataFrame([HOP, HOP | {"consumer": "Other", "source_column": "id"}]),
        "freshness": pd.DataFrame([FRESH | {"table_name": "main.s.a", "owner": owner}]),
    }
    return of(gone_columns.gone_columns(frames, NOW))


def test_who_can_put_a_column_back_is_told_which_readers_break() -> None:
    draft = proposed([gone()])
    assert "They break at their next run: dashboard Sales." in taken(draft)
    assert draft.params["recipient"] == "fay@x.com"  # who changed it, where no owner is known
    assert proposed([gone(owner="olga@x.com")]).params["recipient"] == "olga@x.com"
    assert draft.confidence == Decimal("0.8")


def test_columns_of_one_table_are_one_message() -> None:
    draft = proposed([gone(GONE | {"column_name": "currency", "dashboards": 1})])
    assert draft.params["subject"] == "amount, currency of main.s.a is gone, and 3 readers read it"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"last_read": ago(days=15)}, "nobody has read what is gone in 14 days"),
        ({"changed_at": pd.NaT}, "no change of the table is recorded"),
        ({"dashboards": 0}, "nobody has read"),
    ],
)
def test_a_column_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = gone(**changed)
    assert seen.draft is None
    assert why in seen.why_not


def test_a_round_without_anything_wrong_asks_little() -> None:
    assert row_drops.habits({"volumes": pd.DataFrame([VOLUME | {"rows": 50_000}])}, NOW) == {}
    assert failing_checks.habits({"checks": pd.DataFrame([CHECK | {"failing_since": None}])}, NOW) == {}
    assert gone_columns.about({"gone": pd.DataFrame(columns=[*GONE])}, NOW) == {}
    asked = [
        *row_drops.habits({"volumes": pd.DataFrame([VOLUME])}, NOW).values(),
        *failing_checks.habits({"checks": pd.DataFrame([CHECK])}, NOW).values(),
        *gone_columns.about({"gone": pd.DataFrame([GONE])}, NOW).values(),
    ]
    for each in (row_drops, failing_checks, gone_columns, stale_tables):
        asked += each.CAPABILITY.asks(NOW).values()
    for question in asked:
        checked(catalogue(), question)
