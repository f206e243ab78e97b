"""What people say of an unusual cost: that it was expected, or that its place is muted until a day. The newest word of an event
counts; the ledger keeps them all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy_file import approver_groups, role_groups
from approvals.policy.rules import Policy
from approvals.store.store import METADATA, Tx
from approvals.store.tables import Moment

State = Literal["expected", "muted"]
LONGEST = 512  # characters of a reason
FURTHEST = dt.timedelta(days=366)  # until when a place can be muted
NEAR = dt.timedelta(days=7)  # days apart that are one event still: the detector joins such days, too

COST_MARKS = sa.Table(
    "cost_marks",
    METADATA,
    sa.Column("workspace_id", sa.String(64), primary_key=True),
    sa.Column("product", sa.String(128), primary_key=True),
    sa.Column("resource_id", sa.String(512), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("until", sa.Date),  # of a muted one; the first day on which it counts again
    sa.Column("why", sa.String(LONGEST), nullable=False),
    sa.Column("marked_by", sa.String(256), nullable=False),
    sa.Column("marked_at", Moment, nullable=False),
)


class BadMark(ValueError):
    """A mark that cannot be kept as given; the message says what to give instead."""


@dataclass(frozen=True)
class Event:
    """An unusual cost: its place (a part that is empty is all of them), its first and its last day."""

    workspace_id: str
    product: str
    resource_id: str
    day: dt.date
    last_day: dt.date

    @property
    def place(self) -> tuple[str, str, str]:
        return self.workspace_id, self.product, self.resource_id


@dataclass(frozen=True)
class CostMark:
    """What was said of ``event``; ``marked_at`` is UTC."""

    event: Event
    state: State
    until: dt.date | None
    why: str
    marked_by: str
    marked_at: dt.datetime


def may_mark(policy: Policy, person: Person) -> bool:
    """What is marked stands before nobody any more: it is for those who decide about costs, and for administrators."""
    return bool(person.groups & {*approver_groups(policy, "finops"), *role_groups(policy, "admin")})


def mark(tx: Tx, event: Event, state: State, until: dt.date | None, why: str, by: Person) -> None:
    """Say it of ``event``, told to the ledger; what was said of it before counts no more. ``until`` is asked of a muted one.
    Raises :class:`BadMark`."""
    why = " ".join(why.split())
    today = tx.now.date()
    if not 0 < len(why) <= LONGEST:
        raise BadMark(f"Say why, in at most {LONGEST} characters.")
    if state == "muted" and (until is None or not today < until <= today + FURTHEST):
        raise BadMark("Choose a day after today, within a year.")
    until = until if state == "muted" else None
    told: dict[str, Any] = {"until": until.isoformat()} if until else {}
    ledger.append(tx, f"cost.{state}", Actor("human", by.name), **_told(event), **told, reason=why)
    _forget(tx, event)
    row = {"state": state, "until": until, "why": why, "marked_by": by.name, "marked_at": tx.now}
    tx.connection.execute(sa.insert(COST_MARKS).values(**vars(event), **row))


def reopen(tx: Tx, event: Event, why: str, by: Person) -> bool:
    """Take back what was said of ``event``, told to the ledger; False where nothing was."""
    if not (covering := [one for one in marks(tx) if covers(one, event, tx.now.date())]):
        return False
    ledger.append(tx, "cost.reopened", Actor("human", by.name), **_told(event), reason=" ".join(why.split())[:LONGEST])
    for one in covering:
        _forget(tx, one.event)
    return True


def marks(tx: Tx, places: tuple[str, ...] | None = None) -> list[CostMark]:
    """What is said of events in the workspaces ``places`` (None: all), the newest last."""
    order = sa.select(COST_MARKS).order_by(COST_MARKS.c.marked_at, COST_MARKS.c.day)
    if places is not None:
        order = order.where(COST_MARKS.c.workspace_id.in_(places))
    return [_read(row) for row in tx.connection.execute(order)]


def said_of(event: Event, known: Iterable[CostMark], today: dt.date) -> CostMark | None:
    """The newest of ``known`` (in their order) that counts for ``event`` on ``today``; None: it is open."""
    return next((one for one in reversed(list(known)) if covers(one, event, today)), None)


def covers(one: CostMark, event: Event, today: dt.date) -> bool:
    """Whether what was said counts for ``event`` on ``today``: an expected one for the same event, which may have gone on
    since; a muted one for whatever happens in its place until its day."""
    if one.event.place != event.place:
        return False
    if one.state == "muted":
        return one.until is not None and today < one.until
    return event.day <= one.event.last_day + NEAR and one.event.day <= event.last_day + NEAR


def _told(event: Event) -> dict[str, Any]:
    """The event in the words of the ledger."""
    return {
        "workspace": event.workspace_id,
        "product": event.product,
        "resource": event.resource_id,
        "day": event.day.isoformat(),
        "last_day": event.last_day.isoformat(),
    }


def _forget(tx: Tx, event: Event) -> None:
    c = COST_MARKS.c
    same = (c.workspace_id == event.workspace_id, c.product == event.product, c.resource_id == event.resource_id)
    tx.connection.execute(sa.delete(COST_MARKS).where(*same, c.day == event.day))


def _read(row: sa.Row[tuple[object, ...]]) -> CostMark:
    read = row._mapping
    event = Event(*(read[name] for name in ("workspace_id", "product", "resource_id", "day", "last_day")))
    return CostMark(event, *(read[name] for name in ("state", "until", "why", "marked_by", "marked_at")))
