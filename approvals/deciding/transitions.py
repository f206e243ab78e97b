"""The one way to change a state: legal by its machine, from exactly the version that was read, told to the ledger."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from approvals.deciding import autonomy, budgets
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_rows import row_digest
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.machines import DECISION, EXECUTION, HOLDS_RESOURCE, Machine
from approvals.values.refusals import NoSuchProposal, Raced

Row = sa.Row[Any]


def proposal(tx: Tx, proposal_id: str, *, lock: bool = False) -> Row:
    """The proposal's row; with ``lock`` nobody else changes it until this transaction ends. Lock it before its
    execution. Raises :class:`NoSuchProposal`."""
    found = _one(tx, sa.select(PROPOSALS).where(PROPOSALS.c.proposal_id == proposal_id), lock)
    if found is None:
        raise NoSuchProposal(proposal_id)
    return found


def execution(tx: Tx, execution_id: str, *, lock: bool = False) -> Row:
    """The execution's row; see :func:`proposal`."""
    found = _one(tx, sa.select(EXECUTIONS).where(EXECUTIONS.c.execution_id == execution_id), lock)
    if found is None:
        raise NoSuchProposal(execution_id)
    return found


def live_execution(tx: Tx, proposal_id: str, *, lock: bool = False) -> Row | None:
    """The proposal's execution that was not cancelled, if there is one."""
    order = sa.select(EXECUTIONS).where(EXECUTIONS.c.proposal_id == proposal_id, EXECUTIONS.c.state != "cancelled")
    return _one(tx, order, lock)


def _one(tx: Tx, order: sa.Select[Any], lock: bool) -> Row | None:
    """``FOR NO KEY UPDATE``: Postgres looks at a row's parent under ``FOR KEY SHARE`` when it is changed twice in one
    transaction, and would wait for whoever has locked the parent and waits for the row."""
    locked = order.with_for_update(key_share=True) if lock and tx.locks_rows else order
    return tx.connection.execute(locked).one_or_none()


def decide(tx: Tx, row: Row, event: str, actor: Actor, says: dict[str, Any] | None = None, **changes: Any) -> Row:
    """Apply ``event`` to the proposal ``row`` (as read in this transaction) and return it as it is now."""
    return _move(tx, DECISION, PROPOSALS, PROPOSALS.c.proposal_id, row, event, actor, says or {}, changes)


def execute(tx: Tx, row: Row, event: str, actor: Actor, says: dict[str, Any] | None = None, **changes: Any) -> Row:
    """Apply ``event`` to the execution ``row`` (as read in this transaction) and return it as it is now. The fence in
    ``row`` must still be the execution's: a worker that lost its lease writes nothing. Once it no longer holds its
    resource, it counts no more as running. One that was taken back may be one too many of its agent."""
    made = _move(tx, EXECUTION, EXECUTIONS, EXECUTIONS.c.execution_id, row, event, actor, says or {}, changes)
    if row.state in HOLDS_RESOURCE and made.state not in HOLDS_RESOURCE:
        budgets.release(tx, made)
    if made.state in autonomy.ENDS and made.state != row.state:
        autonomy.watch(tx, made.proposal_id, made.state)
    return made


def _move(
    tx: Tx,
    machine: Machine,
    table: sa.Table,
    key: sa.Column[Any],
    row: Row,
    event: str,
    actor: Actor,
    says: dict[str, Any],
    changes: dict[str, Any],
) -> Row:
    after = machine.after(row.state, event)
    where = [key == row._mapping[key.name], table.c.version == row.version, table.c.state == row.state]
    if machine is EXECUTION:
        where.append(table.c.fence == row.fence)
    values = {"state": after, "version": row.version + 1, "updated_at": tx.now} | changes
    if after != row.state:
        values["state_since"] = tx.now
    if tx.connection.execute(sa.update(table).where(*where).values(**values)).rowcount != 1:
        raise Raced
    told = {"from": row.state, "to": after} | says
    if machine is EXECUTION:
        told |= {"execution_id": row.execution_id, "attempt": row.attempt}
    made = tx.connection.execute(sa.select(table).where(key == row._mapping[key.name])).one()
    ledger.append(
        tx,
        f"{machine.name}.{event}",
        actor,
        proposal_id=row.proposal_id,
        revision=made.revision,
        action_digest=made.action_digest,
        row=row_digest(table, made),
        **told,
    )
    return made
