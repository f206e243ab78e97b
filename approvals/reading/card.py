"""Everything about one proposal, for its card: content, votes, seats, execution, history, how similar ones ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row, live_execution, proposal
from approvals.deciding.voters import may_decide, proposed_by, votes
from approvals.learning.standing import Standing
from approvals.ledger import ledger
from approvals.people.people import Person
from approvals.policy.quorum import Seating, seated
from approvals.reading.learned import standing_of
from approvals.reading.reliability import DECIDED, Bin, reliability
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, EXECUTIONS, PROPOSALS
from approvals.values.proposal import Consumer, Content, Evidence
from approvals.values.refusals import NoSuchProposal


@dataclass(frozen=True)
class Similar:
    """How an earlier proposal like this one ended; ``by`` is who decided it last, empty where that was no person."""

    proposal_id: str
    title: str
    same_target: bool
    state: str
    execution: str | None
    verb: str
    by: str
    reason: str
    comment: str
    at: dt.datetime


@dataclass(frozen=True)
class Track:
    """What became of an agent's proposals of one kind."""

    decided: int
    accepted: int
    verified: int
    rolled_back: int


@dataclass(frozen=True)
class Card:
    """The proposal as it is now. ``may`` says whether the person could vote on it in their own right, ``own`` that
    they proposed or sponsored it; :mod:`approvals.reading.offers` says what they may do."""

    row: Row
    content: Content
    votes: list[Row]
    seating: Seating
    execution: Row | None
    executions: list[Row]
    decisions: list[Row]
    story: list[ledger.Entry]
    similar: list[Similar]
    track: Track
    reliability: tuple[Bin, ...]
    standing: Standing | None
    may: bool
    own: bool
    now: dt.datetime


def card(tx: Tx, proposal_id: str, person: Person, workspaces: tuple[str, ...] | None = None) -> Card:
    """For somebody who may see these ``workspaces`` (None: all). Raises
    :class:`approvals.values.refusals.NoSuchProposal`, of what they may not see as well."""
    row = proposal(tx, proposal_id)
    if workspaces is not None and row.workspace_id not in workspaces:
        raise NoSuchProposal(proposal_id)
    content = narrowed(content_of(tx, proposal_id, row.revision), workspaces)
    cast = votes(tx, row)
    voters = {one.voter_id: frozenset(one.groups) for one in cast if one.verb == "approve"}
    own = sa.select(EXECUTIONS).where(EXECUTIONS.c.proposal_id == proposal_id).order_by(EXECUTIONS.c.created_at)
    decided = sa.select(DECISIONS).where(DECISIONS.c.proposal_id == proposal_id).order_by(DECISIONS.c.created_at)
    return Card(
        row=row,
        content=content,
        votes=cast,
        seating=seated(content.requirement, voters),
        execution=live_execution(tx, proposal_id),
        executions=list(tx.connection.execute(own)),
        decisions=list(tx.connection.execute(decided)),
        story=ledger.story(tx, proposal_id),
        similar=similar(tx, row, workspaces=workspaces),
        track=track(tx, row.agent_id, row.kind),
        reliability=reliability(tx, row.agent_id, row.kind),
        standing=standing_of(tx, row.agent_id, row.kind),
        may=may_decide(row, content, person),
        own=proposed_by(row, person),
        now=tx.now,
    )


ELSEWHERE = "in a workspace that is not yours"
WHOSE = ("workspace_id", "consumer_workspace", "writer_workspace")  # columns of answers that hold the id of a workspace


