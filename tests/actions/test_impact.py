"""Nobody found is nobody only where the reading was whole."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Future
from typing import Any

import pyarrow as pa
import pytest

from actions import impact
from approvals.values.proposal import Impact, Target
from warehouse.coverage import UNKNOWN, WHOLE, Coverage
from warehouse.interface import Answer, Ask

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
NOTHING: dict[str, list[Any]] = {
    name: [] for name in ("consumer_kind", "workspace_id", "consumer_workspace", "consumer_id", "reads", "statements")
}
PARTNER: dict[str, list[Any]] = {
    "consumer_kind": ["recipient"],
    "workspace_id": [None],
    "consumer_id": ["partner"],
    "reads": [250],
}
SHORT = Coverage(gaps=("system.access.audit begins on 2026-02-20; asked from 2026-01-30.",))


class Reads:
    """Answers everything with ``rows`` that cover ``coverage``."""

    def __init__(self, rows: dict[str, list[Any]], coverage: Coverage) -> None:
        self.rows, self.coverage = rows, coverage

    def reread(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        done: Future[Answer] = Future()
        done.set_result(Answer(question, "fresh", pa.table(self.rows), NOW, 0.1, coverage=self.coverage))
        return done

    submit = reread


def of(kind: str, rows: dict[str, list[Any]], coverage: Coverage) -> Impact:
    target = Target(workspace_id="1", type=kind, id="main.s.t1", name="t1")
    return impact.located(Reads(rows, coverage), target, Impact(), interrupts=True, today=NOW.date()).impact


@pytest.mark.parametrize("kind", ["table", "job", "warehouse"])
@pytest.mark.parametrize(
    ("coverage", "said"), [(WHOLE, "complete"), (SHORT, "partial"), (Coverage(gaps=(UNKNOWN,)), "partial")]
)
def test_nobody_is_found_only_in_a_whole_reading(kind: str, coverage: Coverage, said: str) -> None:
    found = of(kind, NOTHING, coverage)
    assert (found.consumers, found.coverage) == ((), said)


def test_a_recipient_of_a_share_cannot_wait_as_people_can() -> None:
    [one] = of("table", PARTNER, WHOLE).consumers
    assert (one.type, one.risk) == ("recipient", "high")


def test_where_each_consumer_is_found_is_kept_in_their_order() -> None:
    rows: dict[str, list[Any]] = {
        "consumer_kind": ["person", "job"],
        "workspace_id": [None, "7"],
        "consumer_id": ["ann@example.com", "11"],
        "reads": [1, 5],
    }
    target = Target(workspace_id="1", type="table", id="main.s.t1")
    found = impact.located(Reads(rows, WHOLE), target, Impact(), interrupts=True, today=NOW.date())
    assert [one.type for one in found.impact.consumers] == ["job", "person"]
    assert (found.ids, found.workspaces) == (("11", "ann@example.com"), ("7", ""))
