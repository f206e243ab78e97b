"""Views of the inbox that a person has named: the words of the address under a name of their own."""

from __future__ import annotations

import sqlalchemy as sa

from approvals.people.people import Person
from approvals.store.store import METADATA, Tx
from approvals.store.tables import Moment
from approvals.values.refusals import Refusal

MOST, LONGEST = 30, 60  # views a person; characters of a name

SAVED_VIEWS = sa.Table(
    "saved_views",
    METADATA,
    sa.Column("person_id", sa.String(128), primary_key=True),
    sa.Column("name", sa.String(LONGEST), primary_key=True),
    sa.Column("query", sa.String(2048), nullable=False),
    sa.Column("saved_at", Moment, nullable=False),
)


def saved(tx: Tx, person: Person) -> dict[str, str]:
    """The person's views: name to query string, by name."""
    order = sa.select(SAVED_VIEWS).where(SAVED_VIEWS.c.person_id == person.id).order_by(SAVED_VIEWS.c.name)
    return {row.name: row.query for row in tx.connection.execute(order)}


def save(tx: Tx, person: Person, name: str, query: str) -> None:
    """Keep ``query`` under ``name``; a view of that name is replaced. Raises :class:`Refusal`."""
    name = " ".join(name.split())
    if not person.id or not name or len(name) > LONGEST or len(query) > 2048:
        raise Refusal(f"A view needs a name of at most {LONGEST} characters.")
    known = saved(tx, person)
    if name not in known and len(known) >= MOST:
        raise Refusal(f"You have {MOST} views already; take one away first.")
    forget(tx, person, name)
    tx.connection.execute(sa.insert(SAVED_VIEWS).values(person_id=person.id, name=name, query=query, saved_at=tx.now))


def forget(tx: Tx, person: Person, name: str) -> None:
    """Take a view away; nothing happens where there is none."""
    mine = (SAVED_VIEWS.c.person_id == person.id, SAVED_VIEWS.c.name == name)
    tx.connection.execute(sa.delete(SAVED_VIEWS).where(*mine))
