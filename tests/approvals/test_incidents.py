"""Incidents over SQLite and a real Postgres: one cause each, opened by what agents find, closed with a reason or when healthy."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding import incidents
from approvals.deciding.incident_rows import FINDINGS, INCIDENTS, Found, NotPossible
from approvals.deciding.incidents import AGAIN, may_work_on
from approvals.ledger import ledger
from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.values.proposal import Target
from tests.actions.office import the_policy

ANN = Person("u-ann", "ann@example.com", frozenset({"data-approvers"}))
JOB = Target(workspace_id="1", type="job", id="7", name="orders")
TABLE = Target(workspace_id="0", type="table", id="main.a.orders", name="main.a.orders")
OTHER = Target(workspace_id="1", type="job", id="8", name="bills")
FAILED = Found("pipelineops.failed", JOB, JOB, "fails", "fails since 02:10", "job.repair_run")
STALE = Found("dataops.stale", TABLE, JOB, "stale", "no write for 9 hours", owner="team-orders")
LOOKED = ("pipelineops.failed", "dataops.stale")
HOUR = dt.timedelta(hours=1)


def later(tx: Tx, by: dt.timedelta = HOUR) -> None:
    object.__setattr__(tx, "now", tx.now + by)


def kept(tx: Tx) -> list[Any]:
    return list(tx.connection.execute(sa.select(INCIDENTS).order_by(INCIDENTS.c.opened_at, INCIDENTS.c.incident_id)))


def findings(tx: Tx, incident_id: str) -> list[tuple[str, str]]:
    order = sa.select(FINDINGS).where(FINDINGS.c.incident_id == incident_id).order_by(FINDINGS.c.agent)
    return [(row.agent, row.said) for row in tx.connection.execute(order)]


def told(tx: Tx) -> list[tuple[str, str]]:
    return [(one.event, one.actor) for one in reversed(ledger.search(tx, event="incident."))]


def opened(tx: Tx, *found: Found) -> str:
    (one,) = incidents.observed(tx, found or (FAILED, STALE), LOOKED)
    return one


def test_one_cause_is_one_incident_with_all_that_was_found(tx: Tx) -> None:
    one = opened(tx, STALE, FAILED)
    (row,) = kept(tx)
    assert (row.name, row.title, row.dimension, row.state) == ("orders", "fails", "pipelineops", "open")
    assert row.owner == "team-orders"  # the owner that one of them knows
    assert findings(tx, one) == [("dataops.stale", "no write for 9 hours"), ("pipelineops.failed", "fails since 02:10")]
    assert told(tx) == [("incident.opened", "incidents")]


def test_another_cause_is_another_incident(tx: Tx) -> None:
    assert len(incidents.observed(tx, [FAILED, replace(FAILED, target=OTHER, cause=OTHER)], LOOKED)) == 2


def test_what_is_seen_again_says_the_newest_and_opens_nothing(tx: Tx) -> None:
    one, at = opened(tx), tx.now
    later(tx)
    assert incidents.observed(tx, [replace(FAILED, said="fails since 02:10, five times")], LOOKED) == []
    (row,) = kept(tx)
    assert (row.opened_at, row.seen_at, row.healthy) == (at, tx.now, 0)
    assert findings(tx, one)[1] == ("pipelineops.failed", "fails since 02:10, five times")
    assert len(told(tx)) == 1


def test_it_closes_by_itself_when_two_rounds_find_nothing_of_it(tx: Tx) -> None:
    opened(tx)
    incidents.observed(tx, [], LOOKED)
    assert kept(tx)[0].state == "open"
    incidents.observed(tx, [STALE], LOOKED)  # part of it is there still: counted from the beginning
    incidents.observed(tx, [], LOOKED)
    assert kept(tx)[0].state == "open"
    incidents.observed(tx, [], LOOKED)
    row = kept(tx)[0]
    assert (row.state, row.reason, row.closed_by, row.closed_at) == ("closed", "healthy again", "", tx.now)
    assert told(tx)[-1] == ("incident.closed", "incidents")


def test_who_could_not_look_found_nothing_healthy(tx: Tx) -> None:
    opened(tx)
    for _ in range(3):
        incidents.observed(tx, [], ["pipelineops.failed"])
    assert kept(tx)[0].healthy == 0


def test_the_same_cause_within_two_weeks_opens_the_same_one_with_its_owner(tx: Tx) -> None:
    one = opened(tx)
    incidents.answer(tx, one, ANN)
    incidents.close(tx, one, ANN, "mended", "the grant is back")
    later(tx, AGAIN - HOUR)
    assert incidents.observed(tx, [FAILED], LOOKED) == [one]
    (row,) = kept(tx)
    assert (row.state, row.owner, row.reopened, row.closed_at, row.reason) == ("answered", ANN.name, 1, None, "")
    incidents.close(tx, one, ANN, "mended", "the grant is back")
    later(tx, AGAIN)
    (another,) = incidents.observed(tx, [FAILED], LOOKED)
    assert another != one and len(kept(tx)) == 2


def test_answering_keeps_the_time_of_the_first_answer(tx: Tx) -> None:
    one, bo = opened(tx), Person("u-bo", "bo@example.com", frozenset())
    incidents.answer(tx, one, ANN)
    at = tx.now
    later(tx)
    incidents.answer(tx, one, bo)
    row = kept(tx)[0]
    assert (row.state, row.owner, row.answered_at) == ("answered", bo.name, at)


def test_merged_findings_go_on_with_the_other_while_it_is_open(tx: Tx) -> None:
    one = opened(tx, FAILED)
    two = opened(tx, FAILED, replace(STALE, cause=TABLE))
    incidents.merge(tx, two, one, ANN, "the job writes that table")
    assert [row.state for row in sorted(kept(tx), key=lambda row: row.incident_id != one)] == ["open", "closed"]
    assert [agent for agent, _ in findings(tx, one)] == ["dataops.stale", "pipelineops.failed"]
    assert incidents.observed(tx, [replace(STALE, cause=TABLE)], LOOKED) == []
    assert incidents.observed(tx, [replace(STALE, cause=TABLE)], LOOKED) == []
    living = [row for row in kept(tx) if row.closed_at is None]
    assert [(row.incident_id, row.healthy) for row in living] == [(one, 0)]
    incidents.close(tx, one, ANN, "mended", "done")
    assert incidents.observed(tx, [replace(STALE, cause=TABLE)], LOOKED) != []


def test_every_step_says_why_it_cannot_be(tx: Tx) -> None:
    one = opened(tx)
    steps: list[Callable[[], None]] = [
        lambda: incidents.close(tx, one, ANN, "mended", " \n "),
        lambda: incidents.close(tx, one, ANN, "bored", "words"),
        lambda: incidents.merge(tx, one, one, ANN, "words"),
        lambda: incidents.reopen(tx, one, ANN, "words"),
        lambda: incidents.answer(tx, "none", ANN),
        lambda: incidents.close(tx, one, ANN, "mended", "x" * 513),
    ]
    for step in steps:
        with pytest.raises(NotPossible):
            step()
    incidents.close(tx, one, ANN, "accepted", "a test job")
    for step in (
        partial(incidents.answer, tx, one, ANN),
        partial(incidents.close, tx, one, ANN, "mended", "again"),
    ):
        with pytest.raises(NotPossible):
            step()
    assert len(told(tx)) == 2


def test_a_person_opens_it_again_unless_a_newer_one_is_open(tx: Tx) -> None:
    one = opened(tx)
    incidents.close(tx, one, ANN, "false alarm", "nothing was wrong")
    incidents.reopen(tx, one, ANN, "it was")
    assert kept(tx)[0].state == "open"
    incidents.close(tx, one, ANN, "mended", "done")
    later(tx, AGAIN)
    opened(tx)
    with pytest.raises(NotPossible):
        incidents.reopen(tx, one, ANN, "and again")


def test_the_ledger_tells_each_step_with_its_words(tx: Tx) -> None:
    one = opened(tx)
    incidents.answer(tx, one, ANN)
    incidents.close(tx, one, ANN, "mended", " the \n grant is back ")
    assert told(tx) == [
        ("incident.opened", "incidents"), ("incident.answered", ANN.name), ("incident.closed", ANN.name),
    ]  # fmt: skip
    body = json.loads(ledger.search(tx, event="incident.closed")[0].body)
    assert (body["incident"], body["reason"], body["words"]) == (one, "mended", "the grant is back")


def test_who_may_work_on_it() -> None:
    policy, nobody = the_policy(), Person("u", "ann@example.com", frozenset())
    assert may_work_on(policy, ANN, "dataops", "", "") and not may_work_on(policy, ANN, "finops", "", "")
    assert may_work_on(policy, ANN, "finops", "ann@example.com", ANN.id)
    assert not may_work_on(policy, nobody, "finops", "ann@example.com", ANN.id)  # who is called so is not she
    assert may_work_on(policy, Person("u", "u", frozenset({"team-orders"})), "finops", "team-orders", "")
    assert may_work_on(policy, Person("u", "u", frozenset({"lakehelm-admins"})), "finops", "", "")
    assert not may_work_on(policy, Person("", "", frozenset()), "finops", "", "")
