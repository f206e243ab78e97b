"""An incident stays itself over rounds: what is found later joins it, and a cause that is found after what follows from it makes no
second one."""

from __future__ import annotations

import json
from dataclasses import replace

import sqlalchemy as sa

from approvals.deciding import incidents
from approvals.deciding.incident_rows import INCIDENTS, Found
from approvals.ledger import ledger
from approvals.people.people import Person
from approvals.reading.incidents import findings as read
from approvals.store.store import Tx
from tests.approvals.test_incidents import ANN, HOUR, JOB, LOOKED, OTHER, TABLE, findings, kept, later, told

ALONE = Found(
    "pipelineops.failed", OTHER, OTHER, "bills fails", "bills fails", "job.repair_run", "team-bills", "owns it"
)
ROOT = Found(
    "dataops.stale", TABLE, TABLE, "orders late", "no write for 9 hours", owner="ann@example.com", owner_from="owns it"
)
FOLLOWS = replace(ALONE, cause=TABLE, because="follows main.a.orders, which is old", between=(TABLE,))
BO = Person("u-bo", "bo@example.com", frozenset({"data-approvers"}))


def observed(tx: Tx, *found: Found) -> list[str]:
    later(tx)
    return incidents.observed(tx, found, LOOKED)


def living(tx: Tx) -> list[tuple[str, str, str]]:
    order = sa.select(INCIDENTS).where(INCIDENTS.c.closed_at.is_(None)).order_by(INCIDENTS.c.opened_at)
    return [(row.incident_id, row.name, row.owner) for row in tx.connection.execute(order)]


def test_one_more_finding_joins_it(tx: Tx) -> None:
    (one,) = observed(tx, ROOT)
    assert observed(tx, ROOT, FOLLOWS) == []
    assert living(tx) == [(one, "main.a.orders", "ann@example.com")]
    assert [agent for agent, _ in findings(tx, one)] == ["dataops.stale", "pipelineops.failed"]


def test_a_cause_that_is_found_later_names_it_anew_and_says_why(tx: Tx) -> None:
    (one,) = observed(tx, ALONE)
    incidents.answer(tx, one, BO)
    assert observed(tx, ROOT, FOLLOWS) == []
    assert living(tx) == [(one, "main.a.orders", BO.name)]
    (row,) = kept(tx)
    assert (row.title, row.dimension, row.state, row.type) == ("orders late", "dataops", "answered", "table")
    body = json.loads(ledger.search(tx, event="incident.cause_found")[0].body)
    assert (body["incident"], body["words"]) == (one, FOLLOWS.because)


def test_another_one_of_the_same_cause_is_merged_with_a_reason_and_keeps_its_owner(tx: Tx) -> None:
    one, two = observed(tx, ROOT, ALONE)
    incidents.answer(tx, two, BO)
    assert observed(tx, ROOT, FOLLOWS) == []
    assert living(tx) == [(one, "main.a.orders", BO.name)]
    merged = next(row for row in kept(tx) if row.incident_id == two)
    assert (merged.merged_into, merged.reason, merged.closed_by) == (one, "merged", "")
    assert merged.words == f"It follows from main.a.orders: it {FOLLOWS.because}."
    assert told(tx)[-1] == ("incident.merged", "incidents")
    assert len(findings(tx, one)) == 2


def test_what_a_thing_had_before_stays_beside_what_it_suffers_from_now(tx: Tx) -> None:
    before = replace(ALONE, agent="pipelineops.empty")
    (one,) = observed(tx, before)
    (two,) = observed(tx, before, ROOT, FOLLOWS)
    assert observed(tx, before, ROOT, FOLLOWS) == []
    assert [incident for incident, *_ in living(tx)] == [one, two]
    assert [agent for agent, _ in findings(tx, one)] == ["pipelineops.empty"]


