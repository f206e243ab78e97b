"""What agents hand in, waiting to be worked out: handed in once, taken by one worker, done with a reason.

A draft's id is made of what it wants and a running number: two agents that hand in the same at the same time write the
same key, and only one of them can.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from approvals.deciding.witnessed import handed_in
from approvals.ledger.ledger import Actor, append
from approvals.store.store import Tx
from approvals.store.tables import DRAFTS, LEDGER
from approvals.values.canonical import canonical, digest
from approvals.values.proposal import Draft

LOG = logging.getLogger("lakehelm.approvals")
Done = Literal["proposed", "refused", "not witnessed"]
LARGEST = 64 * 1024  # characters
HELD = dt.timedelta(minutes=2)  # after which a taken draft is taken again: its worker is gone, or could not go on
LIFE = dt.timedelta(hours=1)  # as long as one is tried again
_WAITING = ("pending", "taken")


class NotYourDraft(ValueError):
    """A draft that names another principal as its agent's than the one that signed in."""


class TakenAway(RuntimeError):
    """A draft that its worker held for so long that another one took it."""


class TooLarge(ValueError):
    """A draft of more than :data:`LARGEST` characters."""


def wish(draft: Draft) -> str:
    """Equal for drafts that want the same on the same target, whoever wants it and why (48 characters)."""
    return digest([draft.kind, draft.target.key, draft.params])[:48]


def known(tx: Tx, draft: Draft, quiet: dt.timedelta = dt.timedelta(0)) -> str | None:
    """The id of an equal draft that waits, or that was handed in less than ``quiet`` ago; None when there is none."""
    newest = _newest(tx, wish(draft))
    return str(newest.draft_id) if newest is not None and _stands(tx, newest, quiet) else None


def submit(tx: Tx, draft: Draft, principal: str, quiet: dt.timedelta = dt.timedelta(0)) -> str:
    """Hand ``draft`` in for ``principal``, the identity that signed in; returns its id, or that of the equal one that is
    :func:`known`. Raises :class:`NotYourDraft` and :class:`TooLarge`."""
    if draft.agent.principal != principal:
        raise NotYourDraft(f"{principal!r} may not hand in a draft of {draft.agent.principal!r}")
    text = canonical(draft)
    if len(text) > LARGEST:
        raise TooLarge(f"a draft of {len(text):,} characters; at most {LARGEST:,}")
    while True:
        # Read once: judged and numbered by the same row, so that whoever comes second writes a key that is there.
        newest = _newest(tx, wish(draft))
        if newest is not None and _stands(tx, newest, quiet):
            return str(newest.draft_id)
        number = 1 if newest is None else int(str(newest.draft_id).rpartition(".")[2]) + 1
        draft_id = f"{wish(draft)}.{number:06d}"
        row = {"draft_id": draft_id, "draft": text, "principal": principal, "state": "pending", "created_at": tx.now}
        try:
            with tx.connection.begin_nested():
                tx.connection.execute(sa.insert(DRAFTS).values(**row))
        except IntegrityError:
            continue  # somebody was faster; now it is there to be read
        said: dict[str, Any] = {"draft_id": draft_id, "kind": draft.kind, "resource": draft.target.key}
        append(tx, "draft.submit", Actor("agent", draft.agent.id, draft.agent.sponsor), **said, draft=digest(draft))
        return draft_id


def unworked(tx: Tx) -> list[Draft]:
    """Every draft that waits to be worked out, or is being; what cannot be read is left out."""
    found = []
    for text in tx.connection.scalars(sa.select(DRAFTS.c.draft).where(DRAFTS.c.state.in_(_WAITING))):
        with contextlib.suppress(ValidationError):
            found.append(Draft.model_validate_json(text))
    return found


def handed_in_since(tx: Tx, ago: dt.timedelta) -> dict[str, int]:
    """How many drafts each principal handed in less than ``ago`` ago, but for those that were refused."""
    lately = sa.and_(DRAFTS.c.created_at > tx.now - ago, DRAFTS.c.state.not_in(("refused", "not witnessed")))
    counted = sa.select(DRAFTS.c.principal, sa.func.count()).where(lately).group_by(DRAFTS.c.principal)
    return {str(principal): int(count) for principal, count in tx.connection.execute(counted)}


