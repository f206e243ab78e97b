"""What makes a click count once: a word that is given out with what is on the screen, and taken back with the decision.

It is bound to who sees it, to exactly what they see and to what they may do with it; it is good for ten minutes. Only
its hash is kept, so that whoever reads the database cannot use it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import NONCES
from approvals.values.refusals import Refusal

GOOD_FOR = dt.timedelta(minutes=10)


class NotThisClick(Refusal):
    """The word is unknown, used, too old, somebody else's or another thing's: nothing was decided."""

    def __init__(self) -> None:
        super().__init__(
            "This click counts no more: it was used, is older than ten minutes, or what you see has changed. "
            "Look again and decide."
        )


def issue(
    tx: Tx, person_id: str, proposal_id: str, revision: int, action_digest: str, verbs: Iterable[str]
) -> Mapping[str, str]:
    """A word for each of ``verbs`` that this person may do with exactly this; those that are over are swept out."""
    tx.connection.execute(sa.delete(NONCES).where(NONCES.c.expires_at <= tx.now))
    words = {verb: secrets.token_urlsafe(24) for verb in verbs}
    rows = [
        {
            "nonce_hash": _hash(word),
            "person_id": person_id,
            "proposal_id": proposal_id,
            "revision": revision,
            "action_digest": action_digest,
            "verb": verb,
            "expires_at": tx.now + GOOD_FOR,
        }
        for verb, word in words.items()
    ]
    if rows:
        tx.connection.execute(sa.insert(NONCES), rows)
    return words


def use(tx: Tx, word: str, person_id: str, proposal_id: str, revision: int, action_digest: str, verb: str) -> None:
    """Take the word back, in the transaction of the decision: what refuses the decision leaves the word as it was.
    Raises :class:`NotThisClick`."""
    n = NONCES.c
    taken = tx.connection.execute(
        sa.update(NONCES)
        .where(
            n.nonce_hash == _hash(word),
            n.used_at.is_(None),
            n.expires_at > tx.now,
            n.person_id == person_id,
            n.proposal_id == proposal_id,
            n.revision == revision,
            n.action_digest == action_digest,
            n.verb == verb,
        )
        .values(used_at=tx.now)
    ).rowcount
    if taken != 1:
        raise NotThisClick


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
