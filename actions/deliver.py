"""Takes messages out of the outbox to the webhook of their channel: at least once, any number of workers at a time.

A worker takes a message by moving its next time ahead in one conditional update, sends it outside any transaction, and
records how it went only if the message is still its own. Every attempt carries the same ``Idempotency-Key``, so that the
receiver can tell twice from once. What a receiver answers is not read: only its status counts.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from actions.chat_text import disarmed
from approvals.store.store import Store
from approvals.store.tables import OUTBOX

WAITING, SENT, FAILED, KEPT = "waiting", "sent", "failed", "kept"
FIRST, LONGEST = dt.timedelta(seconds=5), dt.timedelta(hours=1)  # between two attempts
TRIES = 12
TIMEOUT = 10.0  # seconds to connect, and as many until the answer begins
LEASE = dt.timedelta(minutes=2)  # how long a worker has a message for itself

Webhooks = Mapping[str, str]  # channel -> URL


class BadWebhook(ValueError):
    """An address that messages must not be sent to: neither https nor this machine."""


@dataclass(frozen=True)
class Answered:
    """How an attempt went: the receiver's HTTP ``status`` (None: there was no answer, ``error`` says why), and after
    how many seconds it wants the next one, if it said so."""

    status: int | None
    error: str = ""
    retry_after: float | None = None

    @property
    def taken(self) -> bool:
        """The receiver has it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass
class Delivered:
    """What a round did, in messages: ``later`` are to be tried again."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    kept: int = 0


Post = Callable[[str, bytes, Mapping[str, str]], Answered]


def deliver(store: Store, webhooks: Webhooks, post: Post | None = None, *, limit: int = 50) -> Delivered:
    """Send up to ``limit`` messages that are due by the store's clock. One whose channel has no webhook is ``kept``: it
    can be read in the app. Raises :class:`BadWebhook` before anything is sent."""
    for url in webhooks.values():
        check_webhook(url)
    done = Delivered()
    for _ in range(limit):
        message = _take(store, frozenset(webhooks))
        if message is None:
            break
        state = message.state
        if state == WAITING:
            state = _record(store, message, (post or post_json)(webhooks[message.channel], *written(message)))
        done.sent += state == SENT
        done.later += state == WAITING
        done.failed += state == FAILED
        done.kept += state == KEPT
    return done


def _take(store: Store, channels: frozenset[str]) -> Any:
    """The message that is due longest, now this worker's: ``tries`` counts this attempt. None when none is due."""
    due = (
        sa.select(OUTBOX)
        .where(OUTBOX.c.state == WAITING, sa.bindparam("now", type_=OUTBOX.c.next_at.type) >= OUTBOX.c.next_at)
        .order_by(OUTBOX.c.next_at, OUTBOX.c.message_key)
        .limit(1)
    )
    while True:
        with store.writing() as tx:
            order = due.with_for_update(skip_locked=True) if tx.locks_rows else due
            found = tx.connection.execute(order, {"now": tx.now}).one_or_none()
            if found is None:
                return None
            mine = (OUTBOX.c.message_key == found.message_key, OUTBOX.c.state == WAITING, OUTBOX.c.tries == found.tries)
            given: dict[str, Any] = {"state": KEPT}
            if found.channel in channels:
                given = {"tries": found.tries + 1, "next_at": tx.now + LEASE}
            if tx.connection.execute(sa.update(OUTBOX).where(*mine).values(given)).rowcount == 1:
                return tx.connection.execute(sa.select(OUTBOX).where(OUTBOX.c.message_key == found.message_key)).one()


def _record(store: Store, message: Any, answered: Answered) -> str:
    """Write down how the attempt went; the state of the message from now on. A message that another worker has taken
    meanwhile, because this one was too slow, is left to it."""
    with store.writing() as tx:
        given: dict[str, Any] = {"error": (answered.error or f"HTTP {answered.status}")[:512]}
        if answered.taken:
            given = {"state": SENT, "sent_at": tx.now, "error": ""}
        elif message.tries >= TRIES:
            given["state"] = FAILED
        else:
            given["next_at"] = tx.now + pause(message.tries, answered.retry_after)
        mine = (OUTBOX.c.message_key == message.message_key, OUTBOX.c.tries == message.tries, OUTBOX.c.state == WAITING)
        tx.connection.execute(sa.update(OUTBOX).where(*mine).values(given))
    return str(given.get("state", WAITING))


def pause(tries: int, retry_after: float | None = None) -> dt.timedelta:
    """How long to wait after so many attempts: 5 s, doubled each time, at most an hour. A receiver may ask for more,
    up to the hour, never for less."""
    usual: dt.timedelta = min(FIRST * 2 ** (tries - 1), LONGEST)
    asked = dt.timedelta(seconds=min(max(retry_after or 0.0, 0.0), LONGEST.total_seconds()))
    return max(usual, asked)


def written(message: Any) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a message, the same at every attempt. ``text`` and ``subject`` stand at the top, where
    chat webhooks look for them; every text in the body is disarmed. The recipient stays as the receiver knows it."""
    told = disarmed(dict(message.body)) | {"channel": message.channel, "recipient": message.recipient}
    body = json.dumps(told, ensure_ascii=False, sort_keys=True, allow_nan=False).encode()
    return body, {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.message_key}


def check_webhook(url: str) -> None:
    """Raises :class:`BadWebhook` unless ``url`` is https, or plain http to this machine itself."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if not (parts.scheme == "http" and _is_here(parts.hostname or "")):
        raise BadWebhook(f"a webhook of scheme {parts.scheme!r} on {parts.hostname!r}: https is needed")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def post_json(url: str, body: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT) -> Answered:
    """POST once: no redirect is followed, and of the answer only status and ``Retry-After`` are looked at. The
    error names the kind of failure only; an address may hold a secret."""
    import requests

    try:
        with requests.post(
            url, data=body, headers=dict(headers), timeout=timeout, allow_redirects=False, stream=True
        ) as answer:
            return Answered(answer.status_code, retry_after=_seconds(answer.headers.get("Retry-After", "")))
    except requests.RequestException as error:
        return Answered(None, type(error).__name__)


def _seconds(text: str) -> float | None:
    """What ``Retry-After`` says: seconds, or a date; None for anything else."""
    if text.strip().isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (at - dt.datetime.now(at.tzinfo or dt.UTC)).total_seconds() if at.tzinfo else None
