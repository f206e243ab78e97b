"""What is counted of the past: how sure agents were and what came of it; approvals that nobody can have read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa

from approvals.reading.attention import Attention, attention
from approvals.reading.reliability import Bin, reliability
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS, VOTES
from tests.approvals.world import AGENT, ANN, BO, content, proposed, say_no, say_yes
from tests.support.clock import Clock

KIND = "warehouse.set_autostop"


def ended(store: Store, confidence: str, state: str) -> None:
    """A proposal that its agent was so sure of: accepted and its execution in ``state``, or rejected."""
    made = proposed(store, content(confidence=Decimal(confidence)))
    if state == "rejected":
        say_no(store, made, ANN)
        return
    say_yes(store, made, ANN)
    with store.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).where(EXECUTIONS.c.proposal_id == made).values(state=state))


def test_the_curve_by_how_sure_it_was(world: Store) -> None:
    """0.55: one of two; 0.95: four of five; 0.30 counts as least sure; what runs still and what waits does not count."""
    for state in ("verified", "rejected"):
        ended(world, "0.55", state)
    for state in ("verified", "verified", "verified", "verified", "rolled_back"):
        ended(world, "0.95", state)
    with world.reading() as tx:
        assert reliability(tx, AGENT.id, KIND) == ()  # seven are too few
    ended(world, "0.30", "failed")
    ended(world, "0.95", "verifying")
    proposed(world, content(confidence=Decimal("0.95")))
    with world.reading() as tx:
        assert reliability(tx, AGENT.id, KIND) == (
            Bin(Decimal(0), Decimal("0.6"), 3, 1),
            Bin(Decimal("0.9"), Decimal("1.0"), 5, 4),
        )
        assert reliability(tx, "another.agent", KIND) == ()


def test_the_interval_is_wilsons() -> None:
    """8 of 10: 0.490 to 0.943, as tables of the score interval have it."""
    low, high = Bin(Decimal("0.9"), Decimal("1.0"), 10, 8).between
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


def test_certainty_belongs_to_the_last_bin(world: Store) -> None:
    for _ in range(8):
        ended(world, "1", "verified")
    with world.reading() as tx:
        assert reliability(tx, AGENT.id, KIND) == (Bin(Decimal("0.9"), Decimal("1.0"), 8, 8),)


def test_approvals_within_five_seconds_at_r2_and_above(world: Store, clock: Clock) -> None:
    """Three approvals of R2, of 4.999, 5 and 60 seconds: one was blind. R1, votes against and old ones do not count."""
    for dwell in (4_999, 5_000, 60_000):
        say_yes(world, proposed(world), ANN, dwell_ms=dwell)
    say_yes(world, proposed(world, content(risk=1)), ANN, dwell_ms=1)
    say_no(world, proposed(world), BO, dwell_ms=1)
    old = proposed(world)
    say_yes(world, old, ANN, dwell_ms=1)
    with world.writing() as tx:
        before = tx.now - dt.timedelta(days=30)
        tx.connection.execute(sa.update(VOTES).where(VOTES.c.proposal_id == old).values(created_at=before))
    with world.reading() as tx:
        found = attention(tx)
    assert found == Attention(3, 1) and found.share is not None and abs(found.share - 1 / 3) < 1e-9


def test_nothing_approved_has_no_share(world: Store) -> None:
    with world.reading() as tx:
        assert attention(tx).share is None
