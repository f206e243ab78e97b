"""The last look before an action, with a real executor: what was signed is what runs, by people who still may."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from actions.desk import Desk
from approvals.deciding import delegating
from approvals.deciding.proposals import content_of
from approvals.ledger.ledger import story
from approvals.people.people import Person, Unreachable
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS, PROPOSALS, REVISIONS, VOTES
from approvals.values.canonical import canonical
from approvals.values.considered import Answer, Benefit, Factor, Ooda
from approvals.values.proposal import (
    WORDS,
    Change,
    Check,
    Content,
    DryRun,
    Evidence,
    Impact,
    Requirement,
    Rollback,
    Scalar,
    Seats,
    VerifyPlan,
    action_digest,
)
from bench.deciding import PEOPLE, content
from bench.working import Counters
from tests.approvals.office import approved, work
from tests.approvals.world import START, begin, chain, do, events, execution_of, proposed, row_of, say_yes
from tests.support.clock import Clock
from tests.support.people import People
from tests.support.tiers import deep

ANN, BO, CY = PEOPLE[:3]
SCALAR = Scalar(column="idle_hours", observed=Decimal("12.5"), threshold=Decimal(8))


def tampered(store: Store, proposal_id: str, of: Content) -> None:
    """Change the written revision as only the owner of the table can, who takes its guard off."""
    with store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER revisions_no_update")
        else:
            connection.exec_driver_sql("ALTER TABLE revisions DISABLE TRIGGER USER")
        mine = REVISIONS.c.proposal_id == proposal_id
        connection.execute(sa.update(REVISIONS).where(mine).values(content=canonical(of)))


CHANGED: dict[str, Any] = {
    "schema_version": 2, "kind": "warehouse.stop", "kind_version": 2, "dimension": "mlops", "env": "test", "owner": "eve",
    "title": "Count to ten", "params": {"to": 10}, "before": {"count": 7},
    "changes": (Change(path="count", before=0, after=10),), "steps": ("Count twice",),
    "preconditions": (Check(id="none", expected="nothing"),),
    "evidence": (Evidence(title="other", query="finops.idle_warehouses", params={}, match={}, scalars=(SCALAR,)),),
    "impact": Impact(coverage="complete"), "benefit": Benefit(kind="cost", high=Decimal(1)), "risk": 0,
    "risk_factors": (Factor(factor="kind", value="R0", points=0),), "reversibility": "auto",
    "dry_run": DryRun(mode="native"), "rollback": Rollback(kind="bench.count", params={}),
    "verify": VerifyPlan(window_s=1), "policy_digest": "1" * 64, "rules": ("other (policy:1)",),
    "requirement": Requirement(seats=(Seats(id="approver", groups=("approvers", "everybody")),)),
    "decision_ttl_s": 1, "approval_ttl_s": 10**6, "undo_s": 1, "bulk": True, "undo_of": "x", "emergency": "fire",
    "answers": (Answer(question="Who?", asked_by="ann", text="Me.", answered_by="bo", by_person=True),),
    "consumer_workspaces": ("7",), "consumer_ids": ("9",),
    "ooda": Ooda(why="because"), "narrative": "Trust me.", "confidence": Decimal("0.99"), "calibrated": Decimal("0.99"),
}  # fmt: skip


def _changed(of: Content, field: str) -> Content:
    if field == "target":
        return of.model_copy(update={"target": of.target.model_copy(update={"name": "another name"})})
    if field == "agent":
        return of.model_copy(update={"agent": of.agent.model_copy(update={"sponsor": "eve"})})
    return of.model_copy(update={field: CHANGED[field]})


def test_every_field_is_tried() -> None:
    assert {*CHANGED, "target", "agent"} == set(Content.model_fields)


@pytest.mark.parametrize("field", sorted(Content.model_fields))
def test_what_is_signed_is_every_field_but_the_agents_words(field: str) -> None:
    signed = content()
    differs = action_digest("01P", 1, _changed(signed, field)) != action_digest("01P", 1, signed)
    assert differs is (field not in WORDS)


RUN = ("params", "target")  # that the digest is looked at before the call is seen with any field


@pytest.mark.parametrize(
    "field", [field if field in RUN else deep(field) for field in sorted(set(Content.model_fields) - WORDS)]
)
def test_what_was_changed_after_the_vote_does_not_run(
    world: Store, office: tuple[Desk, Counters], clock: Clock, field: str
) -> None:
    desk, counters = office
    signed = content()
    made = approved(world, of=signed)
    tampered(world, made, _changed(signed, field))
    with world.reading() as tx:
        assert content_of(tx, made, 1) != signed
    work(desk, clock)
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "failed", field
    assert "digest differs" in execution.error_text
    assert counters[signed.target.id] == 0


@pytest.mark.parametrize("field", sorted(WORDS))
def test_the_agents_words_are_not_what_was_signed(
    world: Store, office: tuple[Desk, Counters], clock: Clock, field: str
) -> None:
    desk, counters = office
    signed = content()
    made = approved(world, of=signed)
    tampered(world, made, _changed(signed, field))
    work(desk, clock)
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "verified" and counters[signed.target.id] == 1


def test_what_is_changed_between_the_look_and_the_call_does_not_run(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    desk, counters = office
    signed = content()
    made = approved(world, of=signed)
    other = signed.model_copy(update={"target": signed.target.model_copy(update={"id": "somebody-elses"})})

    begin(world, made, "start", "pass")
    tampered(world, made, other)
    work(desk, clock)
    assert "execution.cancel" in events(world, made) and events(world, made)[-1] == "execution.refuse"
    assert not counters.counts


def test_a_vote_for_another_digest_counts_for_nothing(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    desk, counters = office
    made = approved(world)
    with world.writing() as tx:
        tx.connection.execute(sa.update(VOTES).values(action_digest="f" * 64))
    work(desk, clock)
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "failed" and not counters.counts


def test_what_was_signed_runs_once(world: Store, office: tuple[Desk, Counters], clock: Clock) -> None:
    desk, counters = office
    made = approved(world, 2)
    work(desk, clock)
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "verified"
    assert set(counters.counts.values()) == {1}
    assert events(world, made)[-7:] == [
        "vote.approve",
        "decision.quorum",
        "execution.start",
        "execution.pass",
        "execution.intent_act",
        "execution.ok",
        "execution.verify_pass",
    ]
    assert chain(world).code == 0


# Who may, now


@pytest.mark.parametrize("left", ["group", "company"])
def test_an_approver_who_lost_the_right_makes_it_wait(
    world: Store, office: tuple[Desk, Counters], clock: Clock, people: People, left: str
) -> None:
    desk, counters = office
    made = approved(world, 2)
    if left == "group":
        people.known[ANN.id] = Person(ANN.id, ANN.name, frozenset({"others"}))
    else:
        del people.known[ANN.id]
    work(desk, clock)
    row = row_of(world, made)
    assert (row.state, row.seats_filled) == ("open", 1) and not counters.counts
    with world.reading() as tx:
        cast = {vote.voter_id: vote for vote in tx.connection.execute(sa.select(VOTES))}
        told = [entry for entry in story(tx, made) if entry.event == "decision.lost_right"]
    assert cast[BO.id].void_at is None and cast[ANN.id].void_at is not None
    assert len(told) == 1 and ANN.id in told[0].body and BO.id not in told[0].body
    say_yes(world, made, CY, comment="I still may")
    work(desk, clock)
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "verified"
    assert chain(world).code == 0


def test_who_was_stood_in_for_must_still_have_the_right(
    world: Store, office: tuple[Desk, Counters], clock: Clock, people: People
) -> None:
    desk, _ = office
    eve = Person("u-eve", "eve@example.com")
    people.known[eve.id] = eve
    do(world, delegating.stand_in, ANN, eve, clock.now, clock.now.replace(day=28))
    made = proposed(world, content())
    say_yes(world, made, eve, on_behalf_of=ANN)
    people.known[ANN.id] = Person(ANN.id, ANN.name)
    work(desk, clock)
    assert row_of(world, made).state == "open"


def test_a_directory_that_does_not_answer_holds_it(
    world: Store, office: tuple[Desk, Counters], clock: Clock, people: People
) -> None:
    desk, counters = office
    made = approved(world)
    people.gone = Unreachable("no answer")
    work(desk, clock)
    execution = execution_of(world, made)
    assert execution is not None and (execution.state, execution.holds) == ("scheduled", ["directory"])
    assert row_of(world, made).state == "approved" and not counters.counts
    people.gone = None
    work(desk, clock)
    assert len(counters.counts) == 1


# The target, now


def test_what_is_there_already_is_not_done(world: Store, office: tuple[Desk, Counters], clock: Clock) -> None:
    desk, counters = office
    made = approved(world)
    name = row_of(world, made).resource_key.rpartition("/")[2]
    counters.add(name)
    work(desk, clock)
    assert row_of(world, made).state == "superseded" and execution_of(world, made) is None
    assert counters[name] == 1 and chain(world).code == 0


def test_a_target_that_changed_sends_it_back_to_people(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    """What was approved started from another state: it is worked out anew, and nobody's vote counts for that."""
    desk, counters = office
    made = approved(world, of=content(before={"count": 3}))
    work(desk, clock)
    row = row_of(world, made)
    assert (row.state, row.revision, row.seats_filled) == ("open", 2, 0) and not counters.counts
    with world.reading() as tx:
        assert content_of(tx, made, 2).before == {"count": 0}
    assert execution_of(world, made) is None and chain(world).code == 0


