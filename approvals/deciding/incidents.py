"""Incidents: one cause each, with whatever agents found wrong because of it. They open, are answered by somebody, and close with
a reason, or by themselves when nothing is found any more; the same cause within :data:`AGAIN` opens the same one again.

Every step is an entry of the ledger. Nothing here lets anything be done: that is what proposals are for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from approvals.deciding.incident_rows import (
    FINDINGS,
    INCIDENTS,
    LONGEST,
    SYSTEM,
    Found,
    NotPossible,
    again,
    cause_of,
    change,
    columns_of,
    end,
    hand_over,
    past_of,
    row_of,
    tell,
)
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy_file import approver_groups, role_groups
from approvals.policy.rules import Policy
from approvals.store.store import Tx
from approvals.values.canonical import digest
from dimensions import Key

AGAIN = dt.timedelta(days=14)  # what comes back within is the same incident
RIGHT = "right"  # the sort of what was found wrong with a right: its target is what the right was on
HEALTHY = 2  # looks in a row in which nothing of it was found, after which it closes by itself
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


def observed(tx: Tx, found: Iterable[Found], looked: Iterable[str]) -> list[str]:
    """Write what the agents ``looked`` (by name) found in one round; returns the ids of the incidents that it opened, or opened
    again. Where what one follows from is found after it, it is called by that, and others of that cause are joined to it. One of
    which they found nothing in :data:`HEALTHY` rounds closes by itself."""
    first = _living(tx)
    apart = {cause for cause, row in first.items() if row.apart}
    by_cause: dict[str, list[Found]] = {}
    for one in (_by_itself(one, apart) for one in found):
        by_cause.setdefault(cause_of(one.cause), []).append(one)
    of = {cause: _incident(tx, cause, own, by_cause.keys()) for cause, own in by_cause.items()}
    seen = list(of.values())
    for cause, own in by_cause.items():
        for one in own:
            _keep(tx, of[cause], one, seen)
        _join(tx, of[cause], own, seen)
        _owned(tx, of[cause], own)
    _heal(tx, [row for row in _living(tx).values() if row.incident_id not in seen], frozenset(looked))
    known = {row.incident_id for row in first.values()}
    return [one for one in dict.fromkeys(seen) if one not in known]


def answer(tx: Tx, incident_id: str, by: Person) -> None:
    """``by`` takes it on. Raises :class:`NotPossible`."""
    row = row_of(tx, incident_id)
    if row.closed_at is not None:
        raise NotPossible("It is closed: open it again first.")
    answered = row.answered_at or tx.now
    change(tx, incident_id, state="answered", owner=by.name, owner_id=by.id, owner_from="", answered_at=answered)
    tell(tx, "incident.answered", incident_id, Actor("human", by.name))


def close(tx: Tx, incident_id: str, by: Person, reason: str, words: str) -> None:
    """Close it for one of :data:`REASONS`, with a sentence. Raises :class:`NotPossible`."""
    words = _sentence(words)
    if reason not in REASONS:
        raise NotPossible("Choose why it is closed.")
    if row_of(tx, incident_id).closed_at is not None:
        raise NotPossible("It is closed already.")
    end(tx, incident_id, by.name, reason, words)
    tell(tx, "incident.closed", incident_id, Actor("human", by.name), reason=reason, words=words)


def merge(tx: Tx, incident_id: str, into: str, by: Person, words: str) -> None:
    """Its findings become those of ``into``, because the cause is the same; ``words`` say how one knows. Raises
    :class:`NotPossible`."""
    words = _sentence(words)
    one, other = row_of(tx, incident_id), row_of(tx, into)
    if incident_id == into or one.closed_at is not None or other.closed_at is not None:
        raise NotPossible("Choose another one that is open.")
    hand_over(tx, incident_id, into)
    end(tx, incident_id, by.name, "merged", words, into)
    tell(tx, "incident.merged", incident_id, Actor("human", by.name), into=into, words=words)


def reopen(tx: Tx, incident_id: str, by: Person, words: str) -> None:
    """Open a closed one again; one that was merged is not joined again by itself. Raises :class:`NotPossible`."""
    words = _sentence(words)
    row = row_of(tx, incident_id)
    if row.closed_at is None:
        raise NotPossible("It is open.")
    same = sa.select(INCIDENTS.c.incident_id).where(INCIDENTS.c.cause == row.cause, INCIDENTS.c.closed_at.is_(None))
    if tx.connection.execute(same).first() is not None:
        raise NotPossible("A newer one of the same cause is open.")
    again(tx, row)
    change(tx, incident_id, apart=bool(row.merged_into))
    tell(tx, "incident.reopened", incident_id, Actor("human", by.name), words=words)


def may_work_on(policy: Policy, person: Person, dimension: Key, owner: str, owner_id: str) -> bool:
    """Whoever decides in its dimension, who took it on, who is in the group that owns it, and administrators."""
    able = {*approver_groups(policy, dimension), *role_groups(policy, "admin"), *([owner] if owner else [])}
    return bool(owner_id and owner_id == person.id) or bool(person.groups & able)


def _living(tx: Tx) -> dict[str, Any]:
    rows = tx.connection.execute(
        sa.select(INCIDENTS).where(INCIDENTS.c.closed_at.is_(None)).order_by(INCIDENTS.c.opened_at)
    )
    return {row.cause: row for row in rows}


def _by_itself(one: Found, apart: set[str]) -> Found:
    """``one`` because of the nearest thing that a person said to have a cause of its own, if any."""
    own = next((thing for thing in (one.target, *one.between) if cause_of(thing) in apart), None)
    return one if own is None else replace(one, cause=own, because="", between=())


def _below(own: Sequence[Found]) -> set[str]:
    """What follows from the cause of ``own``, as causes; what a right was taken on is as it was."""
    things = [thing for one in own for thing in (() if one.sort == RIGHT else (one.target,)) + one.between]
    return {cause_of(thing) for thing in things} - {cause_of(own[0].cause)}


def _incident(tx: Tx, cause: str, own: list[Found], causes: Collection[str]) -> str:
    """The id of the incident of ``own``: the living one of the cause, or in which the cause itself was found before; the last one
    of the cause, where it ended lately; the oldest of what follows from it and is none of the ``causes`` itself; else a new one."""
    living = _living(tx)
    row = living.get(cause) or _merged(tx, cause) or _there(tx, cause, own)
    if row is not None:
        change(tx, row.incident_id, seen_at=tx.now, healthy=0)
        return str(row.incident_id)
    past = past_of(tx, cause)
    if past and not past[0].merged_into and tx.now - past[0].closed_at < AGAIN:
        again(tx, past[0])
        tell(tx, "incident.reopened", past[0].incident_id, SYSTEM)
        return str(past[0].incident_id)
    below = _below(own) - set(causes)
    came = [row for one, row in living.items() if one in below and not row.apart]
    if came:
        return _called(tx, min(came, key=lambda row: (not row.owner_id, row.opened_at, row.incident_id)), cause, own)
    return _open(tx, cause, own)


def _merged(tx: Tx, cause: str) -> Any:
    """The living incident that the last one of ``cause`` was said to belong to, if any."""
    past = past_of(tx, cause)
    other = (
        sa.and_(INCIDENTS.c.incident_id == past[0].merged_into, INCIDENTS.c.closed_at.is_(None)) if past else sa.false()
    )
    return tx.connection.execute(sa.select(INCIDENTS).where(other)).first()


def _there(tx: Tx, cause: str, own: Sequence[Found]) -> Any:
    """The living incident in which the cause of ``own`` was found because of another, which is not found any more."""
    for one in own:
        if cause_of(one.target) == cause:
            same = sa.select(FINDINGS.c.incident_id).where(_same(one))
            where = INCIDENTS.c.incident_id.in_(same), INCIDENTS.c.closed_at.is_(None)
            if (row := tx.connection.execute(sa.select(INCIDENTS).where(*where)).first()) is not None:
                return row
    return None


def _called(tx: Tx, row: Any, cause: str, own: Sequence[Found]) -> str:
    """The incident ``row`` from now on by its ``cause``, which was found after what follows from it."""
    first = _first(own)
    named = {"dimension": first.dimension, **columns_of(first.cause), "title": first.title[:512]}
    change(tx, row.incident_id, cause=cause, seen_at=tx.now, healthy=0, **named)
    why = next((one.because for one in own if one.because), "")
    tell(tx, "incident.cause_found", row.incident_id, SYSTEM, resource=first.cause.key, words=why)
    return str(row.incident_id)


def _first(own: Sequence[Found]) -> Found:
    """What an incident is called by: what was found about its cause, else what an action is proposed for."""
    about = (one for one in own if one.target.key == one.cause.key)
    return next(about, next((one for one in own if one.kind), own[0]))


def _open(tx: Tx, cause: str, own: Sequence[Found]) -> str:
    first = _first(own)
    ids = tx.connection.scalars(
        sa.select(INCIDENTS.c.incident_id).where(INCIDENTS.c.incident_id.startswith(f"{cause[:16]}."))
    )
    row = {
        "incident_id": f"{cause[:16]}.{len(ids.all()) + 1:03d}", "cause": cause, "dimension": first.dimension,
        **columns_of(first.cause), "title": first.title[:512], "state": "open", **_owner(own), "owner_id": "", "opened_at": tx.now,
        "answered_at": None, "seen_at": tx.now, "healthy": 0, "reopened": 0, "closed_at": None, "closed_by": "",
        "reason": "", "words": "", "merged_into": "", "apart": False,
    }  # fmt: skip
    tx.connection.execute(sa.insert(INCIDENTS).values(**row))
    tell(tx, "incident.opened", str(row["incident_id"]), SYSTEM, resource=first.cause.key, owner=row["owner"])
    return str(row["incident_id"])


def _owner(own: Sequence[Found]) -> dict[str, str]:
    first = next((one for one in own if one.owner), own[0])
    return {"owner": first.owner[:256], "owner_from": first.owner_from[:32]}


def _owned(tx: Tx, incident_id: str, own: Sequence[Found]) -> None:
    """Who owns it, where that was not known before."""
    if not row_of(tx, incident_id).owner:
        change(tx, incident_id, **_owner(own))


def _same(one: Found) -> sa.ColumnElement[bool]:
    return sa.and_(FINDINGS.c.agent == one.agent, FINDINGS.c.target == digest(one.target.key)[:64])


def _keep(tx: Tx, incident_id: str, one: Found, seen: Sequence[str]) -> None:
    """Write ``one`` into the incident, and take it out of a living one of which nothing was ``seen``: it was found in that because
    of something else."""
    others = sa.select(INCIDENTS.c.incident_id).where(
        INCIDENTS.c.closed_at.is_(None), INCIDENTS.c.incident_id.not_in(seen)
    )
    tx.connection.execute(sa.delete(FINDINGS).where(_same(one), FINDINGS.c.incident_id.in_(others)))
    news = {
        "said": one.said[:1024], "kind": one.kind, "last_at": tx.now, "name": one.target.name[:512], "sort": one.sort,
        "began_at": one.began, "because": one.because[:512],
    }  # fmt: skip
    there = sa.update(FINDINGS).where(_same(one), FINDINGS.c.incident_id == incident_id)
    if tx.connection.execute(there.values(**news)).rowcount == 0:
        key = {"incident_id": incident_id, "agent": one.agent, "target": digest(one.target.key)[:64]}
        tx.connection.execute(sa.insert(FINDINGS).values({**key, **columns_of(one.target), **news, "first_at": tx.now}))


def _join(tx: Tx, incident_id: str, own: Sequence[Found], seen: Sequence[str]) -> None:
    """Merge other living incidents into it, of which nothing was ``seen``: those of what follows from its cause, and those in which
    nothing is left."""
    below = _below(own)
    left = {*tx.connection.scalars(sa.select(FINDINGS.c.incident_id).distinct())}
    for cause, row in _living(tx).items():
        if row.incident_id in seen or row.apart or (cause not in below and row.incident_id in left):
            continue
        why = next((one.because for one in own if one.because and cause_of(one.target) == cause), "")
        words = f"It follows from {own[0].cause.name or own[0].cause.id}{f': it {why}' if why else ''}."[:LONGEST]
        hand_over(tx, row.incident_id, incident_id)
        end(tx, row.incident_id, "", "merged", words, incident_id)
        tell(tx, "incident.merged", row.incident_id, SYSTEM, into=incident_id, words=words)
        if row.owner_id and not row_of(tx, incident_id).owner_id:
            kept = {"state": "answered", "owner": row.owner, "owner_id": row.owner_id, "answered_at": row.answered_at}
            change(tx, incident_id, owner_from="", **kept)


def _heal(tx: Tx, quiet: list[Any], looked: frozenset[str]) -> None:
    """Count a round in which nothing of an incident was found, where all who had found something did look."""
    for row in quiet:
        told = sa.select(FINDINGS.c.agent).where(FINDINGS.c.incident_id == row.incident_id).distinct()
        if not {*tx.connection.scalars(told)} <= looked:
            continue
        if row.healthy + 1 < HEALTHY:
            change(tx, row.incident_id, healthy=row.healthy + 1)
            continue
        end(tx, row.incident_id, "", HEALED, f"Nothing of it was found in {HEALTHY} rounds.")
        tell(tx, "incident.closed", row.incident_id, SYSTEM, reason=HEALED)


def _sentence(words: str) -> str:
    said = " ".join(words.split())
    if not 0 < len(said) <= LONGEST:
        raise NotPossible(f"Say it in a sentence of at most {LONGEST} characters.")
    return said
