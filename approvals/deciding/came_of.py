"""What came of the proposals of agents: each one that is through, as far as it teaches anything."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from approvals.learning.labels import Ended
from approvals.policy.rules import RESERVED
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, EXECUTIONS, PROPOSALS, VOTES
from approvals.values.machines import EXECUTION

MOST = 3_000  # proposals, the newest
DECIDED = ("approved", "rejected", "overridden")


def ended(
    tx: Tx, workspaces: tuple[str, ...] | None = None, kind: str = "", agent: str = "", most: int = MOST
) -> list[Ended]:
    """The newest ``most`` proposals of agents that are through in ``workspaces`` (None: all), the oldest first: decided
    against, or approved and carried out as far as it goes. Of ``kind`` or ``agent`` only, where those are said."""
    p, e, d, v, back = PROPOSALS.c, EXECUTIONS.c, DECISIONS.c, VOTES.c, PROPOSALS.alias("back")
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    any_decision = DECISIONS.alias()
    newest = sa.select(sa.func.max(any_decision.c.decision_id)).where(any_decision.c.proposal_id == p.proposal_id)
    looked = sa.select(sa.func.max(v.dwell_ms)).where(
        v.proposal_id == p.proposal_id, v.verb == "approve", v.void_at.is_(None)
    )
    undone = sa.exists().where(back.c.undo_of == p.proposal_id, back.c.state == "approved")
    order = (
        sa.select(
            p.agent_id,
            p.kind,
            d.created_at,
            p.state,
            p.confidence,
            p.agent_version,
            p.env,
            p.risk,
            d.reason,
            e.state,
            undone,
            p.edited_by,
            p.auto_by,
            looked.correlate(PROPOSALS).scalar_subquery(),
            sa.case((p.benefit_kind == "cost", p.benefit_low)),
            p.benefit_high,
            p.currency,
        )
        .select_from(
            PROPOSALS.join(DECISIONS, d.decision_id == newest.correlate(PROPOSALS).scalar_subquery()).outerjoin(
                EXECUTIONS, live
            )
        )
        .where(p.state.in_(DECIDED), p.undo_of.is_(None), p.agent_id.not_in(sorted({*RESERVED, ""})))
        .where(sa.or_(p.state != "approved", e.state.in_(sorted(EXECUTION.final))))
        .order_by(d.created_at.desc(), p.proposal_id.desc())
        .limit(most)
    )
    for column, only in ((p.kind, kind), (p.agent_id, agent)):
        order = order.where(column == only) if only else order
    if workspaces is not None:
        order = order.where(p.workspace_id.in_(workspaces))
    return [_ended(*row) for row in reversed(list(tx.connection.execute(order)))]


def _ended(*row: Any) -> Ended:
    who, kind, at, state, stated, version, env, risk, reason, execution, undone, edited, auto, looked, *gain = row
    low, high, currency = gain
    return Ended(
        agent=who,
        kind=kind,
        at=at,
        state=state,
        stated=float(stated or 0),
        version=version,
        env=env,
        risk=risk,
        reason=reason or "",
        execution=execution or "",
        undone=bool(undone),
        edited=bool(edited),
        by_itself=bool(auto),
        looked=(looked or 0) / 1000,
        saving=None if low is None or high is None else (float(low), float(high)),
        currency=currency,
    )
