"""Who acts for whom: a delegation from one person to another, until its end or until one of the two ends it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import sqlalchemy as sa

from approvals.deciding.voters import represented
from approvals.people.people import Directory, Person, Unreachable
from approvals.store.store import Tx
from approvals.store.tables import DELEGATIONS


@dataclass(frozen=True)
class StandIn:
    """``mine``: somebody acts for the person, ``other``; else the person acts for them. Until ``ends`` (UTC)."""

    delegation_id: str
    mine: bool
    other: str
    starts: dt.datetime
    ends: dt.datetime


def stand_ins(tx: Tx, person: Person) -> list[StandIn]:
    """Those that last or are still to come, from the person and to them, the next to end first."""
    d = DELEGATIONS.c
    order = (
        sa.select(DELEGATIONS)
        .where(sa.or_(d.from_id == person.id, d.to_id == person.id), d.ends_at > tx.now, d.ended_at.is_(None))
        .order_by(d.ends_at, d.delegation_id)
    )
    return [
        StandIn(
            one.delegation_id,
            one.from_id == person.id,
            one.to_name if one.from_id == person.id else one.from_name,
            one.starts_at,
            one.ends_at,
        )
        for one in tx.connection.execute(order)
    ]


def lent(tx: Tx, directory: Directory, person: Person) -> list[Person]:
    """Those whom the person may act for today, with the groups they are in; who cannot be looked up is left out."""
    found = []
    for one in represented(tx, person):
        try:
            known = directory.person(one.id)
        except Unreachable:
            known = None
        if known is not None:
            found.append(replace(known, name=one.name))
    return found
