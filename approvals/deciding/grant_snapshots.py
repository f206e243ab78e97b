"""What was granted to whom, kept once a month: so that a quarter later people can say what changed. The ledger has the digest of
each, so that one that was written anew later counts as none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.store.store import METADATA, Tx
from approvals.store.tables import LEDGER, Moment

MOST = 15  # that are kept: a year, and the quarter before
EVENT = "grants.kept"
Right = tuple[str, str, str, str]  # kind, place, grantee, privilege, as the catalog has them

GRANT_SNAPSHOTS = sa.Table(
    "grant_snapshots",
    METADATA,
    sa.Column("month", sa.Date, primary_key=True),  # its first day
    sa.Column("taken_at", Moment, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("rights", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)


class NotAsKept(ValueError):
    """What stands in the table is not what was kept then."""


@dataclass(frozen=True)
class Snapshot:
    """What was granted when it was ``taken_at`` (UTC): so many ``rights``, of that ``digest``."""

    taken_at: dt.datetime
    digest: str
    rights: int


def digest_of(rights: Iterable[Right]) -> str:
    """The digest of ``rights``, whatever their order."""
    return hashlib.sha256(_written(rights)).hexdigest()


def wanted(tx: Tx) -> bool:
    """Whether none of this month is kept yet."""
    c = GRANT_SNAPSHOTS.c
    return tx.connection.execute(sa.select(c.month).where(c.month == _month(tx))).first() is None


def keep(tx: Tx, rights: Iterable[Right]) -> bool:
    """Keep ``rights`` as those of this month, told to the ledger, and forget the oldest; False where the month has some."""
    ledger.lock(tx)  # two that begin at once take turns
    if not wanted(tx):
        return False
    text = _written(rights)
    row: dict[str, Any] = {"digest": hashlib.sha256(text).hexdigest(), "rights": len(json.loads(text))}
    ledger.append(tx, EVENT, Actor("system", "grants"), month=_month(tx).isoformat(), **row)
    content = zlib.compress(text, 9)
    tx.connection.execute(sa.insert(GRANT_SNAPSHOTS).values(month=_month(tx), taken_at=tx.now, content=content, **row))
    c = GRANT_SNAPSHOTS.c
    months = list(tx.connection.execute(sa.select(c.month).order_by(c.month.desc())).scalars())
    if len(months) > MOST:
        tx.connection.execute(sa.delete(GRANT_SNAPSHOTS).where(c.month <= months[MOST]))
    return True


def snapshots(tx: Tx) -> list[Snapshot]:
    """All that are kept and that the ledger tells of, the oldest first."""
    c = GRANT_SNAPSHOTS.c
    order = sa.select(c.taken_at, c.digest, c.rights).order_by(c.taken_at)
    entries = sa.select(LEDGER.c.body).where(LEDGER.c.event == EVENT)
    told = {json.loads(str(body))["digest"] for body in tx.connection.execute(entries).scalars()}
    return [Snapshot(*row) for row in tx.connection.execute(order) if row.digest in told]


def rights_of(tx: Tx, digest: str) -> list[Right]:
    """The rights of the snapshot of that digest, in order. Raises :class:`NotAsKept` where they are not those, or gone."""
    order = sa.select(GRANT_SNAPSHOTS.c.content).where(GRANT_SNAPSHOTS.c.digest == digest)
    content = tx.connection.execute(order).scalars().first()
    try:
        text = zlib.decompress(content or b"")
    except zlib.error:
        text = b""
    if hashlib.sha256(text).hexdigest() != digest:
        raise NotAsKept("The snapshot is not what was kept then.")
    return [(kind, place, grantee, privilege) for kind, place, grantee, privilege in json.loads(text)]


def _written(rights: Iterable[Right]) -> bytes:
    return json.dumps(sorted({*rights}), ensure_ascii=False, separators=(",", ":")).encode()


def _month(tx: Tx) -> dt.date:
    return tx.now.date().replace(day=1)
