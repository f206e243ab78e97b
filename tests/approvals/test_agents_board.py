"""Which proposals of agents came true, and how many MLflow has."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from approvals.deciding.told_traces import begin, told
from approvals.reading.agents_board import came_true
from approvals.reading.proposal_story import traced
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS, PROPOSALS
from tests.approvals.world import ANN, START, proposed, say_no, say_yes
from tests.support.clock import Clock
from tests.support.stores import store_at


def ended(store: Store, proposal_id: str, state: str) -> None:
    with store.engine.begin() as connection:
        mine = EXECUTIONS.c.proposal_id == proposal_id
        connection.execute(sa.update(EXECUTIONS).where(mine).values(state=state, state_since=START))


def test_came_true_is_accepted_verified_and_not_taken_back(tmp_path: Path) -> None:
    """One verified, one rolled back, one refused, one verified and taken back later; one under way and one open count nothing."""
    store = store_at(tmp_path / "store.sqlite", Clock(START))
    good, bad, refused, undone, under_way, _open = (proposed(store) for _ in range(6))
    for one in (good, bad, undone, under_way):
        say_yes(store, one, ANN)
    say_no(store, refused, ANN)
    ended(store, good, "verified")
    ended(store, bad, "rolled_back")
    ended(store, undone, "verified")
    later = proposed(store)
    say_yes(store, later, ANN)
    with store.engine.begin() as connection:
        connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == later).values(undo_of=undone))
    with store.reading() as tx:
        found = came_true(tx)
        assert sorted(found["right"].tolist()) == [False, False, False, True]
        assert came_true(tx, ("nowhere",)).empty and traced(tx, START - dt.timedelta(days=1)) == (0, 6)
    assert begin(store, good)
    with store.writing() as tx:
        told(tx, good, "tr-1", "settled")
    assert begin(store, bad)  # somebody is at it
    with store.reading() as tx:
        assert traced(tx, START - dt.timedelta(days=1)) == (1, 6)
    store.engine.dispose()
