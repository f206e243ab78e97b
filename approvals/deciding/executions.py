"""Executions in the store: claimed under a lease with a fence, moved only by the holder of the fence.

A lease says who should work; the fence says who may write; the intent, written before the call, says what may have
happened. All three are needed: a worker that was frozen wakes up with an expired lease and an old fence.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row, execute, execution, proposal
from approvals.deciding.voters import may_decide
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_rows import row_of
from approvals.people.people import Person
from approvals.store.store import Store, Tx
from approvals.store.tables import EXECUTIONS, INTENTS, LEDGER, PROPOSALS
from approvals.values.machines import NEEDS_A_LOOK, WORKABLE
from approvals.values.proposal import Content
from approvals.values.refusals import CommentNeeded, NotYours, Raced, Refusal


class LeaseLost(Exception):
    """Another worker has taken the execution over; this one must not touch it any more."""


def claim(store: Store, worker: str, lease: dt.timedelta) -> Row | None:
    """Take the execution that has been due longest and that nobody holds; None when there is none. What a lost worker
    left in the middle of a call comes back as ``reconciling``: whether the call had its effect is found out first."""
    with store.writing() as tx:
        free = sa.or_(EXECUTIONS.c.lease_until.is_(None), EXECUTIONS.c.lease_until <= tx.now)
        order = (
            sa.select(EXECUTIONS)
            .where(EXECUTIONS.c.state.in_(sorted(WORKABLE)), EXECUTIONS.c.due_at <= tx.now, free)
            .order_by(EXECUTIONS.c.due_at, EXECUTIONS.c.execution_id)
            .limit(1)
        )
        order = order.with_for_update(key_share=True, skip_locked=True) if tx.locks_rows else order
        row = tx.connection.execute(order).one_or_none()
        if row is None:
            return None
        held: dict[str, Any] = {
            "fence": row.fence + 1,
            "worker": worker,
            "lease_until": tx.now + lease,
            "heartbeat_at": tx.now,
        }
        actor = Actor("executor", worker)
        if row.worker and row.state != "scheduled":
            if row.state == "executing":
                held["effect_unknown"] = True
            return execute(tx, row, "lease_lost", actor, {"lost_by": row.worker}, **held)
        where = (EXECUTIONS.c.execution_id == row.execution_id, EXECUTIONS.c.fence == row.fence)
        if tx.connection.execute(sa.update(EXECUTIONS).where(*where).values(**held)).rowcount != 1:
            raise Raced
        return execution(tx, row.execution_id)


def heartbeat(store: Store, row: Row, lease: dt.timedelta) -> bool:
    """Hold on to it for another ``lease``; False when it was lost, or let go (:func:`rest`)."""
    with store.writing() as tx:
        return renew(tx, row, lease)


def renew(tx: Tx, row: Row, lease: dt.timedelta) -> bool:
    """:func:`heartbeat` inside a transaction."""
    mine = (
        EXECUTIONS.c.execution_id == row.execution_id,
        EXECUTIONS.c.fence == row.fence,
        EXECUTIONS.c.worker == row.worker,
    )
    values = {"lease_until": tx.now + lease, "heartbeat_at": tx.now}
    return bool(tx.connection.execute(sa.update(EXECUTIONS).where(*mine).values(**values)).rowcount == 1)


def saw(tx: Tx, row: Row, before: dict[str, Any]) -> None:
    """What the target was right before the call: what an undo restores."""
    where = (EXECUTIONS.c.execution_id == row.execution_id, EXECUTIONS.c.fence == row.fence)
    tx.connection.execute(sa.update(EXECUTIONS).where(*where).values(before=before))


def held(tx: Tx, row: Row) -> Row:
    """The execution, locked, as long as the fence of ``row`` still holds; raises :class:`LeaseLost`."""
    now = execution(tx, row.execution_id, lock=True)
    if now.fence != row.fence or now.state != row.state:
        raise LeaseLost(row.execution_id)
    return now


def rest(tx: Tx, row: Row, until: dt.datetime, **changes: Any) -> Row:
    """Let go of it until then; any worker may go on."""
    values = {"worker": "", "lease_until": None, "due_at": until, "updated_at": tx.now} | changes
    where = (EXECUTIONS.c.execution_id == row.execution_id, EXECUTIONS.c.fence == row.fence)
    if tx.connection.execute(sa.update(EXECUTIONS).where(*where).values(**values)).rowcount != 1:
        raise LeaseLost(row.execution_id)
    return execution(tx, row.execution_id)


def settled(tx: Tx, row: Row) -> Row:
    """It is known now that the call had no effect."""
    where = (EXECUTIONS.c.execution_id == row.execution_id, EXECUTIONS.c.fence == row.fence)
    if tx.connection.execute(sa.update(EXECUTIONS).where(*where).values(effect_unknown=False)).rowcount != 1:
        raise LeaseLost(row.execution_id)
    return execution(tx, row.execution_id)


def intend(tx: Tx, row: Row, phase: str, key: str, kind: str, params: dict[str, Any]) -> None:
    """Write down what is about to be called, in the transaction before the call. Repeated after a loss of the lease, it
    keeps the first moment: from then on an effect may exist."""
    mine = (
        INTENTS.c.execution_id == row.execution_id,
        INTENTS.c.phase == phase,
        INTENTS.c.attempt == row.attempt,
    )
    if tx.connection.execute(sa.update(INTENTS).where(*mine).values(fence=row.fence)).rowcount == 0:
        tx.connection.execute(
            sa.insert(INTENTS).values(
                execution_id=row.execution_id,
                phase=phase,
                attempt=row.attempt,
                idempotency_key=key,
                fence=row.fence,
                kind=kind,
                params=params,
                intended_at=tx.now,
                result="",
            )
        )
    ledger.append(
        tx,
        f"execution.intent_{phase}",
        Actor("executor", row.worker),
        proposal_id=row.proposal_id,
        revision=row.revision,
        action_digest=row.action_digest,
        execution_id=row.execution_id,
        key=key,
        kind=kind,
        attempt=row.attempt,
        row=row_of(tx, INTENTS, execution_id=row.execution_id, phase=phase, attempt=row.attempt),
    )


def intent(tx: Tx, row: Row, phase: str) -> Row | None:
    """The first intent of a phase: the effect may be as old as that."""
    order = sa.select(INTENTS).where(INTENTS.c.execution_id == row.execution_id, INTENTS.c.phase == phase)
    return tx.connection.execute(order.order_by(INTENTS.c.attempt).limit(1)).one_or_none()


def open_call(tx: Tx, row: Row) -> bool:
    """Whether the call of this attempt was announced and nobody has said how it ended."""
    mine = (INTENTS.c.execution_id == row.execution_id, INTENTS.c.phase == "act", INTENTS.c.attempt == row.attempt)
    order = sa.select(INTENTS.c.attempt).where(*mine, INTENTS.c.ended_at.is_(None))
    return tx.connection.execute(order).first() is not None


def ended(tx: Tx, row: Row, phase: str, result: str) -> None:
    """What became of the call of this attempt."""
    tx.connection.execute(
        sa.update(INTENTS)
        .where(INTENTS.c.execution_id == row.execution_id, INTENTS.c.phase == phase, INTENTS.c.attempt == row.attempt)
        .values(ended_at=tx.now, result=result)
    )


def is_of(row: Row, content: Content) -> bool:
    """Whether the columns that switches, budgets and locks go by are those of the content."""
    return (row.resource_key.lower(), row.kind, row.env, row.dimension, row.agent_id, row.workspace_id, row.owner) == (
        content.target.key.lower(),
        content.kind,
        content.env,
        content.dimension,
        content.agent.id,
        content.target.workspace_id,
        content.owner[:256],
    )


def newest(tx: Tx, proposal_id: str, but: str = "") -> bool:
    """Whether nothing about the same thing was decided after the approval of this proposal, apart from ``but`` and from
    what had no effect. By the order of the ledger: clocks may be set back."""
    approvals = LEDGER.c.event.in_(("decision.quorum", "decision.policy_auto"))
    mine = sa.select(sa.func.max(LEDGER.c.seq)).where(LEDGER.c.proposal_id == proposal_id, approvals).scalar_subquery()
    key = sa.select(PROPOSALS.c.resource_key).where(PROPOSALS.c.proposal_id == proposal_id).scalar_subquery()
    later = (
        sa.select(sa.literal(1))
        .select_from(EXECUTIONS)
        .join(LEDGER, LEDGER.c.proposal_id == EXECUTIONS.c.proposal_id)
        .where(
            EXECUTIONS.c.resource_key == key,
            EXECUTIONS.c.proposal_id.not_in((proposal_id, but)),
            EXECUTIONS.c.state.not_in(("cancelled", "failed")),
            approvals,
            LEDGER.c.seq > mine,
        )
        .limit(1)
    )
    return tx.connection.execute(later).first() is None


HUMAN = {
    "inconclusive": ("human_accept", "human_rollback"),
    "indeterminate": ("human_done", "human_none", "human_rollback"),
    "rollback_failed": ("human_repaired", "retry_rollback"),
}


def look(tx: Tx, proposal_id: str, execution_id: str, event: str, person: Person, comment: str) -> Row:
    """A person settles what the machine could not: ``event`` of :data:`HUMAN` for the execution's state."""
    if not comment.strip():
        raise CommentNeeded("say what you saw")
    parent = proposal(tx, proposal_id, lock=True)
    row = execution(tx, execution_id, lock=True)
    if row.state not in NEEDS_A_LOOK or event not in HUMAN[row.state]:
        raise Refusal("This execution does not wait for that any more.")
    content = content_of(tx, proposal_id, row.revision)
    if not may_decide(parent, content, person):
        raise NotYours("Only those who may approve this proposal may settle it.")
    try:
        return execute(
            tx,
            row,
            event,
            Actor("human", person.name),
            {"comment": comment},
            due_at=tx.now,
            worker="",
            lease_until=None,
            passes=0,
            fails=0,
            verify_until=tx.now + dt.timedelta(seconds=content.verify.window_s),
        )
    except IntegrityError:
        raise Refusal("Another change of the same thing is under way. Try again when it is through.") from None
