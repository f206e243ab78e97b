"""What changed last, and what a person can still take back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.deciding.proposals import content_of
from approvals.deciding.undoing import UNDOABLE
from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS, SWITCHES, VOTES

LATELY = dt.timedelta(hours=1)


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


@dataclass(frozen=True)
class Made:
    """A change that was made ``at`` a time (UTC) because somebody approved it, and that can be taken back."""

    proposal_id: str
    title: str
    at: dt.datetime


def reversible(tx: Tx, person: Person, most: int = 50) -> list[Reversible]:
    """What the person approved and nothing was done about yet, the newest first."""
    p, e = PROPOSALS.c, EXECUTIONS.c
    order = (
        sa.select(p.proposal_id, p.title, p.revision, p.action_digest, e.due_at, e.holds)
        .select_from(PROPOSALS.join(EXECUTIONS, e.proposal_id == p.proposal_id))
        .where(p.state == "approved", e.state == "scheduled", e.due_at > tx.now, e.state_since == e.created_at)
        .where(_approved_by(person))
        .order_by(e.created_at.desc(), p.proposal_id.desc())
        .limit(most)
    )
    return [
        Reversible(one.proposal_id, one.title, one.due_at, one.revision, one.action_digest)
        for one in tx.connection.execute(order)
        if not one.holds
    ]


def made_lately(tx: Tx, person: Person, most: int = 3) -> list[Made]:
    """What the person approved and was done within :data:`LATELY`, the newest first; without what has no way back and what
    somebody is taking back already."""
    p, e, undo = PROPOSALS.c, EXECUTIONS.c, PROPOSALS.alias()
    taken_back = sa.exists().where(undo.c.undo_of == p.proposal_id, undo.c.state.in_(("open", "approved")))
    order = (
        sa.select(p.proposal_id, p.title, p.revision, e.state_since)
        .select_from(PROPOSALS.join(EXECUTIONS, e.proposal_id == p.proposal_id))
        .where(p.state == "approved", e.state.in_(UNDOABLE), e.state_since > tx.now - LATELY)
        .where(_approved_by(person), sa.not_(taken_back))
        .order_by(e.state_since.desc(), p.proposal_id.desc())
        .limit(most)
    )
    return [
        Made(one.proposal_id, one.title, one.state_since)
        for one in tx.connection.execute(order)
        if content_of(tx, one.proposal_id, one.revision).rollback is not None
    ]


def _approved_by(person: Person) -> sa.ColumnElement[bool]:
    """Whether the person's vote is one of those that approved it."""
    p = PROPOSALS.c
    return sa.exists().where(
        VOTES.c.proposal_id == p.proposal_id,
        VOTES.c.revision == p.revision,
        VOTES.c.voter_id == person.id,
        VOTES.c.verb == "approve",
        VOTES.c.void_at.is_(None),
    )
