"""What people asked to be told of: a kind of event of one thing. It is one's own: nobody else sees or changes it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from approvals.people.figures import figure_of, tile_figure
from approvals.people.people import Person
from approvals.people.roles import RowLimits
from approvals.store.store import Tx
from approvals.store.tables import NOTICE_LOOKS, NOTICES, NOTICES_TOLD
from approvals.values.refusals import NotYours, Refusal
from spelling import composed, escaped
from things import Kind, Thing

MOST = 50  # things a person is told of
SHOWN = 100  # of what somebody was told
LONGEST_MUTE = dt.timedelta(days=366)


@dataclass(frozen=True)
class NoticeKind:
    """``title`` goes on "Tell me when "; it can be asked of things of the kinds ``of``, with a ``budget`` for each month where
    it needs one."""

    key: str
    title: str
    of: frozenset[Kind]
    budget: bool = False


_JOB: frozenset[Kind] = frozenset({"job"})
_FIGURE: frozenset[Kind] = frozenset({"figure"})
_BILLED: frozenset[Kind] = frozenset({
    "job", "pipeline", "cluster", "warehouse", "endpoint", "app", "database", "principal", "workspace", "cost_centre",
})  # fmt: skip
_JUDGED: frozenset[Kind] = frozenset({"job", "pipeline", "cluster", "warehouse", "endpoint", "workspace"})
_CHANGED: frozenset[Kind] = frozenset({"job", "pipeline", "cluster", "warehouse", "table"})
KINDS: Mapping[str, NoticeKind] = MappingProxyType(
    {
        one.key: one
        for one in (
            NoticeKind("failed", "a run of it fails", frozenset({"job", "pipeline"})),
            NoticeKind("late", "it is late", _JOB),
            NoticeKind("slower", "it becomes slower than usual", _JOB),
            NoticeKind("budget", "its month costs more than a budget", _BILLED, budget=True),
            NoticeKind("cost", "its cost is unusual", _JUDGED),
            NoticeKind("limit", "it passes a limit", _FIGURE, budget=True),
            NoticeKind("drift", "it drifts from its usual", _FIGURE),
            NoticeKind("proposal", "somebody proposes to change it", _CHANGED),
        )
    }
)
MOST_BUDGET = Decimal(10) ** 12


@dataclass(frozen=True)
class Notice:
    """One of them. ``name`` is what the thing was called when it was asked for. Times are UTC: ``checked_at`` is when
    it was last looked, ``could_not`` why that could not tell, ``standing`` the condition that was told of and holds still."""

    notice_id: str
    person_id: str
    person: str
    kind: str
    thing: Thing
    name: str
    budget: Decimal | None
    currency: str
    created_at: dt.datetime
    muted_until: dt.datetime | None = None
    checked_at: dt.datetime | None = None
    could_not: str = ""
    standing: str = ""
    last_told: dt.datetime | None = None

    @property
    def since(self) -> dt.datetime:
        """What happened before is not told: neither what was there already, nor what happened while it was muted."""
        return max(self.created_at, self.muted_until or self.created_at)


@dataclass(frozen=True)
class Told:
    """What somebody was told of ``thing``; ``happened_at`` and ``told_at`` are UTC."""

    kind: str
    thing: Thing
    name: str
    subject: str
    text: str
    happened_at: dt.datetime
    told_at: dt.datetime


def kinds_for(thing: Thing) -> list[NoticeKind]:
    """What can be told of ``thing``."""
    known = thing.kind != "figure" or figure_of(thing) is not None or tile_figure(thing) is not None
    return [one for one in KINDS.values() if known and thing.kind in one.of]


def may_watch(limits: RowLimits, thing: Thing) -> bool:
    """Whether all that is told of ``thing`` lies within the rows of somebody with ``limits``: what lives in one of their
    workspaces or is one, or one of their cost centres. Things of the whole account speak of the rows of others, too."""
    if not limits.any:
        return True
    if limits.workspaces is not None:
        place = thing.id if thing.kind == "workspace" else thing.workspace
        return place in limits.workspaces
    centres = {composed(one) for one in limits.cost_centers or ()}
    return thing.kind == "cost_centre" and composed(thing.id) in centres


@dataclass(frozen=True)
class Budget:
    """What a month may cost, ``currency`` as in the bill; or the limit of a figure, and what that is in."""

    amount: Decimal
    currency: str


def ask(
    tx: Tx, person: Person, limits: RowLimits, kind: str, thing: Thing, name: str, budget: Budget | None = None
) -> str:
    """Tell ``person``, who may see the rows of ``limits``, of ``kind`` of ``thing`` from now on; the id. ``budget`` counts
    where the kind has one. Raises :class:`approvals.values.refusals.Refusal`."""
    if not person.id:
        raise Refusal("Only people of the workspace can be told.")
    if not may_watch(limits, thing):
        raise NotYours("You may see a part of its rows only, so you cannot be told of it.")
    if kind not in {one.key for one in kinds_for(thing)}:
        raise Refusal("Nothing of that sort can be told of it.")
    if not KINDS[kind].budget:
        budget = None
    elif budget is None or not budget.currency or not _may_be(kind, budget.amount):
        least = "of 0 or more" if kind == "limit" else "above 0"
        raise Refusal(f"A {kind} is an amount {least} and at most {MOST_BUDGET:,}.")
    living = mine(tx, person)
    if any((one.kind, one.thing) == (kind, thing) for one in living):
        raise Refusal("You are told of that already.")
    if len(living) >= MOST:
        raise Refusal(f"You are told of {MOST} things already; end one first.")
    notice_id = secrets.token_hex(16)
    tx.connection.execute(
        sa.insert(NOTICES).values(
            notice_id=notice_id,
            person_id=person.id,
            person=person.name,
            kind=kind,
            thing_kind=thing.kind,
            workspace_id=thing.workspace,
            thing_id=thing.id,
            name=escaped(name)[:512],
            budget=budget and budget.amount.quantize(Decimal("0.0001")),
            currency=budget.currency if budget else "",
            created_at=tx.now,
        )
    )
    return notice_id


def _may_be(kind: str, amount: Decimal) -> bool:
    """Nothing may cost nothing, but there may be none of what a figure counts."""
    return amount.is_finite() and amount <= MOST_BUDGET and (amount > 0 or (amount == 0 and kind == "limit"))


def mute(tx: Tx, person: Person, notice_id: str, until: dt.datetime | None) -> None:
    """Tell nothing of it ``until`` (UTC) that; None: from now on again. Raises :class:`Refusal`."""
    if until is not None and not tx.now < until <= tx.now + LONGEST_MUTE:
        raise Refusal("It can be muted for a year at most.")
    _change(tx, person, notice_id, muted_until=until or tx.now)


def end(tx: Tx, person: Person, notice_id: str) -> None:
    """Tell nothing of it any more. Raises :class:`Refusal`."""
    _change(tx, person, notice_id, ended_at=tx.now)


def _change(tx: Tx, person: Person, notice_id: str, **given: dt.datetime) -> None:
    n = NOTICES.c
    own = (n.notice_id == notice_id, n.person_id == person.id, n.ended_at.is_(None))
    if tx.connection.execute(sa.update(NOTICES).where(*own).values(**given)).rowcount != 1:
        raise Refusal("You are not told of that any more.")


def mine(tx: Tx, person: Person) -> list[Notice]:
    """What the person is told of, the newest first."""
    n, t = NOTICES.c, NOTICES_TOLD.c
    last = sa.select(sa.func.max(t.told_at)).where(t.notice_id == n.notice_id).scalar_subquery()
    own = (n.person_id == person.id, n.ended_at.is_(None))
    order = sa.select(NOTICES, last.label("last_told")).where(*own).order_by(n.created_at.desc(), n.notice_id)
    return [notice_of(row) for row in tx.connection.execute(order)]


def notice_of(row: Any) -> Notice:
    """The notice of a row of its table, with ``last_told`` where it was selected."""
    return Notice(
        row.notice_id,
        row.person_id,
        row.person,
        row.kind,
        _thing(row),
        row.name,
        row.budget,
        row.currency,
        row.created_at,
        row.muted_until,
        row.checked_at,
        row.could_not,
        row.standing,
        getattr(row, "last_told", None),
    )


def _thing(row: Any) -> Thing:
    return Thing(row.thing_kind, row.thing_id, row.workspace_id)


def told(tx: Tx, person: Person, most: int = SHOWN) -> list[Told]:
    """What the person was told, the newest first, also by what has ended."""
    n, t = NOTICES.c, NOTICES_TOLD.c
    order = (
        sa.select(n.kind, n.thing_kind, n.thing_id, n.workspace_id, n.name, t.subject, t.text, t.happened_at, t.told_at)
        .select_from(NOTICES_TOLD.join(NOTICES, n.notice_id == t.notice_id))
        .where(t.person_id == person.id)
        .order_by(t.told_at.desc(), t.happened_at.desc(), t.event)
        .limit(most)
    )
    return [
        Told(row.kind, _thing(row), row.name, row.subject, row.text, row.happened_at, row.told_at)
        for row in tx.connection.execute(order)
    ]


def unread(tx: Tx, person: Person) -> int:
    """How much the person was told since they last :func:`looked`."""
    t, looks = NOTICES_TOLD.c, NOTICE_LOOKS.c
    last = sa.select(looks.looked_at).where(looks.person_id == person.id).scalar_subquery()
    own = (t.person_id == person.id, sa.or_(last.is_(None), t.told_at > last))
    return int(tx.connection.execute(sa.select(sa.func.count()).select_from(NOTICES_TOLD).where(*own)).scalar_one())


def looked(tx: Tx, person: Person) -> None:
    """The person has read what they were told up to now."""
    tx.connection.execute(sa.delete(NOTICE_LOOKS).where(NOTICE_LOOKS.c.person_id == person.id))
    tx.connection.execute(sa.insert(NOTICE_LOOKS).values(person_id=person.id, looked_at=tx.now))
