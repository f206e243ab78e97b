"""Whether there is a proposal about the same thing already."""

from __future__ import annotations

import sqlalchemy as sa

from approvals.deciding.transitions import Row
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.machines import EXECUTION
from approvals.values.proposal import Content


def twin(tx: Tx, row: Row, dedup_key: str) -> str | None:
    """Another open proposal that wants what ``dedup_key`` says: two of them would be decided twice."""
    order = sa.select(PROPOSALS.c.proposal_id).where(
        PROPOSALS.c.dedup_key == dedup_key, PROPOSALS.c.state == "open", PROPOSALS.c.proposal_id != row.proposal_id
    )
    return tx.connection.execute(order).scalar_one_or_none()


def unsettled() -> sa.ColumnElement[bool]:
    """The proposals that are open, or approved and not yet through."""
    done = sorted(EXECUTION.final | {"inconclusive"})
    running = sa.select(EXECUTIONS.c.proposal_id).where(EXECUTIONS.c.state.not_in(done))
    approved = sa.and_(PROPOSALS.c.state == "approved", PROPOSALS.c.proposal_id.in_(running))
    return sa.or_(PROPOSALS.c.state == "open", approved)


def same(tx: Tx, content: Content) -> Row | None:
    """The proposal that already wants this effect."""
    return tx.connection.execute(
        sa.select(PROPOSALS)
        .where(PROPOSALS.c.dedup_key == content.dedup_key, unsettled())
        .order_by(PROPOSALS.c.proposal_id)
        .limit(1)
    ).one_or_none()