# Rows edited beside the ledger between the approval and the start


EDITED: dict[str, Any] = {
    "title": "Another title", "risk": 0, "owner": "eve", "env": "test", "agent_id": "other", "auto_by": "auto.rule",
    "lapses_at": START + dt.timedelta(days=365), "edited_by": "nobody", "sponsor": "u-x", "confidence": Decimal("0.1"),
}  # fmt: skip


@pytest.mark.parametrize("column", EDITED)
def test_a_proposal_that_was_edited_beside_the_ledger_does_not_run(
    world: Store, office: tuple[Desk, Counters], clock: Clock, column: str
) -> None:
    desk, counters = office
    made = approved(world)
    with world.engine.begin() as connection:
        connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == made).values({column: EDITED[column]}))
    work(desk, clock)
    assert not counters.counts
    assert chain(world).code == 1


def test_a_start_that_was_moved_before_the_time_to_take_it_back_is_over_does_not_run(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    desk, counters = office
    made = approved(world, of=content(undo_s=600))
    with world.engine.begin() as connection:
        mine = EXECUTIONS.c.proposal_id == made
        connection.execute(sa.update(EXECUTIONS).where(mine).values(due_at=clock.now))
    work(desk, clock)
    assert not counters.counts
    honest = approved(world, of=content(undo_s=600))
    clock.forward(600)
    work(desk, clock)
    assert len(counters.counts) == 1
    execution = execution_of(world, honest)
    assert execution is not None and execution.state == "verified"
