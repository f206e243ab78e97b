"""Rounds of the agents of which the trace store has not been told: each is kept until it has been, and then no more."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.store.store import Store, Tx
from approvals.store.tables import CYCLES, DRAFTS
from approvals.values.value import Json

PATIENCE = dt.timedelta(minutes=10)  # then whoever began to tell is taken for gone
MOST = 2_000  # that wait, the newest: a week of rounds


@dataclass(frozen=True)
class Cycle:
    """A round that began ``at`` (UTC), as its agents told of it (``agents/cycles.py``); ``proposals`` are those that its drafts
    became, by the ids of the drafts."""

    cycle_id: str
    at: dt.datetime
    said: Json
    proposals: dict[str, str]


def keep(tx: Tx, at: dt.datetime, said: Json) -> str:
    """Keep a round that began ``at`` until the trace store is told of it; its id."""
    c, made = CYCLES.c, uuid.uuid4().hex
    tx.connection.execute(sa.insert(CYCLES).values(cycle_id=made, at=at, said=json.dumps(said)))
    newest = sa.select(c.cycle_id).order_by(c.at.desc(), c.cycle_id).limit(MOST)
    tx.connection.execute(sa.delete(CYCLES).where(c.cycle_id.not_in(newest)))
    return made


def untold(tx: Tx, most: int = 20) -> list[str]:
    """The ids of the rounds that wait, the oldest first."""
    c = CYCLES.c
    return [str(one) for one in tx.connection.scalars(sa.select(c.cycle_id).order_by(c.at, c.cycle_id).limit(most))]


def cycle(tx: Tx, cycle_id: str) -> Cycle | None:
    """The round that waits under this id; None where it has been told."""
    row = tx.connection.execute(sa.select(CYCLES).where(CYCLES.c.cycle_id == cycle_id)).first()
    if row is None:
        return None
    said: Json = json.loads(row.said)
    ids = [one for look in said["looks"] for one in look["handed_in"]]
    order = sa.select(DRAFTS.c.draft_id, DRAFTS.c.proposal_id).where(DRAFTS.c.draft_id.in_(ids))
    became = {draft: made for draft, made in tx.connection.execute(order) if made}
    return Cycle(cycle_id, row.at, said, became)


def begin(store: Store, cycle_id: str) -> bool:
    """Whether nobody else tells the trace store of the round now: from here on it is ours."""
    c = CYCLES.c
    with store.writing() as tx:
        free = sa.or_(c.taken_at.is_(None), c.taken_at <= tx.now - PATIENCE)
        mine = sa.update(CYCLES).where(c.cycle_id == cycle_id, free).values(taken_at=tx.now)
        return bool(tx.connection.execute(mine).rowcount)


def told(tx: Tx, cycle_id: str) -> None:
    """The trace store has it: it waits no more."""
    tx.connection.execute(sa.delete(CYCLES).where(CYCLES.c.cycle_id == cycle_id))


def gave_up(tx: Tx, cycle_id: str) -> None:
    """The trace store could not be told: whoever is next may try at once."""
    tx.connection.execute(sa.update(CYCLES).where(CYCLES.c.cycle_id == cycle_id).values(taken_at=None))