def heard_since(tx: Tx, ago: dt.timedelta) -> frozenset[str]:
    """The agents that handed anything in less than ``ago`` ago, as the ledger tells."""
    lately = sa.and_(LEDGER.c.event == "draft.submit", LEDGER.c.at > tx.now - ago)
    return frozenset(map(str, tx.connection.scalars(sa.select(LEDGER.c.actor).where(lately).distinct())))


def take(tx: Tx, limit: int) -> list[tuple[str, Draft]]:
    """Up to ``limit`` waiting drafts, oldest first, for this worker alone; those of a worker that took them longer than
    :data:`HELD` ago, too. A draft that cannot be read any more is refused on the way; one that the ledger does not tell of
    as it is here was written beside it, and is not worked out."""
    gone = sa.and_(DRAFTS.c.state == "taken", DRAFTS.c.taken_at < tx.now - HELD)
    order = sa.select(DRAFTS.c.draft_id, DRAFTS.c.draft, DRAFTS.c.state, DRAFTS.c.taken_at)
    order = order.where(sa.or_(DRAFTS.c.state == "pending", gone)).order_by(DRAFTS.c.created_at, DRAFTS.c.draft_id)
    order = order.limit(limit)
    found = tx.connection.execute(order.with_for_update(skip_locked=True) if tx.locks_rows else order).all()
    taken = []
    for row in found:
        as_read = sa.and_(DRAFTS.c.draft_id == row.draft_id, DRAFTS.c.state == row.state)
        unmoved = DRAFTS.c.taken_at.is_(None) if row.taken_at is None else DRAFTS.c.taken_at == row.taken_at
        change = sa.update(DRAFTS).where(as_read, unmoved).values(state="taken", taken_at=tx.now)
        if tx.connection.execute(change).rowcount != 1:
            continue
        if not handed_in(tx, row.draft_id, row.draft):
            LOG.warning("draft %s is not witnessed: the ledger does not tell that it was handed in so", row.draft_id)
            done(tx, row.draft_id, "not witnessed", "the ledger does not tell that it was handed in so")
            continue
        try:
            taken.append((str(row.draft_id), Draft.model_validate_json(row.draft)))
        except ValidationError as error:
            done(tx, str(row.draft_id), "refused", f"cannot be read: {error.error_count()} errors")
    return taken


def done(tx: Tx, draft_id: str, state: Done, why: str = "", proposal_id: str | None = None) -> bool:
    """What came of a taken draft. False when it was not taken (any more): then nothing was written."""
    change = sa.update(DRAFTS).where(DRAFTS.c.draft_id == draft_id, DRAFTS.c.state == "taken")
    written = tx.connection.execute(change.values(state=state, why=why[:512], proposal_id=proposal_id)).rowcount == 1
    if written:
        said: dict[str, Any] = {"draft_id": draft_id, "state": state, "why": why[:512]}
        append(tx, "draft.done", Actor("system", "intake"), proposal_id=proposal_id, **said)
    return written


def proposed(tx: Tx, draft_id: str, proposal_id: str) -> None:
    """A taken draft has become a proposal. Raises :class:`TakenAway` when it is not taken any more."""
    if not done(tx, draft_id, "proposed", proposal_id=proposal_id):
        raise TakenAway(f"{draft_id} was done by another worker")


def overdue(tx: Tx, draft_id: str) -> bool:
    """Whether it was handed in longer than :data:`LIFE` ago."""
    at = tx.connection.execute(sa.select(DRAFTS.c.created_at).where(DRAFTS.c.draft_id == draft_id)).scalar_one()
    return bool(tx.now - at > LIFE)


def _stands(tx: Tx, newest: Any, quiet: dt.timedelta) -> bool:
    if newest.state == "not witnessed":
        return False
    return newest.state in _WAITING or tx.now - newest.created_at < quiet


def _newest(tx: Tx, wanted: str) -> Any:
    columns = (DRAFTS.c.draft_id, DRAFTS.c.state, DRAFTS.c.created_at)
    mine = sa.and_(DRAFTS.c.draft_id >= f"{wanted}.", DRAFTS.c.draft_id < f"{wanted}/")  # "/" follows "."
    return tx.connection.execute(sa.select(*columns).where(mine).order_by(DRAFTS.c.draft_id.desc()).limit(1)).first()
