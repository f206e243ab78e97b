"""What became of earlier executions of a kind: its record, which risk and trust are worked out from."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from approvals.risk import Track
from approvals.store import Tx
from approvals.tables import EXECUTIONS

WINDOW = dt.timedelta(days=90)
REGRESSED = ("rolled_back", "rollback_failed")


def track_of(tx: Tx, kind: str) -> Track:
    """What became of the kind's executions in the last 90 days."""
    since = (EXECUTIONS.c.kind == kind, EXECUTIONS.c.state_since > tx.now - WINDOW)
    order = sa.select(EXECUTIONS.c.state, sa.func.count()).where(*since).group_by(EXECUTIONS.c.state)
    counted = {str(state): int(number) for state, number in tx.connection.execute(order)}
    return Track(verified=counted.get("verified", 0), regressions=sum(counted.get(one, 0) for one in REGRESSED))
