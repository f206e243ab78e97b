"""Proposals by what somebody types of them, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import PROPOSALS


@dataclass(frozen=True)
class Found:
    """One proposal. ``state`` is that of its decision."""

    proposal_id: str
    title: str
    resource_name: str
    owner: str
    state: str


def found(tx: Tx, words: Sequence[str], workspaces: tuple[str, ...] | None, limit: int) -> list[Found]:
    """At most ``limit`` proposals in ``workspaces`` (None: in all) that have every one of ``words`` in their title, the name
    of what they would change, their owner or their id."""
    p = PROPOSALS.c
    within = sa.true() if workspaces is None else p.workspace_id.in_(workspaces)
    spoken = (p.title, p.resource_name, p.owner, p.proposal_id)
    every = [sa.or_(*(column.icontains(word, autoescape=True) for column in spoken)) for word in words]
    columns = (p.proposal_id, p.title, p.resource_name, p.owner, p.state)
    rows = tx.connection.execute(
        sa.select(*columns).where(within, *every).order_by(p.created_at.desc(), p.proposal_id).limit(limit)
    )
    return [Found(**row) for row in rows.mappings()]
