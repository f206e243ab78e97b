"""What is told to whom asked for it: an event once, in one transaction with the message that goes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.people.notice_choices import HERE, USUAL, chosen
from approvals.people.notices import KINDS, Notice, notice_of
from approvals.store import outbox
from approvals.store.store import Tx
from approvals.store.tables import FIGURE_DAYS, NOTICES, NOTICES_TOLD
from approvals.values.canonical import digest
from spelling import escaped
from things import Thing

CHANNEL = USUAL  # of the outbox
KEPT = dt.timedelta(days=100)  # what was told, and what has ended


@dataclass(frozen=True)
class Event:
    """Something that a notice tells of: ``key`` (at most 128 characters) is the same whenever it is found again, ``at``
    (UTC) when it happened. The words may hold names that others gave."""

    key: str
    at: dt.datetime
    subject: str
    text: str = ""


def due(tx: Tx) -> list[Notice]:
    """What is to be looked at now: neither ended nor muted, and of a kind that is known."""
    n = NOTICES.c
    muted = sa.and_(n.muted_until.is_not(None), n.muted_until > tx.now)
    order = sa.select(NOTICES).where(n.ended_at.is_(None), ~muted, n.kind.in_(KINDS)).order_by(n.notice_id)
    return [notice_of(row) for row in tx.connection.execute(order)]


def new(tx: Tx, notice: Notice, events: Iterable[Event]) -> list[Event]:
    """Those that were not told yet and are to be told, the oldest first."""
    t = NOTICES_TOLD.c
    known = set(tx.connection.execute(sa.select(t.event).where(t.notice_id == notice.notice_id)).scalars())
    wanted = (one for one in events if one.at >= notice.since and one.key not in known)
    return sorted(wanted, key=lambda one: (one.at, one.key))


def tell(tx: Tx, notice: Notice, event: Event) -> bool:
    """Tell it, and send it as the person chose: at once, in the message of their day, or nowhere; False when it was told
    before, or when nobody wants to know any more. Whoever else tells of the same notice waits meanwhile."""
    n, t = NOTICES.c, NOTICES_TOLD.c
    mine = sa.select(NOTICES).where(n.notice_id == notice.notice_id, n.ended_at.is_(None))
    row = tx.connection.execute(mine.with_for_update() if tx.locks_rows else mine).one_or_none()
    if row is None or event.at < notice_of(row).since:
        return False
    same = (t.notice_id == notice.notice_id, t.event == event.key)
    if tx.connection.execute(sa.select(t.event).where(*same)).first() is not None:
        return False
    choice = chosen(tx, notice.person_id)
    tx.connection.execute(
        sa.insert(NOTICES_TOLD).values(
            notice_id=notice.notice_id,
            event=event.key,
            person_id=notice.person_id,
            subject=escaped(event.subject)[:512],
            text=escaped(event.text)[:1024],
            happened_at=event.at,
            told_at=tx.now,
            waits=choice.hour is not None,
        )
    )
    if choice.hour is not None or choice.channel == HERE:
        return True
    body = {"subject": event.subject, "text": event.text, "kind": notice.kind, "thing": notice.thing.words}
    message = {
        "channel": choice.channel,
        "recipient": notice.person,
        "body": body | {"happened_at": event.at.isoformat()},
    }
    outbox.put(tx, digest(f"{notice.notice_id}/{event.key}"), message)
    return True


def stands(tx: Tx, notice: Notice, condition: str) -> None:
    """The condition that was told of and holds; empty: none holds any more."""
    mine = NOTICES.c.notice_id == notice.notice_id
    tx.connection.execute(sa.update(NOTICES).where(mine).values(standing=condition))


def checked(tx: Tx, notice_ids: Collection[str], could_not: str = "") -> None:
    """They were looked at now; ``could_not`` says why that tells nothing."""
    if notice_ids:
        mine = NOTICES.c.notice_id.in_(notice_ids)
        tx.connection.execute(sa.update(NOTICES).where(mine).values(checked_at=tx.now, could_not=could_not[:512]))


def figure_days(tx: Tx, thing: Thing, before: dt.date) -> list[float]:
    """What the figure was on the days ``before`` that on which it was looked at, the oldest first."""
    d = FIGURE_DAYS.c
    order = sa.select(d.value).where(d.figure == thing.id, d.day < before).order_by(d.day)
    return list(tx.connection.execute(order).scalars())


def keep_figure(tx: Tx, thing: Thing, day: dt.date, value: float) -> None:
    """The figure is ``value`` on ``day``, as far as that is over."""
    d = FIGURE_DAYS.c
    tx.connection.execute(sa.delete(FIGURE_DAYS).where(d.figure == thing.id, d.day == day))
    tx.connection.execute(sa.insert(FIGURE_DAYS).values(figure=thing.id, day=day, value=value))


def forget_old(tx: Tx) -> None:
    """What was told long ago, and what ended then, is not kept."""
    before = tx.now - KEPT
    tx.connection.execute(sa.delete(FIGURE_DAYS).where(FIGURE_DAYS.c.day < before.date()))
    tx.connection.execute(sa.delete(NOTICES_TOLD).where(NOTICES_TOLD.c.told_at < before))
    left = sa.select(NOTICES_TOLD.c.notice_id)
    over = (NOTICES.c.ended_at < before, NOTICES.c.notice_id.not_in(left))
    tx.connection.execute(sa.delete(NOTICES).where(*over))
