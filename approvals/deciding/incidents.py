"""Incidents: one cause each, with whatever agents found wrong because of it. They open, are answered by somebody, and close with
a reason, or by themselves when nothing is found any more; the same cause within :data:`AGAIN` opens the same one again.

Every step is an entry of the ledger. Nothing here lets anything be done: that is what proposals are for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy_file import approver_groups, role_groups
from approvals.policy.rules import Policy
from approvals.store.store import METADATA, Tx
from approvals.store.tables import DimensionKey, Moment
from approvals.values.canonical import digest
from approvals.values.proposal import Target
from approvals.values.refusals import Refusal
from dimensions import Key

State = Literal["open", "answered", "closed"]
AGAIN = dt.timedelta(days=14)  # what comes back within is the same incident
HEALTHY = 2  # looks in a row in which nothing of it was found, after which it closes by itself
LONGEST = 512  # characters of what people say
SYSTEM = Actor("system", "incidents")
# Why one is closed, in the words people choose from; the first is what happens by itself.
HEALED = "healthy again"
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "mended": "mended: its cause is gone",
        "false alarm": "a false alarm: nothing was wrong",
        "accepted": "known and accepted as it is",
        "elsewhere": "followed elsewhere",
    }
)

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
)


class NotPossible(Refusal):
    """A step that an incident cannot take; the message says why, and what to do instead."""


@dataclass(frozen=True)
class Found:
    """Something that ``agent`` found wrong with ``target``, because of ``cause`` (the same where nothing else is known): a short
    ``title``, what it ``said`` with figures, and the ``kind`` of action it would propose. ``owner`` is empty where nobody is known."""

    agent: str
    target: Target
    cause: Target
    title: str
    said: str
    kind: str = ""
    owner: str = ""

    @property
    def dimension(self) -> Key:
        """That of its agent."""
        found: Any = self.agent.partition(".")[0]
        return found  # type: ignore[no-any-return]


def observed(tx: Tx, found: Iterable[Found], looked: Iterable[str]) -> list[str]:
    """Write what the agents ``looked`` (by name) found in one round; returns the ids of the incidents that it opened, or opened
    again. One of which they found nothing in :data:`HEALTHY` rounds closes by itself."""
    by_cause: dict[str, list[Found]] = {}
    for one in found:
        by_cause.setdefault(_cause(one.cause), []).append(one)
    living = {
        row.cause: row for row in tx.connection.execute(sa.select(INCIDENTS).where(INCIDENTS.c.closed_at.is_(None)))
    }
    seen: set[str] = set()
    came = []
    for cause, own in by_cause.items():
        incident = _going_on(tx, living.get(cause) or _merged(tx, cause)) or _begun(tx, cause, own)
        if incident not in {row.incident_id for row in living.values()} | seen:
            came.append(incident)
        seen.add(incident)
        for one in own:
            _keep(tx, incident, one)
    _heal(tx, [row for row in living.values() if row.incident_id not in seen], frozenset(looked))
    return came


def answer(tx: Tx, incident_id: str, by: Person) -> None:
    """``by`` takes it on. Raises :class:`NotPossible`."""
    row = _row(tx, incident_id)
    if row.closed_at is not None:
        raise NotPossible("It is closed: open it again first.")
    answered = row.answered_at or tx.now
    _change(tx, incident_id, state="answered", owner=by.name, owner_id=by.id, answered_at=answered)
    _tell(tx, "incident.answered", incident_id, Actor("human", by.name))


def close(tx: Tx, incident_id: str, by: Person, reason: str, words: str) -> None:
    """Close it for one of :data:`REASONS`, with a sentence. Raises :class:`NotPossible`."""
    words = _sentence(words)
    if reason not in REASONS:
        raise NotPossible("Choose why it is closed.")
    if _row(tx, incident_id).closed_at is not None:
        raise NotPossible("It is closed already.")
    _end(tx, incident_id, by.name, reason, words)
    _tell(tx, "incident.closed", incident_id, Actor("human", by.name), reason=reason, words=words)


def merge(tx: Tx, incident_id: str, into: str, by: Person, words: str) -> None:
    """Its findings become those of ``into``, because the cause is the same; ``words`` say how one knows. Raises
    :class:`NotPossible`."""
    words = _sentence(words)
    one, other = _row(tx, incident_id), _row(tx, into)
    if incident_id == into or one.closed_at is not None or other.closed_at is not None:
        raise NotPossible("Choose another one that is open.")
    there = sa.select(FINDINGS.c.agent, FINDINGS.c.target).where(FINDINGS.c.incident_id == into)
    known = {(row.agent, row.target) for row in tx.connection.execute(there)}
    for row in tx.connection.execute(sa.select(FINDINGS).where(FINDINGS.c.incident_id == incident_id)).all():
        if (row.agent, row.target) not in known:
            tx.connection.execute(sa.insert(FINDINGS).values(**{**row._mapping, "incident_id": into}))
    _end(tx, incident_id, by.name, "merged", words, into)
    _tell(tx, "incident.merged", incident_id, Actor("human", by.name), into=into, words=words)


def reopen(tx: Tx, incident_id: str, by: Person, words: str) -> None:
    """Open a closed one again. Raises :class:`NotPossible`."""
    words = _sentence(words)
    row = _row(tx, incident_id)
    if row.closed_at is None:
        raise NotPossible("It is open.")
    same = sa.select(INCIDENTS.c.incident_id).where(INCIDENTS.c.cause == row.cause, INCIDENTS.c.closed_at.is_(None))
    if tx.connection.execute(same).first() is not None:
        raise NotPossible("A newer one of the same cause is open.")
    _again(tx, row)
    _tell(tx, "incident.reopened", incident_id, Actor("human", by.name), words=words)


def may_work_on(policy: Policy, person: Person, dimension: Key, owner: str, owner_id: str) -> bool:
    """Whoever decides in its dimension, who took it on, who is in the group that owns it, and administrators."""
    able = {*approver_groups(policy, dimension), *role_groups(policy, "admin"), *([owner] if owner else [])}
    return bool(owner_id and owner_id == person.id) or bool(person.groups & able)


def _going_on(tx: Tx, row: Any) -> str:
    """The id of the living incident ``row``, which was seen again; empty where there is none."""
    if row is None:
        return ""
    _change(tx, row.incident_id, seen_at=tx.now, healthy=0)
    return str(row.incident_id)


def _past(tx: Tx, cause: str) -> list[Any]:
    order = sa.select(INCIDENTS).where(INCIDENTS.c.cause == cause).order_by(INCIDENTS.c.closed_at.desc())
    return list(tx.connection.execute(order))


def _merged(tx: Tx, cause: str) -> Any:
    """The living incident that the last one of ``cause`` was said to belong to, if any."""
    past = _past(tx, cause)
    other = (
        sa.and_(INCIDENTS.c.incident_id == past[0].merged_into, INCIDENTS.c.closed_at.is_(None)) if past else sa.false()
    )
    return tx.connection.execute(sa.select(INCIDENTS).where(other)).first()


def _begun(tx: Tx, cause: str, own: list[Found]) -> str:
    """The last one of ``cause``, opened again where it ended lately; else a new one."""
    past = _past(tx, cause)
    if past and not past[0].merged_into and tx.now - past[0].closed_at < AGAIN:
        _again(tx, past[0])
        _tell(tx, "incident.reopened", past[0].incident_id, SYSTEM)
        return str(past[0].incident_id)
    return _open(tx, f"{cause[:16]}.{len(past) + 1:03d}", cause, own)


def _open(tx: Tx, incident_id: str, cause: str, own: list[Found]) -> str:
    first = next((one for one in own if one.target.key == one.cause.key), own[0])
    row = {
        "incident_id": incident_id, "cause": cause, "dimension": first.dimension, **_of(first.cause), "title": first.title[:512],
        "state": "open", "owner": next((one.owner for one in own if one.owner), "")[:256], "owner_id": "", "opened_at": tx.now,
        "answered_at": None, "seen_at": tx.now, "healthy": 0, "reopened": 0, "closed_at": None, "closed_by": "",
        "reason": "", "words": "", "merged_into": "",
    }  # fmt: skip
    tx.connection.execute(sa.insert(INCIDENTS).values(**row))
    _tell(tx, "incident.opened", incident_id, SYSTEM, resource=first.cause.key, owner=row["owner"])
    return incident_id


def _keep(tx: Tx, incident_id: str, one: Found) -> None:
    key = {"incident_id": incident_id, "agent": one.agent, "target": digest(one.target.key)[:64]}
    news = {"said": one.said[:1024], "kind": one.kind, "last_at": tx.now, "name": one.target.name[:512]}
    same = sa.and_(*(FINDINGS.c[name] == value for name, value in key.items()))
    if tx.connection.execute(sa.update(FINDINGS).where(same).values(**news)).rowcount == 0:
        tx.connection.execute(sa.insert(FINDINGS).values({**key, **_of(one.target), **news, "first_at": tx.now}))


def _heal(tx: Tx, quiet: list[Any], looked: frozenset[str]) -> None:
    """Count a round in which nothing of an incident was found, where all who had found something did look."""
    for row in quiet:
        told = sa.select(FINDINGS.c.agent).where(FINDINGS.c.incident_id == row.incident_id).distinct()
        if not {*tx.connection.scalars(told)} <= looked:
            continue
        if row.healthy + 1 < HEALTHY:
            _change(tx, row.incident_id, healthy=row.healthy + 1)
            continue
        _end(tx, row.incident_id, "", HEALED, f"Nothing of it was found in {HEALTHY} rounds.")
        _tell(tx, "incident.closed", row.incident_id, SYSTEM, reason=HEALED)


def _end(tx: Tx, incident_id: str, by: str, reason: str, words: str, into: str = "") -> None:
    said = {"reason": reason, "words": words, "merged_into": into}
    _change(tx, incident_id, state="closed", closed_at=tx.now, closed_by=by, **said)


def _again(tx: Tx, row: Any) -> None:
    """Open it again, with the owner it had."""
    state = "answered" if row.answered_at else "open"
    forgotten = {"closed_at": None, "closed_by": "", "reason": "", "words": "", "merged_into": ""}
    news = {"state": state, "seen_at": tx.now, "healthy": 0, "reopened": row.reopened + 1}
    _change(tx, row.incident_id, **forgotten, **news)


def _change(tx: Tx, incident_id: str, **news: Any) -> None:
    tx.connection.execute(sa.update(INCIDENTS).where(INCIDENTS.c.incident_id == incident_id).values(**news))


def _row(tx: Tx, incident_id: str) -> Any:
    row = tx.connection.execute(sa.select(INCIDENTS).where(INCIDENTS.c.incident_id == incident_id)).first()
    if row is None:
        raise NotPossible("There is no such incident.")
    return row


def _tell(tx: Tx, event: str, incident_id: str, who: Actor, **more: Any) -> None:
    ledger.append(tx, event, who, incident=incident_id, **more)


def _sentence(words: str) -> str:
    said = " ".join(words.split())
    if not 0 < len(said) <= LONGEST:
        raise NotPossible(f"Say it in a sentence of at most {LONGEST} characters.")
    return said


def _of(target: Target) -> dict[str, str]:
    ids = {"workspace_id": target.workspace_id, "type": target.type, "thing_id": target.id}
    return {**ids, "name": target.name[:512]}


def _cause(target: Target) -> str:
    return digest(["incident", target.key])[:64]
