"""What people say of unusual costs, over SQLite and a real Postgres: the newest word counts, for the event or until its day."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from approvals.deciding import cost_marks
from approvals.deciding.cost_marks import BadMark, Event, covers, said_of
from approvals.ledger import ledger
from approvals.people.people import Person
from approvals.store.store import Tx
from tests.actions.office import the_policy

ANN = Person("u-ann", "ann@example.com", frozenset({"finops-approvers"}))
EVENT = Event("1", "SQL", "9", dt.date(2026, 11, 23), dt.date(2026, 11, 24))
NEAR = Event("1", "SQL", "9", dt.date(2026, 11, 28), dt.date(2026, 11, 29))
LATER = Event("1", "SQL", "9", dt.date(2026, 12, 20), dt.date(2026, 12, 20))


def told(tx: Tx) -> list[tuple[str, str, str]]:
    return [
        (one.event, one.actor, json.loads(one.body)["reason"]) for one in reversed(ledger.search(tx, event="cost."))
    ]


def test_the_newest_word_counts_and_the_ledger_keeps_all(tx: Tx) -> None:
    today = tx.now.date()
    cost_marks.mark(tx, EVENT, "expected", None, " month \n end ", ANN)
    cost_marks.mark(tx, EVENT, "muted", today + dt.timedelta(days=3), "being moved", ANN)
    (one,) = cost_marks.marks(tx)
    assert (one.event, one.state, one.why, one.marked_by) == (EVENT, "muted", "being moved", ANN.name)
    assert one.until == today + dt.timedelta(days=3) and one.marked_at == tx.now
    assert cost_marks.reopen(tx, EVENT, "", ANN) and cost_marks.marks(tx) == []
    assert not cost_marks.reopen(tx, EVENT, "", ANN)
    assert told(tx) == [
        ("cost.expected", ANN.name, "month end"),
        ("cost.muted", ANN.name, "being moved"),
        ("cost.reopened", ANN.name, ""),
    ]


def test_only_marks_of_ones_own_workspaces_are_read(tx: Tx) -> None:
    for place in ("1", "2"):
        cost_marks.mark(tx, Event(place, "", "", EVENT.day, EVENT.last_day), "expected", None, "why", ANN)
    assert [one.event.workspace_id for one in cost_marks.marks(tx, ("2",))] == ["2"]
    assert cost_marks.marks(tx, ()) == [] and len(cost_marks.marks(tx)) == 2


def test_an_expected_event_may_go_on_and_another_of_its_place_is_open(tx: Tx) -> None:
    cost_marks.mark(tx, EVENT, "expected", None, "why", ANN)
    known, today = cost_marks.marks(tx), dt.date(2026, 12, 24)
    assert said_of(EVENT, known, today) and said_of(NEAR, known, today)
    assert said_of(LATER, known, today) is None
    assert not covers(known[0], Event("1", "SQL", "8", EVENT.day, EVENT.last_day), today)


def test_a_muted_place_is_quiet_until_its_day(tx: Tx) -> None:
    until = tx.now.date() + dt.timedelta(days=30)
    cost_marks.mark(tx, EVENT, "muted", until, "why", ANN)
    known = cost_marks.marks(tx)
    assert said_of(LATER, known, until - dt.timedelta(days=1)) and said_of(EVENT, known, until) is None


@pytest.mark.parametrize(
    ("state", "days", "why"),
    [
        ("expected", None, "  "),
        ("expected", None, "x" * 513),
        ("muted", None, "w"),
        ("muted", 0, "w"),
        ("muted", 367, "w"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    tx: Tx, state: cost_marks.State, days: int | None, why: str
) -> None:
    until = None if days is None else tx.now.date() + dt.timedelta(days=days)
    with pytest.raises(BadMark, match=r"\.$"):
        cost_marks.mark(tx, EVENT, state, until, why, ANN)
    assert cost_marks.marks(tx) == [] and told(tx) == []


def test_who_decides_about_costs_may() -> None:
    policy = the_policy()
    assert cost_marks.may_mark(policy, ANN)
    assert not cost_marks.may_mark(policy, Person("u", "u@example.com", frozenset({"viewers", "data-approvers"})))
