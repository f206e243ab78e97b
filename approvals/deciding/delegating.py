"""Letting somebody act in one's place for a while, and ending it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from approvals.deciding.proposals import new_id
from approvals.deciding.verbs import human
from approvals.ledger import ledger
from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.store.tables import DELEGATIONS
from approvals.values.refusals import Refusal

LONGEST_STAND_IN = dt.timedelta(days=30)


def stand_in(tx: Tx, person: Person, other: Person, starts: dt.datetime, ends: dt.datetime) -> str:
    """From ``starts`` to ``ends`` (UTC) ``other`` may act for ``person``; both may act, each proposal hears one voice
    of the two. Who stands in for somebody cannot pass that on."""
    if other.id == person.id or ends <= max(starts, tx.now) or ends - starts > LONGEST_STAND_IN:
        raise Refusal("Choose another person and a time of at most 30 days that has not passed.")
    made = new_id(tx)
    tx.connection.execute(
        sa.insert(DELEGATIONS).values(
            delegation_id=made,
            from_id=person.id,
            from_name=person.name,
            to_id=other.id,
            to_name=other.name,
            starts_at=starts,
            ends_at=ends,
        )
    )
    ledger.append(
        tx,
        "delegation.made",
        human(person),
        delegation=made,
        to=other.name,
        starts=starts,
        ends=ends,
        of=person.id,
        person=other.id,
    )
    return made


def end_stand_in(tx: Tx, delegation_id: str, person: Person) -> None:
    """End a delegation before its time; either of the two may. Raises :class:`Refusal`."""
    d = DELEGATIONS.c
    mine = (d.delegation_id == delegation_id, sa.or_(d.from_id == person.id, d.to_id == person.id))
    lasts = (d.ended_at.is_(None), d.ends_at > tx.now)
    found = tx.connection.execute(sa.select(DELEGATIONS).where(*mine)).one_or_none()
    ended = tx.connection.execute(sa.update(DELEGATIONS).where(*mine, *lasts).values(ended_at=tx.now)).rowcount
    if found is None or ended != 1:
        raise Refusal("There is no such delegation of yours.")
    ledger.append(tx, "delegation.ended", human(person), delegation=delegation_id, of=found.from_name, to=found.to_name)
