"""A reminder: those who could fill an open seat are asked to look, each once a day however often somebody presses."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from approvals.deciding.transitions import proposal
from approvals.deciding.verbs import human
from approvals.deciding.voters import votes
from approvals.ledger import ledger
from approvals.people.people import Person, folded
from approvals.people.telling import CHANNEL
from approvals.store import outbox
from approvals.store.store import Tx
from approvals.store.tables import OUTBOX
from approvals.values.canonical import digest
from approvals.values.refusals import Refusal

MOST = 50  # people at once


def remind(tx: Tx, proposal_id: str, people: Iterable[str], by: Person) -> list[str]:
    """Ask those of ``people`` (user names) to decide on an open proposal who have not voted on it and were not asked today
    (UTC); returns whom. Raises :class:`approvals.values.refusals.Refusal` where it is open no more."""
    row = proposal(tx, proposal_id, lock=True)
    if row.state != "open":
        raise Refusal("It is decided: nobody has to be asked any more.")
    done = {folded(one.voter) for one in votes(tx, row)} | {folded(by.name)}
    keys = {_key(tx, proposal_id, name): name for name in sorted(set(people))[:MOST] if folded(name) not in done}
    asked = set(tx.connection.execute(sa.select(OUTBOX.c.message_key).where(OUTBOX.c.message_key.in_(keys))).scalars())
    new = {key: name for key, name in keys.items() if key not in asked}
    body = {
        "subject": "Your decision is asked for", "proposal": proposal_id, "title": row.title, "risk": f"R{row.risk}",
        "asked_by": by.name, "expires_at": row.expires_at.isoformat(),
    }  # fmt: skip
    for key, name in new.items():
        outbox.put(tx, key, {"channel": CHANNEL, "recipient": name, "body": body})
    if new:
        about = {"proposal_id": proposal_id, "revision": row.revision}
        ledger.append(tx, "proposal.reminded", human(by), **about, people=list(new.values()))
    return list(new.values())


def _key(tx: Tx, proposal_id: str, name: str) -> str:
    return f"remind-{proposal_id}-{digest(folded(name))[:16]}-{tx.now:%Y%m%d}"
