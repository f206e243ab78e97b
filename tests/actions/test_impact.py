"""Nobody found is nobody only where the reading was whole."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Future
from typing import Any

import pyarrow as pa
import pytest

from actions import impact
from approvals.people import identities
from approvals.people.identities import Identity
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


def of_rights(whose: str, known: tuple[Identity, ...] = (), kind: str = "table") -> tuple[Impact, list[Ask]]:
    """The impact of taking a right from ``whose``, and what was asked."""
    asked: list[Ask] = []

    class Asked(Reads):
        def reread(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
            asked.append(question)
            return super().reread(question, page=page)

    rows: dict[str, list[Any]] = {
        "consumer_kind": ["job", "table"], "workspace_id": ["7", None], "consumer_id": ["11", "main.s.out"],
        "owner": ["bo@x.com", "bo@x.com"], "uses": [30, 30], "reads": [30, 30],
    }  # fmt: skip
    identities.keep(lambda: known)
    try:
        target = Target(workspace_id="1", type=kind, id="main.s.t1")
        return impact.located(Asked(rows, WHOLE), target, Impact(), True, NOW.date(), whose).impact, asked
    finally:
        identities._KEPT.clear()


def test_what_ran_on_the_right_alone_is_hit_when_it_is_taken_away() -> None:
    found, [asked] = of_rights("Bo@x.com")
    assert (asked.query, dict(asked.params)["principals"]) == ("platform.right_consumers", "bo@x.com")
    assert [(one.type, one.owner, one.risk) for one in found.consumers] == [
        ("job", "bo@x.com", "medium"),
        ("table", "bo@x.com", "low"),
    ]
    assert found.coverage == "complete"


def test_a_right_of_a_group_is_its_members_and_of_everybody_anybodys() -> None:
    known = (
        Identity("person", ("bo@x.com", "2"), "Bo"),
        Identity("group", ("team", "10"), "team", ("2",)),
        Identity("group", ("empty", "11"), "empty", ()),
    )
    asked = {who: dict(of_rights(who, known)[1][0].params)["principals"] for who in ("team", "account users", "empty")}
    assert asked == {"team": "bo@x.com", "account users": "", "empty": impact.NOBODY}


def test_where_nobody_tells_who_is_in_the_group_all_who_use_it_may_be_hit_and_more_is_not_claimed() -> None:
    found, [asked] = of_rights("hidden")
    assert (asked.query, found.coverage) == ("platform.table_readers", "partial")
    assert of_rights("hidden", kind="schema") == (Impact(), [])
