"""What became of earlier executions of a kind: its record, which risk and trust are worked out from."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pandas as pd
import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.risk import Track

WINDOW = dt.timedelta(days=90)
REGRESSED = ("rolled_back", "rollback_failed", "undone")


def track_of(tx: Tx, kind: str) -> Track:
    """What became of the kind's executions in the last 90 days."""
    return tracks(tx).get(kind, Track(verified=0, regressions=0))


def tracks(tx: Tx) -> dict[str, Track]:
    """What became of the executions of each kind in the last 90 days; a kind without any is not in it. One that people
    took back again later is a regression, too; the way back itself is nothing that held."""
    e, undo = EXECUTIONS.c, PROPOSALS.c.undo_of.is_not(None)
    counted: dict[str, Counter[str]] = {}
    order = (
        sa.select(
            e.kind,
            sa.case((sa.and_(undo, e.state == "verified"), "undone"), (undo, ""), else_=e.state),
            sa.func.count(),
        )
        .select_from(EXECUTIONS.join(PROPOSALS, PROPOSALS.c.proposal_id == e.proposal_id))
        .where(e.state_since > tx.now - WINDOW)
        .group_by(sa.text("1, 2"))
    )
    for kind, state, number in tx.connection.execute(order):
        counted.setdefault(str(kind), Counter())[str(state)] = int(number)
    return {
        kind: Track(verified=states["verified"], regressions=sum(states[one] for one in REGRESSED))
        for kind, states in counted.items()
    }


def frame(tx: Tx) -> pd.DataFrame:
    """:func:`tracks` as a frame: kind, verified, regressions."""
    found = [(kind, track.verified, track.regressions) for kind, track in tracks(tx).items()]
    return pd.DataFrame(found, columns=["kind", "verified", "regressions"])
