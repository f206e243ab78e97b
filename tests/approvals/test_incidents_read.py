"""The incidents as they are read: open ones, closed ones of the last weeks, their findings and their steps."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from approvals.deciding import incidents as deciding
from approvals.reading.incidents import SHOWN, alike, findings, incidents, steps, thing_at
from approvals.store.store import Tx
from approvals.values.proposal import Target
from tests.approvals.test_incidents import ANN, FAILED, LOOKED, OTHER, STALE, later, opened

THIRD = Target(workspace_id="1", type="job", id="9", name="risk")


def test_open_ones_and_those_closed_lately_with_what_was_found(tx: Tx) -> None:
    one = opened(tx)
    later(tx)
    two = opened(tx, FAILED, STALE, replace(FAILED, target=OTHER, cause=OTHER))
    deciding.close(tx, two, ANN, "mended", "done")
    rows = incidents(tx)
    assert [(row.incident_id, row.state, row.findings, row.things) for row in rows.itertuples()] == [
        (two, "closed", 1, 1), (one, "open", 2, 2),
    ]  # fmt: skip
    assert list(rows["proposals"]) == [0, 0]
    later(tx, SHOWN)
    assert list(incidents(tx)["incident_id"]) == [one]
    assert incidents(tx, ("2",)).empty and list(incidents(tx, ("1",))["incident_id"]) == [one]


def test_findings_name_their_things(tx: Tx) -> None:
    rows = findings(tx, opened(tx))
    assert [(row.agent, row.kind) for row in rows.itertuples()] == [
        ("dataops.stale", ""), ("pipelineops.failed", "job.repair_run"),
    ]  # fmt: skip
    things = [thing_at(row) for row in rows.itertuples()]
    assert [(one.kind, one.id) for one in things if one] == [("table", "main.a.orders"), ("job", "7")]
    assert findings(tx, "none").empty


def test_steps_are_those_of_this_incident_alone(tx: Tx) -> None:
    one = opened(tx)
    opened(tx, FAILED, STALE, replace(FAILED, target=OTHER, cause=OTHER))
    deciding.answer(tx, one, ANN)
    deciding.close(tx, one, ANN, "false alarm", "a test")
    found = steps(tx, one)
    assert [(step.event, step.who, step.words) for step in found] == [
        ("incident.opened", "incidents", ""),
        ("incident.answered", ANN.name, ""),
        ("incident.closed", ANN.name, "false alarm: a test"),
    ]
    assert all(isinstance(step.at, dt.datetime) for step in found)


def test_what_ended_and_is_alike_is_the_same_cause_first_and_then_the_newest(tx: Tx) -> None:
    bills, third = replace(FAILED, target=OTHER, cause=OTHER), replace(FAILED, target=THIRD, cause=THIRD)
    table = replace(STALE, cause=STALE.target)
    one = opened(tx)
    deciding.close(tx, one, ANN, "mended", "the grant is back")
    later(tx, deciding.AGAIN)
    _, two, three = deciding.observed(tx, [table, bills, third], LOOKED)
    assert alike(tx, two)["incident_id"].tolist() == [one]
    later(tx)
    deciding.close(tx, two, ANN, "accepted", "so it is")
    deciding.merge(tx, three, deciding.observed(tx, [FAILED], LOOKED)[0], ANN, "both")
    again = one.replace(".001", ".002")
    assert alike(tx, again)["incident_id"].tolist() == [one, two]  # not the joined one, not that of a table
    assert alike(tx, again, ("2",)).empty and alike(tx, "none").empty
