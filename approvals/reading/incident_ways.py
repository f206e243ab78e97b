"""What can be done about an incident: the proposals about its things that wait for people, as they were written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from approvals.deciding.incident_rows import FINDINGS, INCIDENTS
from approvals.reading.incidents import target_of
from approvals.store.store import Tx
from approvals.store.tables import PROPOSALS, REVISIONS
from approvals.values.proposal import Content

MOST = 12  # proposals beside one incident


@dataclass(frozen=True)
class Way:
    """One that waits: ``filled`` of its seats are taken; it must be decided before ``expires_at`` (UTC)."""

    proposal_id: str
    content: Content
    filled: int
    expires_at: dt.datetime


def ways(tx: Tx, incident_id: str, workspaces: tuple[str, ...] | None = None) -> list[Way]:
    """The open proposals about the cause of an incident, and about what was found in it, that are of ``workspaces`` (None: all):
    the newest :data:`MOST`."""
    p, r = PROPOSALS.c, REVISIONS.c
    revision = sa.and_(r.proposal_id == p.proposal_id, r.revision == p.revision)
    order = (
        sa.select(p.proposal_id, r.content, p.seats_filled, p.expires_at)
        .select_from(PROPOSALS.join(REVISIONS, revision))
        .where(p.state == "open", p.expires_at > tx.now, p.resource_key.in_(sorted(keys(tx, incident_id))))
        .where(sa.true() if workspaces is None else p.workspace_id.in_(workspaces))
        .order_by(p.created_at.desc(), p.proposal_id)
        .limit(MOST)
    )
    return [_way(*row) for row in tx.connection.execute(order)]


def keys(tx: Tx, incident_id: str) -> set[str]:
    """The cause of an incident and what was found in it, as proposals name what they are about."""
    found: set[str] = set()
    for table in (INCIDENTS, FINDINGS):
        rows: Any = tx.connection.execute(sa.select(table).where(table.c.incident_id == incident_id))
        found |= {target_of(row).key for row in rows}
    return found


def _way(proposal_id: str, content: str, filled: int, expires_at: dt.datetime) -> Way:
    return Way(proposal_id, Content.model_validate_json(content), filled, expires_at)
