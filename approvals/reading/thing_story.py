"""What was proposed, decided and done about one thing, step by step."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from approvals.reading.target_things import about
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, EXECUTIONS, INTENTS, PROPOSALS, VOTES
from approvals.values.machines import EXECUTION, NEEDS_A_LOOK
from approvals.values.proposal import Target
from spelling import folded

MOST = 100  # proposals
BY_VOTE = ("accept", "reject")  # verbs of decisions whose votes stand for themselves
PERSON = "person"  # the agent of what people propose by hand
_NOBODY = sa.literal("")
Steps = sa.Select[Any]


@dataclass(frozen=True)
class Step:
    """One step of a proposal. ``what`` is ``proposed``, ``vote.`` and the verb of a vote, ``decision.`` and that of a decision
    without votes, ``act`` or ``undo`` for a call to the workspace, or ``execution.`` and the state in which it ended.
    ``who`` took it: a person by name, or an agent (``by_agent``); empty for the executor and for what nobody did.
    ``resource_key`` is that of the proposal's target, ``state`` where the proposal is now (its execution, if there is one,
    else its decision)."""

    proposal_id: str
    title: str
    resource_key: str
    state: str
    at: dt.datetime
    what: str
    who: str
    by_agent: bool = False


def story(tx: Tx, target: Target, workspaces: tuple[str, ...] | None, most: int = MOST) -> list[Step]:
    """The steps of the newest ``most`` proposals about ``target`` (of a job: also those about its runs) in ``workspaces``
    (None: in all), the newest first; one statement."""
    return _steps_in(tx, _of_target(target, workspaces, most))


def story_about(tx: Tx, keys: Collection[str], workspaces: tuple[str, ...] | None, most: int = MOST) -> list[Step]:
    """As :func:`story`, about any of the targets that proposals name by ``keys`` (``workspace/type/id``)."""
    return _steps_in(tx, _story(PROPOSALS.c.resource_key.in_(sorted(keys)), workspaces, most))


def story_of(tx: Tx, person: str, workspaces: tuple[str, ...] | None, most: int = MOST) -> list[Step]:
    """The steps that ``person`` (by name, in any capitals) took themselves: what they proposed by hand, their votes and what they
    decided without one, in the newest ``most`` proposals with such a step, the newest first; one statement."""
    name = folded(person)
    steps = _steps_in(tx, _of_person(name, workspaces, most))
    return [one for one in steps if name in map(folded, one.who.split(", ")) and not one.by_agent]


@lru_cache(maxsize=256)
def _of_target(target: Target, workspaces: tuple[str, ...] | None, most: int) -> Steps:
    return _story(about(target), workspaces, most)


@lru_cache(maxsize=256)
def _of_person(name: str, workspaces: tuple[str, ...] | None, most: int) -> Steps:
    p, v, d = PROPOSALS.c, VOTES.c, DECISIONS.c
    own = sa.or_(
        sa.and_(p.agent_id == PERSON, sa.func.lower(p.agent_principal) == name),
        sa.exists().where(v.proposal_id == p.proposal_id, sa.func.lower(v.voter) == name, v.void_at.is_(None)),
        sa.exists().where(
            d.proposal_id == p.proposal_id,
            sa.func.lower(sa.cast(d.decided_by, sa.Text)).contains(json.dumps(name), autoescape=True),
        ),
    )
    return _story(own, workspaces, most)


def _steps_in(tx: Tx, statement: Steps) -> list[Step]:
    found: Iterable[Any] = tx.connection.execute(statement)
    return [_step(*row) for row in found]


def _story(which: sa.ColumnElement[bool], workspaces: tuple[str, ...] | None, most: int) -> Steps:
    """The statement; to put it together takes longer than to run it, so those above keep theirs."""
    chosen = _chosen(which, workspaces, most)
    steps = _steps(chosen).subquery()
    of = (steps.c.proposal_id, chosen.c.title, chosen.c.resource_key, chosen.c.state)
    order = (
        sa.select(*of, steps.c.at, steps.c.what, steps.c.who)
        .join(chosen, chosen.c.proposal_id == steps.c.proposal_id)
        .order_by(steps.c.at.desc(), steps.c.proposal_id.desc(), steps.c.place.desc())
    )
    return order.add_columns(chosen.c.agent_id)


def _step(proposal_id: str, title: str, key: str, state: str, at: dt.datetime, what: str, who: str, agent: str) -> Step:
    if what.startswith("decision."):
        who = ", ".join(json.loads(who))
    return Step(proposal_id, title, key, state, at, what, who, what == "proposed" and agent != PERSON)


def _chosen(which: sa.ColumnElement[bool], workspaces: tuple[str, ...] | None, most: int) -> sa.CTE:
    p, e = PROPOSALS.c, EXECUTIONS.c
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled", p.state == "approved")
    return (
        sa.select(
            p.proposal_id,
            p.title,
            p.resource_key,
            sa.func.coalesce(e.state, p.state).label("state"),
            p.created_at,
            p.agent_id,
            sa.case((p.agent_id == PERSON, p.agent_principal), else_=p.agent_id).label("proposer"),
        )
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, live))
        .where(which)
        .where(sa.true() if workspaces is None else p.workspace_id.in_(workspaces))
        .order_by(p.created_at.desc(), p.proposal_id.desc())
        .limit(most)
        .cte("chosen")
    )


def _steps(chosen: sa.CTE) -> sa.CompoundSelect[Any]:
    """``proposal_id``, ``at``, ``what`` and ``who`` of every step of the ``chosen`` proposals; ``place`` orders those of one
    moment."""
    v, d, e, i = VOTES.c, DECISIONS.c, EXECUTIONS.c, INTENTS.c
    ids = sa.select(chosen.c.proposal_id)
    ended = e.state.in_(sorted(EXECUTION.final | NEEDS_A_LOOK))
    return sa.union_all(
        sa.select(
            chosen.c.proposal_id,
            chosen.c.created_at.label("at"),
            sa.literal("proposed").label("what"),
            chosen.c.proposer.label("who"),
            sa.literal(0).label("place"),
        ),
        sa.select(v.proposal_id, v.created_at, sa.literal("vote.") + v.verb, v.voter, sa.literal(1)).where(
            v.proposal_id.in_(ids), v.void_at.is_(None)
        ),
        sa.select(
            d.proposal_id, d.created_at, sa.literal("decision.") + d.verb, sa.cast(d.decided_by, sa.Text), sa.literal(2)
        ).where(d.proposal_id.in_(ids), d.verb.not_in(BY_VOTE)),
        sa.select(e.proposal_id, i.intended_at, i.phase, _NOBODY, sa.literal(3))
        .join(EXECUTIONS, i.execution_id == e.execution_id)
        .where(e.proposal_id.in_(ids)),
        sa.select(e.proposal_id, e.state_since, sa.literal("execution.") + e.state, _NOBODY, sa.literal(4)).where(
            e.proposal_id.in_(ids), ended
        ),
    )
