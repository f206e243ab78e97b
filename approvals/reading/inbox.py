"""What the inbox shows: views, filters, counts and groups, in one deterministic order. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS, SNOOZES, VOTES, WAITING
from approvals.values.machines import EXECUTION, NEEDS_A_LOOK

View = Literal["your_turn", "waiting", "scheduled", "running", "needs_a_look", "auto_done", "done"]
VIEWS: Mapping[View, str] = {
    "your_turn": "Your turn", "waiting": "Waiting on others", "scheduled": "Scheduled", "running": "Running",
    "needs_a_look": "Needs a look", "auto_done": "Auto-done", "done": "Done",
}  # fmt: skip
RUNNING = ("preflight", "executing", "reconciling", "verifying", "rolling_back")
CLOSE = dt.timedelta(hours=4)
_LIVE = sa.and_(EXECUTIONS.c.proposal_id == PROPOSALS.c.proposal_id, EXECUTIONS.c.state != "cancelled")
_JOINED = PROPOSALS.outerjoin(EXECUTIONS, _LIVE)


@dataclass(frozen=True)
class InboxFilters:
    """What the list is narrowed to; empty means everything. ``text`` looks in titles, names and owners."""

    dimension: str = ""
    env: str = ""
    kind: str = ""
    agent: str = ""
    owner: str = ""
    group: str = ""  # a group key
    risk: int | None = None
    least: Decimal | None = None  # money a month
    text: str = ""
    workspaces: tuple[str, ...] | None = None  # those that the person may see; None: all


@dataclass(frozen=True)
class Line:
    """One proposal in the list. ``execution`` is its execution's state, ``holds`` why that does not start."""

    proposal_id: str
    revision: int
    state: str
    title: str
    kind: str
    dimension: str
    env: str
    owner: str
    risk: int
    agent_id: str
    group_key: str
    confidence: Decimal
    benefit_low: Decimal | None
    benefit_high: Decimal | None
    currency: str
    seats: int
    seats_filled: int
    occurrences: int
    expires_at: dt.datetime
    due_at: dt.datetime
    evidence_at: dt.datetime | None
    state_since: dt.datetime
    created_at: dt.datetime
    claimed_by: str
    question: str | None
    auto_by: str
    bulk: bool
    action_digest: str
    execution: str | None
    holds: list[str] = field(default_factory=list)
    starts_at: dt.datetime | None = None


@dataclass(frozen=True)
class Group:
    """Proposals of one kind by one agent for one owner: how many, and what they bring together in a month."""

    group_key: str
    kind: str
    agent_id: str
    owner: str
    count: int
    low: Decimal
    high: Decimal
    currency: str
    risk: int  # the highest
    bulk: bool  # all of them may be decided together


_COLUMNS = [
    *(
        PROPOSALS.c[name]
        for name in (
            "proposal_id",
            "revision",
            "state",
            "title",
            "kind",
            "dimension",
            "env",
            "owner",
            "risk",
            "agent_id",
            "group_key",
            "confidence",
            "benefit_low",
            "benefit_high",
            "currency",
            "seats",
            "seats_filled",
            "occurrences",
            "expires_at",
            "due_at",
            "evidence_at",
            "state_since",
            "created_at",
            "claimed_by",
            "question",
            "auto_by",
            "bulk",
            "action_digest",
        )
    ),
    EXECUTIONS.c.state.label("execution"),
    EXECUTIONS.c.holds,
    EXECUTIONS.c.due_at.label("starts_at"),
]


def listing(
    tx: Tx, view: View, person: Person, filters: InboxFilters, *, limit: int = 50, offset: int = 0
) -> list[Line]:
    """The lines of a page of the view.

    Order: due ones first, then those that expire within four hours, then by what a month of waiting costs, then by age.
    """
    found = sa.select(*_COLUMNS).select_from(_JOINED).where(_in(tx, view, person), *_narrowed(filters))
    order = found.order_by(*_order(tx, view)).limit(limit).offset(offset)
    return [Line(**_line(row)) for row in tx.connection.execute(order).mappings()]


