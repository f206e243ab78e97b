"""Where a person begins: the page that they chose for themselves."""

from __future__ import annotations

import sqlalchemy as sa

from approvals.people.people import Person
from approvals.store.store import METADATA, Tx
from approvals.store.tables import Moment
from approvals.values.refusals import Refusal

LONGEST = 64  # characters of a page's key

START_PAGES = sa.Table(
    "start_pages",
    METADATA,
    sa.Column("person_id", sa.String(128), primary_key=True),
    sa.Column("page", sa.String(LONGEST), nullable=False),
    sa.Column("chosen_at", Moment, nullable=False),
)


def chosen(tx: Tx, person: Person) -> str | None:
    """The key of the page that the person chose; None where they chose none."""
    found = tx.connection.scalar(sa.select(START_PAGES.c.page).where(START_PAGES.c.person_id == person.id))
    return None if found is None else str(found)


def choose(tx: Tx, person: Person, page: str) -> None:
    """Begin at ``page`` from now on. Raises :class:`Refusal`."""
    if not person.id or not page or len(page) > LONGEST:
        raise Refusal("Only people of the workspace can choose where they begin.")
    forget(tx, person)
    tx.connection.execute(sa.insert(START_PAGES).values(person_id=person.id, page=page, chosen_at=tx.now))


def forget(tx: Tx, person: Person) -> None:
    """Begin again where one's groups begin; nothing happens where nothing was chosen."""
    tx.connection.execute(sa.delete(START_PAGES).where(START_PAGES.c.person_id == person.id))
