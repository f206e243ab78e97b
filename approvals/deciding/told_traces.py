"""Which settled proposals the trace store has."""

from __future__ import annotations

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import PROPOSAL_TRACES


def told(tx: Tx, proposal_id: str, trace_id: str) -> None:
    """The trace store has the proposal as ``trace_id``: it does not wait any more."""
    tx.connection.execute(sa.insert(PROPOSAL_TRACES).values(proposal_id=proposal_id, trace_id=trace_id, told_at=tx.now))
