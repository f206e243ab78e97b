"""Who may vote on a proposal, who has, and for whom."""

from __future__ import annotations

import sqlalchemy as sa

from approvals.deciding.transitions import Row
from approvals.deciding.witnessed import lent
from approvals.ledger.ledger_replay import RECORDED
from approvals.people.people import Person, is_person
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, DELEGATIONS, LEDGER, VOTES
from approvals.values.proposal import Content, Requirement
from approvals.values.refusals import (
    AlreadyDecided,
)


def votes(tx: Tx, row: Row) -> list[Row]:
    """The valid votes on the current revision, oldest first."""
    order = sa.select(VOTES).where(*counted(row)).order_by(VOTES.c.created_at, VOTES.c.vote_id)
    return list(tx.connection.execute(order))


def may_decide(row: Row, content: Content, person: Person) -> bool:
    """Whether the person could vote on this proposal in their own right, were nobody else to."""
    return not barred(row, person) and asked_of(content.requirement, person)


def represented(tx: Tx, person: Person) -> list[Person]:
    """Whom the person may act for today. Their groups are not known here: the caller looks them up."""
    order = sa.select(DELEGATIONS).where(
        DELEGATIONS.c.to_id == person.id,
        DELEGATIONS.c.starts_at <= tx.now,
        DELEGATIONS.c.ends_at > tx.now,
        DELEGATIONS.c.ended_at.is_(None),
    )
    return [Person(one.from_id, one.from_name) for one in tx.connection.execute(order).all() if lent(tx, one)]


def proposed_by(row: Row, person: Person) -> bool:
    """Whether the person proposed or sponsored it."""
    return is_person(row.agent_principal, person) or is_person(row.sponsor, person)


def barred(row: Row, person: Person) -> bool:
    """Whether the person proposed, sponsored or edited it, or broke the glass for it: then they never decide on it."""
    return proposed_by(row, person) or any(is_person(one, person) for one in row.edited_by.split("\n"))


def voters_by_hat(tx: Tx, row: Row) -> dict[str, frozenset[str]]:
    """Who has approved it, by id, with the groups that the vote counted for."""
    return {one.voter_id: frozenset(one.groups) for one in votes(tx, row) if one.verb == "approve"}


def names_of_voters(tx: Tx, row: Row) -> list[str]:
    """Who has approved it, by name."""
    return [one.voter for one in votes(tx, row) if one.verb == "approve"]


def counted(row: Row) -> tuple[sa.ColumnElement[bool], ...]:
    """Which votes count: those for this revision that were not made void."""
    return VOTES.c.proposal_id == row.proposal_id, VOTES.c.revision == row.revision, VOTES.c.void_at.is_(None)


def asked_of(requirement: Requirement, person: Person) -> bool:
    """Whether the person has a seat."""
    return any(person.groups & set(seats.groups) for seats in requirement.seats)


def decided(tx: Tx, row: Row) -> AlreadyDecided:
    """How a proposal that is no longer open was decided, for the one who came too late."""
    if row.state == "open":  # its time is over, nobody has swept it up yet
        return AlreadyDecided("expired", "expire", "", row.expires_at, "")
    last = newest_vote(tx, row)
    if last is None:
        return AlreadyDecided(row.state, row.state, "", row.state_since, "")
    return AlreadyDecided(row.state, last.verb, ", ".join(last.decided_by), last.created_at, last.comment or "")


def newest_vote(tx: Tx, row: Row) -> Row | None:
    """The newest decision on a proposal, by the order of the ledger: clocks may be set back."""
    mine = DECISIONS.c.proposal_id == row.proposal_id
    events = [f"decision.{event}" for event in RECORDED]
    order = sa.select(LEDGER.c.event, LEDGER.c.at).where(
        LEDGER.c.proposal_id == row.proposal_id, LEDGER.c.event.in_(events)
    )
    told = tx.connection.execute(order.order_by(LEDGER.c.seq.desc()).limit(1)).one_or_none()
    newest = sa.select(DECISIONS).where(mine).order_by(DECISIONS.c.created_at.desc(), DECISIONS.c.decision_id.desc())
    if told is not None:
        verb = RECORDED[told.event.removeprefix("decision.")]
        newest = newest.where(DECISIONS.c.verb == verb, DECISIONS.c.created_at == told.at)
    return tx.connection.execute(newest.limit(1)).one_or_none()
