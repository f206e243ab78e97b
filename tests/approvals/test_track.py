"""The record of a kind of change: what held, what was taken back, by the executor or by people, within 90 days."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from approvals.reading import track
from approvals.store.store import Store
from approvals.store.tables import PROPOSALS
from approvals.values.risk import Track
from tests.approvals.test_budgets import AT, content, executed, house

__all__ = ["house"]
OLD = AT - dt.timedelta(days=91)


def test_each_kind_has_its_own_record(house: Store) -> None:
    autostop, run = content(kind="warehouse.set_autostop"), content(kind="job.run_now")
    states = ["verified", "verified", "rolled_back", "rollback_failed", "running"]
    with house.writing() as tx:
        for number, state in enumerate(states):
            executed(tx, number, autostop, state)
        executed(tx, 10, autostop, "verified", OLD)
        executed(tx, 11, run, "verified")
        executed(tx, 12, run, "verified")  # the way back of the one before
        tx.connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == "p12").values(undo_of="p11"))
        executed(tx, 13, run, "running")
        tx.connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == "p13").values(undo_of="p11"))
    with house.reading() as tx:
        assert track.track_of(tx, "warehouse.set_autostop") == Track(verified=2, regressions=2)
        assert track.track_of(tx, "job.run_now") == Track(verified=1, regressions=1)
        assert track.track_of(tx, "grant.revoke") == Track(verified=0, regressions=0)
        assert sorted(track.frame(tx).itertuples(index=False, name=None)) == [
            ("job.run_now", 1, 1),
            ("warehouse.set_autostop", 2, 2),
        ]
