"""What is open about a thing already: a proposal that is not through, a ticket, an incident."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from approvals.deciding.incident_rows import FINDINGS, INCIDENTS
from approvals.deciding.twins import unsettled
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.canonical import digest
from approvals.values.proposal import Target

TICKET = dt.timedelta(days=30)  # a ticket is taken to be open for so long: nobody tells when it is closed


def known_by(tx: Tx, target: Target, but: str) -> str:
    """What is open about ``target``, apart from the proposal ``but``; empty where nothing is."""
    p = PROPOSALS.c
    mine = (p.resource_key == target.key, p.proposal_id != but)
    waits = sa.select(p.proposal_id).where(*mine, unsettled()).order_by(p.proposal_id).limit(1)
    if (one := tx.connection.scalar(waits)) is not None:
        return f"proposal {one} about the same is not through"
    opened = sa.exists().where(EXECUTIONS.c.proposal_id == p.proposal_id, EXECUTIONS.c.state == "verified")
    lately = sa.select(p.proposal_id).where(*mine, p.kind == "ticket.open", opened, p.state_since > tx.now - TICKET)
    if (one := tx.connection.scalar(lately.order_by(p.state_since.desc()).limit(1))) is not None:
        return f"proposal {one} opened a ticket about the same"
    incidents = (
        sa.select(INCIDENTS.c.incident_id)
        .join(FINDINGS, FINDINGS.c.incident_id == INCIDENTS.c.incident_id)
        .where(FINDINGS.c.target == digest(target.key)[:64], INCIDENTS.c.closed_at.is_(None))
        .order_by(INCIDENTS.c.incident_id)
        .limit(1)
    )
    one = tx.connection.scalar(incidents)
    return "" if one is None else f"incident {one} about the same is open"
