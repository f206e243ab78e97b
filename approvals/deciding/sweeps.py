"""What time does to proposals: they expire, approvals lapse, claims end. Idempotent, for any number of workers at once.

One transaction for each proposal: two locks held in one transaction would be two chances to wait for each other.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from approvals.deciding.proposals import expire
from approvals.deciding.transitions import Row, live_execution, proposal
from approvals.deciding.voting import lapse
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_rows import row_of
from approvals.store.store import Store, StoreAway, Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.refusals import Raced

LOG = logging.getLogger("lakehelm.approvals")
AT_ONCE = 200


GoodUntil = Callable[[Tx, Row], dt.datetime]


def sweep(store: Store, good_until: GoodUntil | None = None) -> dict[str, int]:
    """Do what is due; returns how many were expired and how many approvals lapsed. ``good_until`` says until when an
    approval is really good: its clock stands still while the action is held."""
    with store.reading() as tx:
        expired = due_ids(
            tx, sa.select(PROPOSALS.c.proposal_id).where(PROPOSALS.c.state == "open", PROPOSALS.c.expires_at <= tx.now)
        )
        lapsed = due_ids(
            tx,
            sa.select(PROPOSALS.c.proposal_id)
            .join(EXECUTIONS, EXECUTIONS.c.proposal_id == PROPOSALS.c.proposal_id)
            .where(
                PROPOSALS.c.state == "approved",
                PROPOSALS.c.lapses_at <= tx.now,
                EXECUTIONS.c.state == "scheduled",
                EXECUTIONS.c.effect_unknown.is_(False),
            ),
        )
    return {"expired": each(store, expired, expire), "lapsed": each(store, lapsed, partial(_lapse, good_until))}


def still_good(tx: Tx, row: Row, good_until: GoodUntil | None) -> bool:
    """Whether an approval whose time seems over is good on; then its row says until when, and the ledger."""
    until = good_until(tx, row) if good_until is not None else tx.now
    if until <= tx.now:
        return False
    tx.connection.execute(
        sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == row.proposal_id).values(lapses_at=until)
    )
    ledger.append(
        tx,
        "proposal.good_longer",
        Actor("system", "sweeper"),
        proposal_id=row.proposal_id,
        revision=row.revision,
        action_digest=row.action_digest,
        until=until,
        row=row_of(tx, PROPOSALS, proposal_id=row.proposal_id),
    )
    return True


def each(store: Store, proposal_ids: list[str], what: Callable[[Tx, str], bool]) -> int:
    """For how many it was done. One that fails is left for the next round and keeps nobody else waiting."""
    done = 0
    for proposal_id in proposal_ids:
        try:
            with store.writing() as tx:
                done += what(tx, proposal_id)
        except (Raced, DBAPIError, StoreAway) as error:
            LOG.warning("%s waits for the next round: %s", proposal_id, type(error).__name__)
    return done


def _lapse(good_until: GoodUntil | None, tx: Tx, proposal_id: str) -> bool:
    row = proposal(tx, proposal_id, lock=True)
    execution = live_execution(tx, proposal_id, lock=True)
    due = row.state == "approved" and row.lapses_at is not None and row.lapses_at <= tx.now
    if not due or execution is None or execution.state != "scheduled" or execution.effect_unknown:
        return False
    if still_good(tx, row, good_until):
        return False
    lapse(tx, row, execution)
    return True


def due_ids(tx: Tx, order: sa.Select[tuple[str]]) -> list[str]:
    return [str(row[0]) for row in tx.connection.execute(order.limit(AT_ONCE))]
