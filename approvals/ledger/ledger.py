"""The append-only ledger: who did what to which proposal, each entry bound to the one before by its hash.

One head row, locked while an entry is written, gives an order without gaps. Entries hold digests and decisions; no
secrets, no rows of evidence. How an entry is written and hashed: :mod:`approvals.ledger.ledger_line`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from approvals.ledger.ledger_line import chained, composed, entry_bytes, genesis
from approvals.store.store import Tx
from approvals.store.tables import LEDGER, LEDGER_HEAD, PROPOSALS
from approvals.values.canonical import canonical


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, an agent, the policy, an executor or the system itself; ``on_behalf_of`` names whom for."""

    type: Literal["human", "agent", "policy", "executor", "system"]
    id: str
    on_behalf_of: str | None = None


def append(
    tx: Tx,
    event: str,
    actor: Actor,
    *,
    proposal_id: str | None = None,
    revision: int | None = None,
    action_digest: str | None = None,
    **body: Any,
) -> int:
    """Write one entry in the transaction of what it tells of; returns its number."""
    head = _locked_head(tx)
    entry: dict[str, Any] = {
        "seq": head.seq + 1,
        "at": tx.now,
        "actor_type": actor.type,
        "actor": composed(actor.id),
        "on_behalf_of": actor.on_behalf_of and composed(actor.on_behalf_of),
        "event": composed(event),
        "proposal_id": proposal_id and composed(proposal_id),
        "revision": revision,
        "action_digest": action_digest,
        "body": canonical(body, composed),
    }
    this = entry_hash(head.hash, entry)
    tx.connection.execute(sa.insert(LEDGER).values(**entry, prev_hash=head.hash, hash=this))
    tx.connection.execute(sa.update(LEDGER_HEAD).values(seq=entry["seq"], hash=this))
    return int(entry["seq"])


def entry_hash(previous: str, entry: dict[str, Any]) -> str:
    """The hash of ``entry`` (all fields but the two hashes) after ``previous``."""
    return chained(previous, entry_bytes(entry))


def lock(tx: Tx) -> None:
    """Let everybody else who writes an entry wait until this transaction ends."""
    _locked_head(tx)


def _locked_head(tx: Tx) -> Any:
    """The head, locked until the transaction ends; the first writer of an installation makes it. On SQLite a writing
    transaction is alone from its beginning; on Postgres two first writers meet at the head's key, and one waits."""
    order = sa.select(LEDGER_HEAD)
    order = order.with_for_update() if tx.locks_rows else order
    head = tx.connection.execute(order).one_or_none()
    if head is not None:
        return head
    install_id = uuid.uuid4().hex
    first = {"one": 1, "install_id": install_id, "seq": 0, "hash": genesis(install_id)}
    if tx.locks_rows:
        tx.connection.execute(postgresql.insert(LEDGER_HEAD).values(**first).on_conflict_do_nothing())
    else:
        tx.connection.execute(sa.insert(LEDGER_HEAD).values(**first))
    return tx.connection.execute(order).one()


@dataclass(frozen=True)
class Head:
    """Where the chain stands: the newest entry's number and hash. ``seq`` is 0 before the first entry."""

    install_id: str
    seq: int
    hash: str
    checkpoint_seq: int | None = None
    checkpoint_at: dt.datetime | None = None


def head(tx: Tx) -> Head | None:
    """The head as it is now; None before the first entry."""
    row = tx.connection.execute(sa.select(LEDGER_HEAD)).one_or_none()
    return None if row is None else Head(row.install_id, row.seq, row.hash, row.checkpoint_seq, row.checkpoint_at)


@dataclass(frozen=True)
class Entry:
    """One entry as read back; ``body`` is its canonical JSON."""

    seq: int
    at: dt.datetime
    actor_type: str
    actor: str
    on_behalf_of: str | None
    event: str
    proposal_id: str | None
    revision: int | None
    action_digest: str | None
    body: str
    prev_hash: str
    hash: str


def story(tx: Tx, proposal_id: str) -> list[Entry]:
    """Everything that happened to one proposal, oldest first."""
    order = sa.select(LEDGER).where(LEDGER.c.proposal_id == proposal_id).order_by(LEDGER.c.seq)
    return [Entry(**row) for row in tx.connection.execute(order).mappings()]


def search(
    tx: Tx,
    *,
    text: str = "",
    actor: str = "",
    event: str = "",
    proposal_id: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    before_seq: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Entries, newest first, at most ``limit``; the next page starts before the last one's ``seq``. ``text`` is looked
    for in what an entry says and in the proposal's title, as it is written; ``actor`` is who acted or for whom;
    ``event`` is one event or, with a dot at its end, a family of them; ``since`` is inclusive, ``until`` is not."""
    order = sa.select(LEDGER).order_by(LEDGER.c.seq.desc()).limit(limit)
    if text:
        titled = sa.select(PROPOSALS.c.proposal_id).where(PROPOSALS.c.title.icontains(text, autoescape=True))
        places = (LEDGER.c.body, LEDGER.c.actor, LEDGER.c.event, LEDGER.c.proposal_id)
        found = [place.icontains(text, autoescape=True) for place in places]
        order = order.where(sa.or_(*found, LEDGER.c.proposal_id.in_(titled)))
    if actor:
        order = order.where(sa.or_(LEDGER.c.actor == actor, LEDGER.c.on_behalf_of == actor))
    if event:
        family = LEDGER.c.event.startswith(event, autoescape=True)
        order = order.where(family if event.endswith(".") else LEDGER.c.event == event)
    if proposal_id:
        order = order.where(LEDGER.c.proposal_id == proposal_id)
    if since is not None:
        order = order.where(LEDGER.c.at >= since)
    if until is not None:
        order = order.where(LEDGER.c.at < until)
    if before_seq is not None:
        order = order.where(LEDGER.c.seq < before_seq)
    return [Entry(**row) for row in tx.connection.execute(order).mappings()]


def actors(tx: Tx, limit: int = 500) -> list[str]:
    """Who has acted so far, by name."""
    order = sa.select(LEDGER.c.actor).distinct().order_by(LEDGER.c.actor).limit(limit)
    return list(tx.connection.execute(order).scalars())


def titles(tx: Tx, proposal_ids: Iterable[str]) -> dict[str, str]:
    """The titles of proposals by their ids; foreign text."""
    order = sa.select(PROPOSALS.c.proposal_id, PROPOSALS.c.title).where(PROPOSALS.c.proposal_id.in_(set(proposal_ids)))
    return {row.proposal_id: row.title for row in tx.connection.execute(order)}
