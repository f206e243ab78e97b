"""Nobody decides: at half of the time the second group is told, at four fifths the lead, each once."""

from __future__ import annotations

import sqlalchemy as sa

from approvals.deciding import verbs
from approvals.deciding.escalation import escalate
from approvals.policy.rules import Escalation
from approvals.store.store import Store
from approvals.store.tables import OUTBOX
from tests.approvals.world import ANN, BO, do, events, proposed, row_of
from tests.support.clock import Clock

TOLD = Escalation(second=("blue",), lead=("chiefs", "owners"))


def messages(store: Store) -> list[tuple[str, str]]:
    with store.reading() as tx:
        rows = tx.connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.created_at)).all()
        return [(row.recipient, row.body["subject"]) for row in rows]


def span(store: Store, made: str) -> float:
    row = row_of(store, made)
    return float((row.expires_at - row.created_at).total_seconds())


def test_the_second_group_then_the_lead_each_once(world: Store, clock: Clock) -> None:
    made = proposed(world)
    ttl = span(world, made)
    clock.forward(ttl * 0.5 - 1)
    assert escalate(world, TOLD) == 0
    clock.forward(1)
    assert [escalate(world, TOLD) for _ in range(3)] == [1, 0, 0]
    clock.forward(ttl * 0.3 - 1)
    assert escalate(world, TOLD) == 0
    clock.forward(1)
    assert [escalate(world, TOLD) for _ in range(3)] == [1, 0, 0]
    assert messages(world) == [("blue", "Nobody has decided"), ("chiefs, owners", "Nobody has decided")]
    assert events(world, made).count("proposal.escalated") == 2
    assert row_of(world, made).state == "open"


def test_whoever_has_claimed_it_is_left_alone_until_the_claim_ends(world: Store, clock: Clock) -> None:
    made = proposed(world)
    ttl = span(world, made)
    clock.forward(ttl * 0.5)
    do(world, verbs.claim, made, ANN)
    assert escalate(world, TOLD) == 0
    clock.forward(verbs.CLAIM.total_seconds() - 1)
    assert escalate(world, TOLD) == 0
    clock.forward(1)
    assert escalate(world, TOLD) == 1
    assert messages(world) == [("blue", "Nobody has decided")]


def test_a_claim_does_not_keep_the_lead_from_being_told(world: Store, clock: Clock) -> None:
    made = proposed(world)
    ttl = span(world, made)
    clock.forward(ttl * 0.5)
    assert escalate(world, TOLD) == 1
    clock.forward(ttl * 0.3)
    do(world, verbs.claim, made, BO)
    assert escalate(world, TOLD) == 1
    assert messages(world)[-1] == ("chiefs, owners", "Nobody has decided")


def test_late_workers_tell_the_lead_alone_and_a_new_revision_begins_anew(world: Store, clock: Clock) -> None:
    made = proposed(world)
    clock.forward(span(world, made) * 0.9)
    assert escalate(world, TOLD) == 1
    assert messages(world) == [("chiefs, owners", "Nobody has decided")]
    do(world, verbs.ask, made, ANN, "Why this one?")
    assert escalate(world, TOLD) == 0


def test_where_nobody_is_named_nobody_is_told(world: Store, clock: Clock) -> None:
    made = proposed(world)
    clock.forward(span(world, made) * 0.5)
    escalate(world, Escalation())
    assert messages(world) == [] and "proposal.escalated" not in events(world, made)
