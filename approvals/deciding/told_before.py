"""What was told is not told again while nothing that it rests on has changed."""

from __future__ import annotations

import sqlalchemy as sa

from approvals.deciding.rejections import is_message, really_changed
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS, REVISIONS
from approvals.values.proposal import Content, Draft


def told(tx: Tx, draft: Draft) -> str:
    """Why the message ``draft`` says nothing new: its agent told the same of the same target before, and no figure of its
    evidence is another one since. Empty where it does, and for what is no message."""
    if not is_message(draft):
        return ""
    p, this = (
        PROPOSALS.c,
        sa.and_(REVISIONS.c.proposal_id == PROPOSALS.c.proposal_id, REVISIONS.c.revision == PROPOSALS.c.revision),
    )
    sent = sa.select(EXECUTIONS.c.proposal_id).where(EXECUTIONS.c.state == "verified")
    order = (
        sa.select(REVISIONS.c.content, p.created_at)
        .select_from(PROPOSALS.join(REVISIONS, this))
        .where(p.kind == draft.kind, p.resource_key == draft.target.key, p.agent_id == draft.agent.id)
        .where(p.proposal_id.in_(sent))
        .order_by(p.created_at.desc(), p.proposal_id.desc())
        .limit(1)
    )
    newest = tx.connection.execute(order).one_or_none()
    if newest is None or really_changed(Content.model_validate_json(newest.content).evidence, draft.evidence):
        return ""
    return f"told on {newest.created_at:%Y-%m-%d}: nothing has changed since"
