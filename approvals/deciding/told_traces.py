"""What the trace store was told of each proposal, and who is about to tell it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from approvals.store.store import Store, Tx
from approvals.store.tables import PROPOSAL_TRACES

PATIENCE = dt.timedelta(minutes=10)  # then whoever began to tell is taken for gone


def begin(store: Store, proposal_id: str) -> bool:
    """Whether nobody else tells the trace store of the proposal now, so that it gets one trace: from here on it is ours."""
    t = PROPOSAL_TRACES.c
    try:
        with store.writing() as tx:
            row = tx.connection.execute(sa.select(t.trace_id, t.told_at).where(t.proposal_id == proposal_id)).first()
            if row is None:
                mine = {"proposal_id": proposal_id, "trace_id": "", "told_at": tx.now, "stage": ""}
                tx.connection.execute(sa.insert(PROPOSAL_TRACES).values(**mine))
                return True
            if row.trace_id or row.told_at > tx.now - PATIENCE:
                return bool(row.trace_id)
            again = sa.update(PROPOSAL_TRACES).where(t.proposal_id == proposal_id, t.told_at == row.told_at)
            return bool(tx.connection.execute(again.values(told_at=tx.now)).rowcount)
    except IntegrityError:  # another process was first
        return False


def told(tx: Tx, proposal_id: str, trace_id: str, stage: str) -> None:
    """The trace store has the proposal up to ``stage`` as ``trace_id``."""
    mine = sa.update(PROPOSAL_TRACES).where(PROPOSAL_TRACES.c.proposal_id == proposal_id)
    tx.connection.execute(mine.values(trace_id=trace_id, told_at=tx.now, stage=stage))


def gave_up(tx: Tx, proposal_id: str) -> None:
    """The trace store could not be told: whoever is next may try at once."""
    t = PROPOSAL_TRACES.c
    tx.connection.execute(sa.delete(PROPOSAL_TRACES).where(t.proposal_id == proposal_id, t.trace_id == ""))
