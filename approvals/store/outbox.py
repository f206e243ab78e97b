"""Messages to people and systems, written in the transaction of what they tell of and delivered afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import OUTBOX


def put(tx: Tx, key: str, message: dict[str, Any], at: dt.datetime | None = None) -> None:
    """Write the message (``channel``, ``recipient``, ``body``) once, however often it is put under the same ``key``; it
    goes out ``at`` that time, or at once."""
    if tx.connection.execute(sa.select(OUTBOX.c.message_key).where(OUTBOX.c.message_key == key)).first() is None:
        tx.connection.execute(
            sa.insert(OUTBOX).values(
                message_key=key,
                channel=message["channel"],
                recipient=message["recipient"],
                body=message["body"],
                state="waiting",
                next_at=at or tx.now,
                created_at=tx.now,
            )
        )
