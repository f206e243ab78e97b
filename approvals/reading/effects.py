"""What was done to things of the workspace: each call that had, or may have had, an effect."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, INTENTS, PROPOSALS


@dataclass(frozen=True)
class Effect:
    """A call announced ``at`` (UTC), right before it is made, for a proposal; ``resource_key`` is its target's (:class:`Target`)."""

    proposal_id: str
    title: str
    resource_key: str
    at: dt.datetime


def effects(tx: Tx, since: dt.datetime, workspaces: tuple[str, ...] | None = None, most: int = 500) -> list[Effect]:
    """The calls since ``since`` in ``workspaces`` (None: in all), the newest first; the way back counts as well."""
    e, i, p = EXECUTIONS.c, INTENTS.c, PROPOSALS.c
    order = (
        sa.select(p.proposal_id, p.title, e.resource_key, i.intended_at)
        .select_from(
            INTENTS.join(EXECUTIONS, i.execution_id == e.execution_id).join(PROPOSALS, e.proposal_id == p.proposal_id)
        )
        .where(i.intended_at >= since)
        .where(sa.true() if workspaces is None else e.workspace_id.in_(workspaces))
        .order_by(i.intended_at.desc(), p.proposal_id)
        .limit(most)
    )
    return [Effect(*row) for row in tx.connection.execute(order)]
