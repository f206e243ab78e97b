"""What is proposed, agreed or done about things of the workspace: the newest of each kind of action, or what still waits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.machines import NEEDS_A_LOOK

_ENDED = {"verified": "done", "rolled_back": "undone", "failed": "failed"}


@dataclass(frozen=True)
class Proposed:
    """A proposal about the thing of ``resource_key`` (:class:`approvals.values.proposal.Target`). ``state`` is ``open``,
    ``approved``, ``done``, ``undone``, ``failed``, ``needs a look``, or how it ended without a change: ``rejected``,
    ``expired`` …"""

    proposal_id: str
    title: str
    kind: str
    resource_key: str
    state: str


def newest_of_kinds(
    tx: Tx, kinds: Collection[str], workspaces: tuple[str, ...] | None = None, most: int = 5_000
) -> list[Proposed]:
    """The proposals of ``kinds`` of action in ``workspaces`` (None: in all), the newest for each thing and kind."""
    found: dict[tuple[str, str], Proposed] = {}
    for one in _read(tx, [PROPOSALS.c.kind.in_(sorted(kinds))], workspaces, most):
        found.setdefault((one.resource_key, one.kind), one)
    return list(found.values())


def waiting_about(
    tx: Tx, types: Collection[str], workspaces: tuple[str, ...] | None = None, most: int = 500
) -> list[Proposed]:
    """Those about targets of ``types`` (run, job …) that wait for a decision and whose time is not over, the newest first."""
    p = PROPOSALS.c
    of_types = sa.or_(*(p.resource_key.contains(f"/{one}/", autoescape=True) for one in types))
    return _read(tx, [p.state == "open", p.expires_at > tx.now, of_types], workspaces, most)


def _read(
    tx: Tx, conditions: Collection[sa.ColumnElement[bool]], workspaces: tuple[str, ...] | None, most: int
) -> list[Proposed]:
    p, e = PROPOSALS.c, EXECUTIONS.c
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    order = (
        sa.select(p.proposal_id, p.title, p.kind, p.resource_key, p.state, e.state)
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, live))
        .where(*conditions)
        .where(sa.true() if workspaces is None else p.workspace_id.in_(workspaces))
        .order_by(p.created_at.desc(), p.proposal_id)
        .limit(most)
    )
    return [Proposed(*row[:4], _state(*row[4:])) for row in tx.connection.execute(order)]


def _state(decided: str, executed: str | None) -> str:
    if decided != "approved" or executed is None:
        return decided
    return "needs a look" if executed in NEEDS_A_LOOK else _ENDED.get(executed, "approved")