def test_of_two_that_follow_the_one_that_somebody_took_on_goes_on(tx: Tx) -> None:
    first = replace(ALONE, target=JOB, cause=JOB, agent="pipelineops.empty")
    one, two = observed(tx, first, ALONE)
    incidents.answer(tx, two, BO)
    assert observed(tx, ROOT, FOLLOWS, replace(first, cause=TABLE)) == []
    assert living(tx) == [(two, "main.a.orders", BO.name)]
    assert next(row for row in kept(tx) if row.incident_id == one).merged_into == two


def test_what_stays_broken_when_its_cause_is_mended_stays_in_it(tx: Tx) -> None:
    (one,) = observed(tx, ROOT, FOLLOWS)
    assert observed(tx, ALONE) == []  # the table is written again, the job is not repaired yet
    assert observed(tx, ALONE) == []
    assert [incident for incident, *_ in living(tx)] == [one]


def test_what_a_person_parted_is_not_joined_again(tx: Tx) -> None:
    one, two = observed(tx, ROOT, ALONE)
    observed(tx, ROOT, FOLLOWS)
    incidents.reopen(tx, two, ANN, "bills fails for another reason")
    assert observed(tx, ROOT, FOLLOWS) == []
    assert [incident for incident, *_ in living(tx)] == [one, two]
    below = replace(ALONE, agent="dataops.stale", target=JOB, cause=TABLE, between=(OTHER, TABLE))
    assert observed(tx, ROOT, FOLLOWS, below) == []
    assert len(findings(tx, two)) == 2  # and so is what follows from it


def test_a_cause_that_ended_lately_comes_back_as_the_same_one(tx: Tx) -> None:
    (one,) = observed(tx, ROOT)
    incidents.close(tx, one, ANN, "mended", "written again")
    (two,) = observed(tx, ALONE)
    assert observed(tx, ROOT, FOLLOWS) == [one]
    assert [incident for incident, *_ in living(tx)] == [one]
    assert next(row for row in kept(tx) if row.incident_id == two).merged_into == one


def test_what_comes_alone_after_it_was_named_anew_has_another_id(tx: Tx) -> None:
    (one,) = observed(tx, ALONE)
    observed(tx, ROOT, FOLLOWS)
    incidents.close(tx, one, ANN, "mended", "done")
    later(tx, incidents.AGAIN)
    (two,) = observed(tx, ALONE)
    assert two != one and two.partition(".")[0] == one.partition(".")[0]


def test_one_right_of_two_jobs_taken_at_two_times_is_in_both(tx: Tx) -> None:
    lost = Found("pipelineops.lost", TABLE, JOB, "lost", "lost", "grant.add", sort="right")
    assert len(observed(tx, lost, replace(lost, cause=OTHER))) == 2
    assert observed(tx, lost, replace(lost, cause=OTHER)) == []
    assert len(living(tx)) == 2


def test_an_owner_that_is_known_later_is_written_and_one_that_took_it_on_stays(tx: Tx) -> None:
    (one,) = observed(tx, replace(ROOT, owner="", owner_from=""))
    observed(tx, ROOT)
    (row,) = kept(tx)
    assert (row.owner, row.owner_from) == ("ann@example.com", "owns it")
    incidents.answer(tx, one, BO)
    observed(tx, ROOT)
    (row,) = kept(tx)
    assert (row.owner, row.owner_from, row.owner_id) == (BO.name, "", BO.id)


def test_it_is_kept_why_it_follows_how_it_is_broken_and_since_when(tx: Tx) -> None:
    later(tx)
    since = tx.now - HOUR
    (one,) = observed(tx, ROOT, replace(FOLLOWS, sort="stopped", began=since))
    row = next(row for row in read(tx, one).itertuples() if row.agent == "pipelineops.failed")
    assert (row.because, row.sort, row.began_at) == (FOLLOWS.because, "stopped", since)


def test_a_table_on_which_a_right_was_taken_keeps_its_own_incident(tx: Tx) -> None:
    (one,) = observed(tx, ROOT)
    lost = Found("pipelineops.lost", TABLE, OTHER, "lost", "lost", "grant.add", sort="right")
    later(tx)
    (two,) = incidents.observed(tx, [lost], ["pipelineops.lost"])
    assert {incident for incident, *_ in living(tx)} == {one, two}
