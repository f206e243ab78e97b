"""What changed last, and what a person can still take back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS, SWITCHES, VOTES


def version(tx: Tx) -> str:
    """Another text whenever a proposal or an execution was written, or a kill switch turned, since; cheap enough to ask
    every few seconds."""
    marks = [
        sa.select(sa.func.max(column)).scalar_subquery() for column in (PROPOSALS.c.updated_at, EXECUTIONS.c.updated_at)
    ]
    counts = [
        sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in (PROPOSALS, EXECUTIONS, SWITCHES)
    ]
    return "|".join(str(value) for value in tx.connection.execute(sa.select(*marks, *counts)).one())


@dataclass(frozen=True)
class Reversible:
    """An approval of one's own whose undo window is open until ``starts_at`` (UTC)."""

    proposal_id: str
    title: str
    starts_at: dt.datetime
    revision: int = 1
    action_digest: str = ""


def reversible(tx: Tx, person: Person, most: int = 50) -> list[Reversible]:
    """What the person approved and nothing was done about yet, the newest first."""
    p, e = PROPOSALS.c, EXECUTIONS.c
    mine = sa.exists().where(
        VOTES.c.proposal_id == p.proposal_id,
        VOTES.c.revision == p.revision,
        VOTES.c.voter_id == person.id,
        VOTES.c.verb == "approve",
        VOTES.c.void_at.is_(None),
    )
    order = (
        sa.select(p.proposal_id, p.title, p.revision, p.action_digest, e.due_at, e.holds)
        .select_from(PROPOSALS.join(EXECUTIONS, e.proposal_id == p.proposal_id))
        .where(p.state == "approved", e.state == "scheduled", e.due_at > tx.now, e.state_since == e.created_at, mine)
        .order_by(e.created_at.desc(), p.proposal_id.desc())
        .limit(most)
    )
    return [
        Reversible(one.proposal_id, one.title, one.due_at, one.revision, one.action_digest)
        for one in tx.connection.execute(order)
        if not one.holds
    ]
