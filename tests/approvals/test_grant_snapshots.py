"""What was granted, kept once a month, over SQLite and a real Postgres: the same rights have one digest, and what was written
anew later counts as none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from approvals.deciding import grant_snapshots
from approvals.deciding.grant_snapshots import GRANT_SNAPSHOTS, MOST, NotAsKept, Right, digest_of
from approvals.ledger import ledger
from approvals.store.store import Tx

A: Right = ("table", "main.s.t", "ann@example.com", "SELECT")
B: Right = ("schema", "main.s", "team-é", "USE_SCHEMA")


def later(tx: Tx, months: int) -> Tx:
    first = tx.now.year * 12 + tx.now.month - 1 + months
    return replace(tx, now=tx.now.replace(year=first // 12, month=first % 12 + 1, day=3))


def test_one_a_month_is_kept_with_its_digest_in_the_ledger(tx: Tx) -> None:
    assert grant_snapshots.wanted(tx) and grant_snapshots.keep(tx, [B, A, A])
    assert not grant_snapshots.wanted(tx) and not grant_snapshots.keep(tx, [A])
    (one,) = grant_snapshots.snapshots(tx)
    assert (one.rights, one.digest, one.taken_at) == (2, digest_of([A, B]), tx.now)
    assert grant_snapshots.rights_of(tx, one.digest) == sorted([A, B])
    (entry,) = ledger.search(tx, event="grants.")
    assert json.loads(entry.body) == {
        "digest": one.digest,
        "month": f"{tx.now:%Y-%m}-01",
        "rights": 2,
    }


def test_the_oldest_are_forgotten_and_the_ledger_keeps_their_digests(tx: Tx) -> None:
    for month in range(MOST + 2):
        assert grant_snapshots.keep(later(tx, month), [(*A[:3], f"P{month}")])
    kept = grant_snapshots.snapshots(tx)
    assert len(kept) == MOST and kept[0].taken_at.month == later(tx, 2).now.month
    assert len(ledger.search(tx, event="grants.")) == MOST + 2


def test_one_that_was_written_anew_counts_as_none(tx: Tx) -> None:
    grant_snapshots.keep(tx, [A])
    (kept,) = grant_snapshots.snapshots(tx)
    tx.connection.execute(sa.update(GRANT_SNAPSHOTS).values(content=b"x"))
    with pytest.raises(NotAsKept):
        grant_snapshots.rights_of(tx, kept.digest)
    tx.connection.execute(sa.update(GRANT_SNAPSHOTS).values(digest=digest_of([B])))
    assert grant_snapshots.snapshots(tx) == []
    with pytest.raises(NotAsKept):
        grant_snapshots.rights_of(tx, kept.digest)


def test_no_rights_are_a_snapshot_too(tx: Tx) -> None:
    assert grant_snapshots.keep(tx, [])
    assert grant_snapshots.rights_of(tx, digest_of([])) == []
