"""Who is told of tables that are written and not read, and which are left alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.dataops import never_read
from queries.catalogue import catalogue
from tests.agents.made import NOW, ago, proposed
from tests.agents.test_table_messages import TABLE, of, taken
from warehouse.params import checked

UNREAD: dict[str, Any] = {
    "table_name": "main.s.a", "writes": 99, "first_write": ago(days=99), "last_write": ago(hours=5), "workspace_id": "1",
    "writer_kind": "job", "writer_id": "10", "writer": "load", "tables": 40,
}  # fmt: skip


def unread(
    *more: dict[str, Any], written: tuple[str, ...] = ("main.s.a", "main.s.b"), **changed: Any
) -> list[Observation]:
    """What is said where job 10 writes the tables ``written``."""
    tables = pd.DataFrame([TABLE | {"table_name": name} for name in written])
    return never_read.never_read({"unread": pd.DataFrame([UNREAD | changed, *more]), "freshness": tables}, NOW)


def test_the_owner_of_a_table_that_nobody_reads_is_told() -> None:
    draft = proposed(unread())
    assert "written by job load in 99 hours of 100 days, the last time at 2026-11-20 05:25 UTC" in taken(draft)
    assert "leave it out of its code" in taken(draft)  # the job writes main.s.b too, which is read
    assert (draft.params["recipient"], draft.confidence) == ("olga@x.com", Decimal("0.94"))  # 15 of 16
    assert draft.evidence[0].match == {"table_name": "main.s.a"}


def test_a_job_that_writes_for_nobody_can_be_paused() -> None:
    assert "pause its schedule" in taken(proposed(unread(written=("main.s.a",))))
    assert "leave it out" in taken(proposed(unread(written=())))  # what it writes besides is not known


def test_what_one_job_writes_for_nobody_is_one_message() -> None:
    second = UNREAD | {"table_name": "main.s.b", "writes": 14}
    found = unread(second)
    draft = proposed([of(found)])
    assert "So are main.s.b." in taken(draft)
    assert "pause its schedule" in taken(draft)
    assert "told with main.s.a" in of(found, "main.s.b").why_not
    apart = unread(second | {"writer_id": "11"})
    assert of(apart, "main.s.b").draft is not None


def test_a_step_on_the_way_to_another_table_is_left_alone() -> None:
    """Only the job that writes it reads it, to write another one; that it reads the table for a merge says nothing."""
    step = TABLE | {"table_name": "main.s.b", "sources": "main.s.a,main.s.c"}
    frames = {"unread": pd.DataFrame([UNREAD]), "freshness": pd.DataFrame([step])}
    assert "makes main.s.b of it" in of(never_read.never_read(frames, NOW)).why_not
    merged = frames | {"freshness": pd.DataFrame([TABLE | {"sources": "main.s.a"}])}
    assert of(never_read.never_read(merged, NOW)).draft is not None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"writer_kind": "principal"}, "written by hand"),
        ({"writes": 9}, "in 9 hours of 100 days only"),
        ({"last_write": ago(days=15)}, "not written any more"),
        ({"first_write": ago(days=60)}, "written since 2026-09-21 only"),
        ({"first_write": pd.NaT}, "is not known"),
    ],
)
def test_a_table_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = of(unread(**changed))
    assert seen.draft is None
    assert why in seen.why_not


def test_owners_are_asked_only_where_one_would_be_told() -> None:
    rows = pd.DataFrame([UNREAD | {"writes": 9}])
    assert never_read.owners({"unread": rows}, NOW) == {}
    asked = [
        *never_read.owners({"unread": pd.DataFrame([UNREAD])}, NOW).values(),
        *never_read.CAPABILITY.asks(NOW).values(),
    ]
    assert len(asked) == 2
    for question in asked:
        checked(catalogue(), question)
