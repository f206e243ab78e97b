"""What is proposed, agreed or done about things of the workspace, by thing and kind of action."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.machines import NEEDS_A_LOOK

_ENDED = {"verified": "done", "rolled_back": "undone", "failed": "failed"}


@dataclass(frozen=True)
class About:
    """The newest proposal of its kind about the thing of ``resource_key`` (:class:`approvals.values.proposal.Target`).
    ``state`` is ``open``, ``approved``, ``done``, ``undone``, ``failed``, ``needs a look``, or how it ended without a change:
    ``rejected``, ``expired`` …"""

    proposal_id: str
    title: str
    kind: str
    resource_key: str
    state: str


def about_things(
    tx: Tx, kinds: Collection[str], workspaces: tuple[str, ...] | None = None, most: int = 5_000
) -> list[About]:
    """The proposals of ``kinds`` in ``workspaces`` (None: in all), one for each thing and kind."""
    p, e = PROPOSALS.c, EXECUTIONS.c
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    newest_first = (
        sa.select(p.proposal_id, p.title, p.kind, p.resource_key, p.state, e.state)
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, live))
        .where(p.kind.in_(sorted(kinds)))
        .where(sa.true() if workspaces is None else p.workspace_id.in_(workspaces))
        .order_by(p.created_at.desc(), p.proposal_id)
        .limit(most)
    )
    found: dict[tuple[str, str], About] = {}
    for proposal_id, title, kind, key, decided, executed in tx.connection.execute(newest_first):
        found.setdefault((key, kind), About(proposal_id, title, kind, key, _state(decided, executed)))
    return list(found.values())


def _state(decided: str, executed: str | None) -> str:
    if decided != "approved" or executed is None:
        return decided
    return "needs a look" if executed in NEEDS_A_LOOK else _ENDED.get(executed, "approved")