def narrowed(content: Content, workspaces: tuple[str, ...] | None) -> Content:
    """``content`` for somebody who may see these ``workspaces`` (None: all): what lives elsewhere, or nobody knows where,
    is counted with its risk, and not named; rows of evidence that live elsewhere are counted, too, and not shown."""
    if workspaces is None:
        return content
    impact = content.impact
    places = kept(content.consumer_workspaces, impact.consumers)
    hidden = Consumer(name=ELSEWHERE, type="not shown")
    consumers = tuple(
        one if place in workspaces else hidden.model_copy(update={"risk": one.risk})
        for one, place in zip(impact.consumers, places, strict=True)
    )
    found = {
        "consumer_workspaces": tuple(place if place in workspaces else "" for place in places),
        "consumer_ids": tuple(
            ident if place in workspaces else ""
            for ident, place in zip(kept(content.consumer_ids, impact.consumers), places, strict=True)
        ),
    }
    skipped = (f"{len(impact.skipped)} more",) if impact.skipped else ()
    shown = impact.model_copy(update={"consumers": consumers, "skipped": skipped})
    grounds = tuple(_rows_of(one, workspaces) for one in content.evidence)
    return content.model_copy(update={"impact": shown, "evidence": grounds} | found)


def kept(words: tuple[str, ...], consumers: tuple[Consumer, ...]) -> tuple[str, ...]:
    """What was kept of each of ``consumers``; empty words where nothing was."""
    return words if len(words) == len(consumers) else ("",) * len(consumers)


def _rows_of(one: Evidence, workspaces: tuple[str, ...]) -> Evidence:
    """``one`` with its rows of these ``workspaces`` only, by every column that says whose a row is; figures are those of
    its first row."""
    places = [place for place, name in enumerate(one.columns) if name in WHOSE]
    mine = [all(row[place] is None or str(row[place]) in workspaces for place in places) for row in one.rows]
    if all(mine):
        return one
    scalars = (
        one.scalars
        if mine[0]
        else tuple(scalar.model_copy(update={"observed": ELSEWHERE, "text": True}) for scalar in one.scalars)
    )
    rows = tuple(row for row, own in zip(one.rows, mine, strict=True) if own)
    return one.model_copy(update={"rows": rows, "scalars": scalars})


def similar(tx: Tx, row: Row, most: int = 5, workspaces: tuple[str, ...] | None = None) -> list[Similar]:
    """The newest decided proposals on the same target, then of the same kind."""
    p, d = PROPOSALS.c, DECISIONS.c
    same = p.resource_key == row.resource_key
    live = sa.and_(EXECUTIONS.c.proposal_id == p.proposal_id, EXECUTIONS.c.state != "cancelled")
    any_decision = DECISIONS.alias()
    newest = sa.select(sa.func.max(any_decision.c.decision_id)).where(any_decision.c.proposal_id == p.proposal_id)
    last = newest.correlate(PROPOSALS).scalar_subquery()
    order = (
        sa.select(
            p.proposal_id,
            p.title,
            same.label("same_target"),
            p.state,
            EXECUTIONS.c.state.label("execution"),
            d.verb,
            d.decided_by,
            d.reason,
            d.comment,
            d.created_at,
        )
        .select_from(PROPOSALS.join(DECISIONS, d.decision_id == last).outerjoin(EXECUTIONS, live))
        .where(
            p.proposal_id != row.proposal_id,
            sa.or_(same, p.kind == row.kind),
            p.state != "open",
            sa.true() if workspaces is None else p.workspace_id.in_(workspaces),
        )
        .order_by(sa.case((same, 0), else_=1), d.created_at.desc(), p.proposal_id)
        .limit(most)
    )
    return [
        Similar(
            one.proposal_id,
            one.title,
            bool(one.same_target),
            one.state,
            one.execution,
            one.verb,
            str(one.decided_by[-1]) if one.decided_by else "",
            one.reason,
            one.comment or "",
            one.created_at,
        )
        for one in tx.connection.execute(order)
    ]


def track(tx: Tx, agent_id: str, kind: str) -> Track:
    """How many of the agent's proposals of this kind were decided, accepted, verified, rolled back."""

    def count(condition: sa.ColumnElement[bool]) -> Any:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    p, e = PROPOSALS.c, EXECUTIONS.c
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    order = (
        sa.select(
            count(p.state.in_(DECIDED)),
            count(p.state == "approved"),
            count(e.state == "verified"),
            count(e.state.in_(["rolled_back", "rollback_failed"])),
        )
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, live))
        .where(p.agent_id == agent_id, p.kind == kind)
    )
    return Track(*(int(value or 0) for value in tx.connection.execute(order).one()))
