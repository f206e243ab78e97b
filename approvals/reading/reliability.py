"""Whether agents know how sure to be: what they said of themselves, held against what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.machines import EXECUTION

BINS = 5  # over 0.5 to 1.0; what is below counts in the first one
FEWEST = 8  # decided proposals: below, a curve would only show chance
DECIDED = ("approved", "rejected", "overridden")


@dataclass(frozen=True)
class Bin:
    """Proposals whose agent was sure to at least ``low`` and less than ``high``: how many have come to an end, and of
    how many people said yes and the change was verified."""

    low: Decimal
    high: Decimal
    ended: int
    good: int

    @property
    def between(self) -> tuple[float, float]:
        """The 95% score interval of the share of good ones (Wilson 1927)."""
        z, of = 1.96, self.ended
        share = self.good / of
        middle, half = share + z * z / (2 * of), z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
        return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def reliability(tx: Tx, agent_id: str, kind: str) -> tuple[Bin, ...]:
    """The bins that hold anything, least sure first; empty while fewer than :data:`FEWEST` have come to an end."""
    p, e = PROPOSALS.c, EXECUTIONS.c
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    order = (
        sa.select(p.confidence, sa.func.count(), sa.func.sum(sa.case((e.state == "verified", 1), else_=0)))
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, live))
        .where(p.agent_id == agent_id, p.kind == kind, p.state.in_(DECIDED))
        .where(sa.or_(e.state.is_(None), e.state.in_(sorted(EXECUTION.final))))
        .group_by(p.confidence)
    )
    ended, good = [0] * BINS, [0] * BINS
    for confidence, count, verified in tx.connection.execute(order):
        place = min(max(int((Decimal(confidence) - Decimal("0.5")) * 2 * BINS), 0), BINS - 1)
        ended[place] += int(count)
        good[place] += int(verified or 0)
    if sum(ended) < FEWEST:
        return ()
    step = Decimal("0.5") / BINS
    edges = [Decimal("0.5") + step * number for number in range(BINS + 1)]
    return tuple(Bin(edges[n] if n else Decimal(0), edges[n + 1], ended[n], good[n]) for n in range(BINS) if ended[n])
