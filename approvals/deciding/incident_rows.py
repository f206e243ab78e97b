"""The rows of incidents and of what was found in them, and the steps that each is changed by, told to the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.store.store import METADATA, Tx
from approvals.store.tables import DimensionKey, Moment
from approvals.values.canonical import digest
from approvals.values.proposal import Target
from approvals.values.refusals import Refusal
from dimensions import Key

State = Literal["open", "answered", "closed"]
LONGEST = 512  # characters of what people say
SYSTEM = Actor("system", "incidents")

INCIDENTS = sa.Table(
    "incidents",
    METADATA,
    sa.Column("incident_id", sa.String(64), primary_key=True),
    sa.Column("cause", sa.String(64), nullable=False),
    sa.Column("dimension", DimensionKey, nullable=False),
    sa.Column("workspace_id", sa.String(64), nullable=False),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("thing_id", sa.String(1024), nullable=False),
    sa.Column("name", sa.String(512), nullable=False),
    sa.Column("title", sa.String(512), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("owner", sa.String(256), nullable=False),  # empty: nobody
    sa.Column("owner_id", sa.String(128), nullable=False),  # of the person who took it on
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("answered_at", Moment),
    sa.Column("seen_at", Moment, nullable=False),  # when something of it was last found
    sa.Column("healthy", sa.Integer, nullable=False),  # looks since then
    sa.Column("reopened", sa.Integer, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("closed_by", sa.String(256), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("words", sa.String(LONGEST), nullable=False),
    sa.Column("merged_into", sa.String(64), nullable=False),
    sa.Column("owner_from", sa.String(32), nullable=False, server_default=""),  # how its first owner is known
    sa.Column(
        "apart", sa.Boolean, nullable=False, server_default=sa.false()
    ),  # a person said it has a cause of its own
)
_LIVING = "closed_at IS NULL"
sa.Index("uq_incidents_cause", INCIDENTS.c.cause, unique=True, sqlite_where=sa.text(_LIVING),
         postgresql_where=sa.text(_LIVING))  # fmt: skip
FINDINGS = sa.Table(
    "incident_findings",
    METADATA,
    sa.Column("incident_id", sa.ForeignKey("incidents.incident_id"), primary_key=True),
    sa.Column("agent", sa.String(64), primary_key=True),
    sa.Column("target", sa.String(64), primary_key=True),  # the digest of its key, which may be long
    sa.Column("workspace_id", sa.String(64), nullable=False),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("thing_id", sa.String(1024), nullable=False),
    sa.Column("name", sa.String(512), nullable=False),
    sa.Column("said", sa.String(1024), nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),  # the action that is proposed; empty: none
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("sort", sa.String(16), nullable=False, server_default=""),
    sa.Column("began_at", Moment),  # when it began, where that is known
    sa.Column("because", sa.String(512), nullable=False, server_default=""),  # why it is part of it
)


class NotPossible(Refusal):
    """A step that an incident cannot take; the message says why, and what to do instead."""


@dataclass(frozen=True)
class Found:
    """Something that ``agent`` found wrong with ``target``, because of ``cause`` (the same where nothing else is known): a short
    ``title``, what it ``said`` with figures, and the ``kind`` of action it would propose. ``owner`` is empty where nobody is known,
    ``owner_from`` says how it is known. ``sort`` is how it is broken, and ``began`` since when (UTC), or on which ``whole_day``;
    ``because`` says why it follows from the cause, over the things ``between``, the nearest first."""

    agent: str
    target: Target
    cause: Target
    title: str
    said: str
    kind: str = ""
    owner: str = ""
    owner_from: str = ""
    sort: str = ""
    began: dt.datetime | None = None
    whole_day: bool = False
    because: str = ""
    between: tuple[Target, ...] = ()

    @property
    def dimension(self) -> Key:
        """That of its agent."""
        found: Any = self.agent.partition(".")[0]
        return found  # type: ignore[no-any-return]


def row_of(tx: Tx, incident_id: str) -> Any:
    """The row of an incident. Raises :class:`NotPossible` where there is none."""
    row = tx.connection.execute(sa.select(INCIDENTS).where(INCIDENTS.c.incident_id == incident_id)).first()
    if row is None:
        raise NotPossible("There is no such incident.")
    return row


def past_of(tx: Tx, cause: str) -> list[Any]:
    """The incidents of ``cause`` (:func:`cause_of`), the last one that ended first."""
    order = sa.select(INCIDENTS).where(INCIDENTS.c.cause == cause).order_by(INCIDENTS.c.closed_at.desc())
    return list(tx.connection.execute(order))


def change(tx: Tx, incident_id: str, **news: Any) -> None:
    """Write ``news`` into the row of an incident."""
    tx.connection.execute(sa.update(INCIDENTS).where(INCIDENTS.c.incident_id == incident_id).values(**news))


def end(tx: Tx, incident_id: str, by: str, reason: str, words: str, into: str = "") -> None:
    """Close it now."""
    said = {"reason": reason, "words": words, "merged_into": into}
    change(tx, incident_id, state="closed", closed_at=tx.now, closed_by=by, **said)


def again(tx: Tx, row: Any) -> None:
    """Open it again, with the owner it had."""
    state = "answered" if row.answered_at else "open"
    forgotten = {"closed_at": None, "closed_by": "", "reason": "", "words": "", "merged_into": ""}
    news = {"state": state, "seen_at": tx.now, "healthy": 0, "reopened": row.reopened + 1}
    change(tx, row.incident_id, **forgotten, **news)


def hand_over(tx: Tx, incident_id: str, into: str) -> None:
    """What was found in one incident is found in the other, as far as it is not there already."""
    there = sa.select(FINDINGS.c.agent, FINDINGS.c.target).where(FINDINGS.c.incident_id == into)
    known = {(row.agent, row.target) for row in tx.connection.execute(there)}
    for row in tx.connection.execute(sa.select(FINDINGS).where(FINDINGS.c.incident_id == incident_id)).all():
        if (row.agent, row.target) not in known:
            tx.connection.execute(sa.insert(FINDINGS).values(**{**row._mapping, "incident_id": into}))


def tell(tx: Tx, event: str, incident_id: str, who: Actor, **more: Any) -> None:
    """Add an entry about an incident to the ledger."""
    ledger.append(tx, event, who, incident=incident_id, **more)


def columns_of(target: Target) -> dict[str, str]:
    """What a thing is called in the columns of either table."""
    ids = {"workspace_id": target.workspace_id, "type": target.type, "thing_id": target.id}
    return {**ids, "name": target.name[:512]}


def cause_of(target: Target) -> str:
    """By what an incident is known again: the digest of the thing that is its cause."""
    return digest(["incident", target.key])[:64]
