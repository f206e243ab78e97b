"""Where somebody is told, and how often: their own choice. Whoever chose nothing is told at once on the usual channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from approvals.people.people import Person
from approvals.store import outbox
from approvals.store.store import METADATA, Tx
from approvals.store.tables import NOTICES_TOLD, Moment
from approvals.values.canonical import digest
from approvals.values.refusals import Refusal
from setting_values import zone_of

USUAL, OWN = "notice", "notice-"  # channels of the outbox: the usual one, and how those begin that a person may choose
HERE = ""  # no channel: only in the app
LISTED = 100  # events of one message, the newest; the others are counted

NOTICE_CHOICES = sa.Table(
    "notice_choices",
    METADATA,
    sa.Column("person_id", sa.String(128), primary_key=True),
    sa.Column("person", sa.String(256), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("hour", sa.Integer),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("next_at", Moment),
)


@dataclass(frozen=True)
class Choice:
    """``hour`` (0 to 23, in ``zone``) is that of one message a day; None: each event at once."""

    channel: str = USUAL
    hour: int | None = None
    zone: str = "UTC"


def offered(channels: Iterable[str]) -> Mapping[str, str]:
    """What one can choose from, with its words: of the ``channels`` that are set up those for notices, and none at all."""
    own = sorted(one for one in channels if one.startswith(OWN) and len(one) > len(OWN))
    return {USUAL: "Usual channel", **{one: one.removeprefix(OWN).capitalize() for one in own}, HERE: "Only here"}


def chosen(tx: Tx, person_id: str) -> Choice:
    """What the person chose."""
    row = _row(tx, person_id)
    return Choice() if row is None else Choice(row.channel, row.hour, row.zone)


def choose(tx: Tx, person: Person, choice: Choice, known: Iterable[str]) -> None:
    """Tell the person so from now on; ``known`` are the channels that are set up. What waits for the message of the day goes out
    now, as it was chosen before. Raises :class:`Refusal`."""
    if not person.id:
        raise Refusal("Only people of the workspace can be told.")
    if choice.channel not in offered(known):
        raise Refusal("Messages cannot be sent there: it is not set up.")
    if choice.hour is not None and not 0 <= choice.hour <= 23:
        raise Refusal("The hour of a day is 0 to 23.")
    if (row := _row(tx, person.id)) is not None:
        _send(tx, row)
    daily = choice.hour is not None and choice.channel != HERE
    tx.connection.execute(sa.delete(NOTICE_CHOICES).where(NOTICE_CHOICES.c.person_id == person.id))
    tx.connection.execute(
        sa.insert(NOTICE_CHOICES).values(
            person_id=person.id,
            person=person.name,
            channel=choice.channel,
            hour=choice.hour if daily else None,
            zone=choice.zone,
            next_at=next_at(tx.now, choice) if daily else None,
        )
    )


def next_at(now: dt.datetime, choice: Choice) -> dt.datetime:
    """When (UTC) the next message of the day goes out after ``now``."""
    there = now.astimezone(zone_of(choice.zone))
    at = there.replace(hour=choice.hour or 0, minute=0, second=0, microsecond=0)
    while at.astimezone(dt.UTC) <= now:
        at = (at + dt.timedelta(days=1)).replace(hour=choice.hour or 0)
    return at.astimezone(dt.UTC)


def digests(tx: Tx) -> int:
    """Send the messages of the day that are due, how many; somebody of whom nothing waits gets none."""
    c = NOTICE_CHOICES.c
    due = sa.select(NOTICE_CHOICES).where(
        c.next_at.is_not(None), c.next_at <= sa.bindparam("now", type_=c.next_at.type)
    )
    order = due.with_for_update(skip_locked=True) if tx.locks_rows else due
    sent = 0
    for row in tx.connection.execute(order, {"now": tx.now}).all():
        sent += _send(tx, row)
        following = next_at(tx.now, Choice(row.channel, row.hour, row.zone))
        tx.connection.execute(sa.update(NOTICE_CHOICES).where(c.person_id == row.person_id).values(next_at=following))
    return sent


def _send(tx: Tx, choice: Any) -> bool:
    """One message with all that waits for somebody; whether there was anything."""
    t = NOTICES_TOLD.c
    mine = (t.person_id == choice.person_id, t.waits.is_(True))
    order = sa.select(NOTICES_TOLD).where(*mine).order_by(t.told_at.desc(), t.event)
    rows = tx.connection.execute(order.with_for_update() if tx.locks_rows else order).all()
    if not rows:
        return False
    for row in rows:  # these and no others: one may be told meanwhile
        same = (t.notice_id == row.notice_id, t.event == row.event)
        tx.connection.execute(sa.update(NOTICES_TOLD).where(*same).values(waits=False))
    lines = [row.subject for row in rows[:LISTED]]
    lines += [f"and {len(rows) - LISTED:,} more: see My notices"] if len(rows) > LISTED else []
    body = {
        "subject": f"{len(rows):,} {'message' if len(rows) == 1 else 'messages'} since {rows[-1].told_at:%Y-%m-%d %H:%M} UTC",
        "text": "\n".join(lines),
        "kind": "digest",
    }
    key = digest("/".join(sorted(f"{row.notice_id}/{row.event}" for row in rows)))
    outbox.put(tx, key, {"channel": choice.channel, "recipient": choice.person, "body": body})
    return True


def _row(tx: Tx, person_id: str) -> Any:
    mine = sa.select(NOTICE_CHOICES).where(NOTICE_CHOICES.c.person_id == person_id)
    return tx.connection.execute(mine.with_for_update() if tx.locks_rows else mine).one_or_none()
