"""Who is told when nobody decides: at half of a proposal's time the second group, unless somebody has claimed it; at four
fifths the lead. They are told, nothing more: who may decide stays the same, and silence never approves."""

from __future__ import annotations

import datetime as dt
from functools import partial

import sqlalchemy as sa

from approvals.deciding.sweeps import due_ids, each
from approvals.deciding.transitions import Row, proposal
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.policy.rules import Escalation
from approvals.store import outbox
from approvals.store.store import Store, Tx
from approvals.store.tables import PROPOSALS, WAITING

CHANNEL = "escalation"  # of the outbox


def escalate(store: Store, told: Escalation) -> int:
    """Tell whoever is due to be told; returns how many proposals it was about. Idempotent, for any number of workers."""
    with store.reading() as tx:
        due = (PROPOSALS.c.state == "open", PROPOSALS.c.escalate_at <= tx.now)
        ids = due_ids(tx, sa.select(PROPOSALS.c.proposal_id).where(*due).order_by(PROPOSALS.c.escalate_at))
    return each(store, ids, partial(_one, told))


def _one(told: Escalation, tx: Tx, proposal_id: str) -> bool:
    row = proposal(tx, proposal_id, lock=True)
    if row.state != "open" or row.escalate_at is None or row.escalate_at > tx.now:
        return False
    late = late_at(row)
    if tx.now >= late:
        _tell(tx, row, "lead", told.lead)
        _next(tx, row, None)
        return True
    if row.claimed_by and row.claim_until is not None and row.claim_until > tx.now:
        _next(tx, row, min(row.claim_until, late))
        return False
    _tell(tx, row, "second", told.second)
    _next(tx, row, late)
    return True


def late_at(row: Row) -> dt.datetime:
    """When four fifths of the time are gone; ``due_at`` is half of it."""
    half: dt.timedelta = row.expires_at - row.due_at
    at: dt.datetime = row.expires_at - half * 2 / 5
    return at


def _tell(tx: Tx, row: Row, step: str, groups: tuple[str, ...]) -> None:
    if not groups:
        return
    waited = sa.select(WAITING.c.group_name).where(WAITING.c.proposal_id == row.proposal_id)
    body = {
        "subject": "Nobody has decided", "proposal": row.proposal_id, "title": row.title, "risk": f"R{row.risk}",
        "waits_for": sorted(tx.connection.execute(waited).scalars()), "expires_at": row.expires_at.isoformat(),
    }  # fmt: skip
    message = {"channel": CHANNEL, "recipient": ", ".join(groups), "body": body}
    outbox.put(tx, f"{row.proposal_id}-{row.revision}-{step}", message)
    ledger.append(
        tx,
        "proposal.escalated",
        Actor("system", "sweeper"),
        proposal_id=row.proposal_id,
        revision=row.revision,
        step=step,
        groups=list(groups),
    )


def _next(tx: Tx, row: Row, at: dt.datetime | None) -> None:
    tx.connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == row.proposal_id).values(escalate_at=at))
