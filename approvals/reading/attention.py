"""Whether people read what they approve: approvals that came quicker than anybody reads. For those who lead, not for
ranking people: no names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import PROPOSALS, VOTES

WINDOW = dt.timedelta(days=30)
BLIND = 5_000  # milliseconds with the card open
TARGET = 0.05  # the share that should not be exceeded
RISK = 2  # R2 and above: below, a glance may do


@dataclass(frozen=True)
class Attention:
    """Approvals of R2 and above within :data:`WINDOW`, and how many of them were blind."""

    approvals: int
    blind: int

    @property
    def share(self) -> float | None:
        """Blind ones of all; None when there are none."""
        return self.blind / self.approvals if self.approvals else None


def attention(tx: Tx) -> Attention:
    """By the votes of people; votes that were voided later count, too: they were given."""
    blind = sa.func.sum(sa.case((VOTES.c.dwell_ms < BLIND, 1), else_=0))
    order = (
        sa.select(sa.func.count(), blind)
        .select_from(VOTES.join(PROPOSALS, PROPOSALS.c.proposal_id == VOTES.c.proposal_id))
        .where(VOTES.c.verb == "approve", VOTES.c.created_at > tx.now - WINDOW, PROPOSALS.c.risk >= RISK)
    )
    count, quick = tx.connection.execute(order).one()
    return Attention(int(count), int(quick or 0))
