"""The incidents as they are read: open ones, closed ones of the last weeks, their findings and their steps."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from approvals.deciding import incidents as deciding
from approvals.reading.incidents import SHOWN, findings, incidents, steps, thing_at
from approvals.store.store import Tx
from tests.approvals.test_incidents import ANN, FAILED, OTHER, STALE, later, opened


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
