"""Which proposals wait for a decision, by what they would change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import PROPOSALS


@dataclass(frozen=True)
class OpenProposal:
    """``resource_key`` is that of its target (:class:`approvals.values.proposal.Target`)."""

    proposal_id: str
    title: str
    resource_key: str


def open_proposals(
    tx: Tx, types: Collection[str], workspaces: tuple[str, ...] | None = None, most: int = 500
) -> list[OpenProposal]:
    """Those about targets of ``types`` (run, job …) whose time is not over, in ``workspaces`` (None: in all), the newest
    first."""
    p = PROPOSALS.c
    order = (
        sa.select(p.proposal_id, p.title, p.resource_key)
        .where(p.state == "open", p.expires_at > tx.now)
        .where(sa.or_(*(p.resource_key.contains(f"/{one}/", autoescape=True) for one in types)))
        .where(sa.true() if workspaces is None else p.workspace_id.in_(workspaces))
        .order_by(p.created_at.desc(), p.proposal_id)
        .limit(most)
    )
    return [OpenProposal(*row) for row in tx.connection.execute(order)]