def total(tx: Tx, view: View, person: Person, filters: InboxFilters) -> int:
    """How many lines the view has in all."""
    found = sa.select(sa.func.count()).select_from(_JOINED).where(_in(tx, view, person), *_narrowed(filters))
    return int(tx.connection.execute(found).scalar_one())


def counts(tx: Tx, person: Person, filters: InboxFilters | None = None) -> dict[View, int]:
    """How many proposals each view holds for the person, narrowed as the lists are."""
    stands = sa.and_(PROPOSALS.c.state == "open", PROPOSALS.c.expires_at > tx.now)
    asked = {"open": stands} | {view: _in(tx, view, person) for view in VIEWS if view != "waiting"}
    sums = [sa.func.sum(sa.case((where, 1), else_=0)).label(name) for name, where in asked.items()]
    row = tx.connection.execute(
        sa.select(*sums).select_from(_JOINED).where(*_narrowed(filters or InboxFilters()))
    ).one()
    found = {name: int(count or 0) for name, count in row._mapping.items()}
    found["waiting"] = found["open"] - found["your_turn"]  # whose turn it is is dear to find out: once
    return {view: found[view] for view in VIEWS}


def groups(tx: Tx, view: View, person: Person, filters: InboxFilters, most: int = 20) -> list[Group]:
    """The groups of two and more in the view, the most money first."""
    p, count = PROPOSALS.c, sa.func.count()
    order = (
        sa.select(
            p.group_key,
            p.kind,
            p.agent_id,
            p.owner,
            count.label("count"),
            sa.func.coalesce(sa.func.sum(p.benefit_low), 0).label("low"),
            sa.func.coalesce(sa.func.sum(p.benefit_high), 0).label("high"),
            sa.func.min(p.currency).label("currency"),
            sa.func.max(p.risk).label("risk"),
            sa.func.min(sa.cast(p.bulk, sa.Integer)).label("bulk"),
        )
        .select_from(_JOINED)
        .where(_in(tx, view, person), *_narrowed(filters))
        .group_by(p.group_key, p.kind, p.agent_id, p.owner)
        .having(count > 1, sa.func.min(p.currency) == sa.func.max(p.currency))
        .order_by(sa.desc("high"), sa.desc("count"), p.group_key)
        .limit(most)
    )
    rows = tx.connection.execute(order).mappings()
    return [
        Group(**(dict(row) | {"bulk": bool(row["bulk"]), "low": Decimal(row["low"]), "high": Decimal(row["high"])}))
        for row in rows
    ]


def open_by_dimension(tx: Tx, workspaces: tuple[str, ...] | None = None) -> dict[str, int]:
    """How many proposals are open in each dimension, in ``workspaces`` (None: in all)."""
    p = PROPOSALS.c
    there = (p.state == "open", p.expires_at > tx.now, _within(workspaces))
    rows = tx.connection.execute(sa.select(p.dimension, sa.func.count()).where(*there).group_by(p.dimension))
    return {str(dimension): int(count) for dimension, count in rows}


def choices(tx: Tx, column: str, most: int = 200, workspaces: tuple[str, ...] | None = None) -> list[str]:
    """The values of a filter column (dimension, env, kind, agent_id, owner) that occur in ``workspaces``."""
    chosen = PROPOSALS.c[column]
    order = sa.select(chosen).where(_within(workspaces)).distinct().order_by(chosen).limit(most)
    return [str(row[0]) for row in tx.connection.execute(order)]


def _within(workspaces: tuple[str, ...] | None) -> sa.ColumnElement[bool]:
    return sa.true() if workspaces is None else PROPOSALS.c.workspace_id.in_(workspaces)


def _in(tx: Tx, view: View, person: Person) -> sa.ColumnElement[bool]:
    p, e = PROPOSALS.c, EXECUTIONS.c
    if view == "your_turn":
        return sa.and_(p.state == "open", p.expires_at > tx.now, _mine(tx, person))
    if view == "waiting":
        return sa.and_(p.state == "open", p.expires_at > tx.now, sa.not_(_mine(tx, person)))
    approved = p.state == "approved"
    if view == "scheduled":
        return sa.and_(approved, e.state == "scheduled")
    if view == "running":
        return sa.and_(approved, e.state.in_(RUNNING))
    if view == "needs_a_look":
        return sa.and_(approved, e.state.in_(sorted(NEEDS_A_LOOK)))
    through = e.state.in_(sorted(EXECUTION.final))
    if view == "auto_done":
        return sa.and_(approved, p.auto_by != "", through)
    return sa.or_(p.state.not_in(["open", "approved"]), sa.and_(approved, through))


def _mine(tx: Tx, person: Person) -> sa.ColumnElement[bool]:
    """Waits for one of the person's groups, and they may vote, have not yet, and did not put it off."""
    p = PROPOSALS.c
    waits = sa.exists().where(
        WAITING.c.proposal_id == p.proposal_id, WAITING.c.group_name.in_(sorted(person.groups) or [""])
    )
    voted = sa.exists().where(
        VOTES.c.proposal_id == p.proposal_id,
        VOTES.c.revision == p.revision,
        VOTES.c.voter_id == person.id,
        VOTES.c.void_at.is_(None),
    )
    asleep = sa.exists().where(
        SNOOZES.c.proposal_id == p.proposal_id, SNOOZES.c.person_id == person.id, SNOOZES.c.until > tx.now
    )
    own = sorted({one.lower() for one in (person.id, person.name)})
    edited = sa.or_(*((("\n" + p.edited_by + "\n").icontains(f"\n{name}\n", autoescape=True)) for name in own))
    return sa.and_(
        waits,
        sa.not_(voted),
        sa.not_(asleep),
        sa.func.lower(p.agent_principal).not_in(own),
        sa.or_(p.sponsor.is_(None), sa.func.lower(p.sponsor).not_in(own)),
        sa.or_(p.edited_by == "", sa.not_(edited)),
    )


def _order(tx: Tx, view: View) -> list[sa.ColumnElement[Any]]:
    p = PROPOSALS.c
    if view in ("done", "auto_done"):
        return [p.updated_at.desc(), p.proposal_id.desc()]
    if view in ("scheduled", "running", "needs_a_look"):
        return [EXECUTIONS.c.due_at, p.proposal_id]
    due, close = sa.case((p.due_at <= tx.now, 0), else_=1), sa.case((p.expires_at <= tx.now + CLOSE, 0), else_=1)
    return [due, close, sa.func.coalesce(p.benefit_high, 0).desc(), p.created_at, p.proposal_id]


def _narrowed(filters: InboxFilters) -> list[sa.ColumnElement[bool]]:
    p = PROPOSALS.c
    equal = {p.dimension: filters.dimension, p.env: filters.env, p.kind: filters.kind, p.agent_id: filters.agent,
             p.owner: filters.owner, p.group_key: filters.group}  # fmt: skip
    found: list[sa.ColumnElement[bool]] = [column == wanted for column, wanted in equal.items() if wanted]
    if filters.workspaces is not None:
        found.append(_within(filters.workspaces))
    if filters.risk is not None:
        found.append(p.risk == filters.risk)
    if filters.least is not None:
        found.append(p.benefit_high >= filters.least)
    if filters.text.strip():
        words = filters.text.strip()
        found.append(sa.or_(*(c.icontains(words, autoescape=True) for c in (p.title, p.resource_name, p.owner))))
    return found


def _line(row: Any) -> dict[str, Any]:
    return dict(row) | {"holds": list(row["holds"] or [])}
