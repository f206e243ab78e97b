"""Proposals come into being here: written once with their first revision, joined when the same is proposed again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from ulid import ULID

from approvals.deciding import autonomy
from approvals.deciding.transitions import Row, decide, proposal
from approvals.deciding.twins import same
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_rows import row_of
from approvals.policy.policy import Verdict
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, EXECUTIONS, PROPOSALS, REVISIONS, WAITING
from approvals.values.canonical import canonical
from approvals.values.machines import EXECUTION
from approvals.values.proposal import Content, Requirement, action_digest, as_written
from approvals.values.refusals import NoSuchProposal

POLICY = Actor("policy", "policy")


def new_id(tx: Tx) -> str:
    """A sortable id: 26 characters, by the store's clock."""
    return str(ULID.from_datetime(tx.now))


def propose(tx: Tx, content: Content, verdict: Verdict, actor: Actor, *, parent_id: str | None = None) -> str:
    """Write the proposal and let the policy's ``verdict`` act on it; returns its id, or that of the open (or running)
    proposal which already wants the same."""
    known = same(tx, content)
    if known is not None and known.state == "open" and expire(tx, str(known.proposal_id)):
        known = None
    if known is not None:
        tx.connection.execute(
            sa.update(PROPOSALS)
            .where(PROPOSALS.c.proposal_id == known.proposal_id)
            .values(occurrences=PROPOSALS.c.occurrences + 1, updated_at=tx.now)
        )
        ledger.append(
            tx,
            "proposal.seen_again",
            actor,
            proposal_id=known.proposal_id,
            revision=known.revision,
            action_digest=known.action_digest,
        )
        return str(known.proposal_id)
    made = new_id(tx)
    signed = action_digest(made, 1, content)
    tx.connection.execute(
        sa.insert(PROPOSALS).values(
            proposal_id=made,
            revision=1,
            state="open",
            state_since=tx.now,
            created_at=tx.now,
            updated_at=tx.now,
            action_digest=signed,
            agent_id=content.agent.id,
            agent_version=content.agent.version,
            agent_principal=content.agent.principal,
            sponsor=content.agent.sponsor,
            parent_id=parent_id,
            undo_of=content.undo_of,
            auto_by="",
            **_shown(tx, content),
        )
    )
    written = _write_revision(tx, made, 1, content, signed, actor.id, "proposed")
    ledger.append(
        tx,
        "proposal.created",
        actor,
        proposal_id=made,
        revision=1,
        action_digest=signed,
        written=written,
        row=row_of(tx, PROPOSALS, proposal_id=made),
        kind=content.kind,
        resource=content.target.key,
        title=content.title,
        risk=content.risk,
        policy=content.policy_digest,
        rules=list(content.rules),
        parent=parent_id,
    )
    row = proposal(tx, made)
    if verdict.outcome == "deny":
        decide(tx, row, "policy_deny", POLICY, {"reasons": list(verdict.reasons)})
        record(tx, row, "deny", [], comment="; ".join(verdict.reasons))
    elif verdict.outcome == "auto":
        approve(tx, row, content, "policy_auto", POLICY, [], verdict.auto_by)
    else:
        wait_for(tx, made, content.requirement)
    return made


def revise(tx: Tx, row: Row, content: Content, event: str, actor: Actor, reason: str, **changes: object) -> Row:
    """Give the proposal its next revision through ``event`` (edit, answer, drift). Votes on the old one stay with it
    and count no more; what was asked and answered goes on. The time of an emergency is not made longer."""
    before, revision = content_of(tx, row.proposal_id, row.revision), row.revision + 1
    content = content.model_copy(update={"answers": content.answers or before.answers})
    signed = action_digest(row.proposal_id, revision, content)
    written = _write_revision(tx, row.proposal_id, revision, content, signed, actor.id, reason)
    values = _shown(tx, content) | changes
    if before.emergency:
        values |= {"expires_at": row.expires_at, "due_at": row.due_at}
    made = decide(
        tx,
        row,
        event,
        actor,
        {"reason": reason, "written": written},
        revision=revision,
        action_digest=signed,
        seats_filled=0,
        lapses_at=None,
        **values,
    )
    wait_for(tx, row.proposal_id, content.requirement)
    return made


def give_way(tx: Tx, row: Row, other: str, actor: Actor, why: str, voided: Sequence[str] = ()) -> Row:
    """An approved proposal that would be open again ends instead, because ``other`` is open and wants the same. Votes of
    ``voided`` (ids) were taken away before."""
    made = decide(
        tx,
        row,
        "supersede",
        actor,
        {"why": why, "by": other, "void": sorted(voided)},
        replaced_by=other,
        lapses_at=None,
    )
    record(tx, made, "supersede", [actor.id], comment=why, other=other)
    return made


def approve(
    tx: Tx, row: Row, content: Content, event: str, actor: Actor, by: list[str], auto_by: str = "", comment: str = ""
) -> Row:
    """The proposal is approved: its execution is written in the same transaction, due after the undo window."""
    execution_id = new_id(tx)
    made = decide(
        tx,
        row,
        event,
        actor,
        {"by": by, "rule": auto_by, "execution": execution_id},
        auto_by=auto_by,
        seats_filled=row.seats,
        lapses_at=tx.now + dt.timedelta(seconds=content.approval_ttl_s),
        question=None,
    )
    tx.connection.execute(sa.delete(WAITING).where(WAITING.c.proposal_id == row.proposal_id))
    tx.connection.execute(
        sa.insert(EXECUTIONS).values(
            execution_id=execution_id,
            proposal_id=row.proposal_id,
            revision=made.revision,
            action_digest=made.action_digest,
            resource_key=row.resource_key,
            kind=row.kind,
            env=row.env,
            dimension=row.dimension,
            agent_id=row.agent_id,
            workspace_id=row.workspace_id,
            owner=row.owner,
            state=EXECUTION.start,
            state_since=tx.now,
            due_at=tx.now + dt.timedelta(seconds=content.undo_s),
            holds=[],
            refs={},
            checks=[],
            effect_unknown=False,
            created_at=tx.now,
            updated_at=tx.now,
        )
    )
    record(tx, made, "auto_accept" if auto_by else "accept", by, comment=comment)
    return made


def record(
    tx: Tx, row: Row, verb: str, by: list[str], *, reason: str = "", comment: str = "", other: str | None = None
) -> None:
    """Write the decision's own row: what was decided, by whom, how long it took. One against an agent's proposal may be one too
    many: then the agent is trusted less from now on."""
    tx.connection.execute(
        sa.insert(DECISIONS).values(
            decision_id=new_id(tx),
            proposal_id=row.proposal_id,
            revision=row.revision,
            verb=verb,
            decided_by=by,
            policy_digest=row.policy_digest,
            action_digest=row.action_digest,
            reason=reason,
            comment=comment,
            other_id=other,
            in_time=tx.now <= row.due_at,
            seconds_open=int((tx.now - row.created_at).total_seconds()),
            created_at=tx.now,
        )
    )
    if verb in autonomy.AGAINST:
        autonomy.watch(tx, row.proposal_id)


def expire(tx: Tx, proposal_id: str) -> bool:
    """An open proposal past its time is expired, never approved; False when it no longer was one."""
    row = proposal(tx, proposal_id, lock=True)
    if row.state != "open" or row.expires_at > tx.now:
        return False
    tx.connection.execute(sa.delete(WAITING).where(WAITING.c.proposal_id == proposal_id))
    record(tx, decide(tx, row, "expire", Actor("system", "sweeper")), "expire", [])
    return True


def content_of(tx: Tx, proposal_id: str, revision: int) -> Content:
    """The complete content of one revision, as it was written; raises :class:`NoSuchProposal`."""
    written = tx.connection.execute(
        sa.select(REVISIONS.c.content).where(REVISIONS.c.proposal_id == proposal_id, REVISIONS.c.revision == revision)
    ).scalar_one_or_none()
    if written is None:
        raise NoSuchProposal(proposal_id)
    return Content.model_validate_json(written)


def wait_for(tx: Tx, proposal_id: str, requirement: Requirement) -> None:
    """Note which groups the proposal waits for: whose turn it is."""
    tx.connection.execute(sa.delete(WAITING).where(WAITING.c.proposal_id == proposal_id))
    groups = sorted({group for seats in requirement.seats for group in seats.groups})
    if groups:
        tx.connection.execute(
            sa.insert(WAITING), [{"proposal_id": proposal_id, "group_name": group} for group in groups]
        )


def _write_revision(
    tx: Tx, proposal_id: str, revision: int, content: Content, signed: str, author: str, reason: str
) -> str:
    """Write a revision; returns the digest of its row, for the ledger."""
    tx.connection.execute(
        sa.insert(REVISIONS).values(
            proposal_id=proposal_id,
            revision=revision,
            content=canonical(as_written(dict(content))),
            action_digest=signed,
            author=author,
            reason=reason,
            created_at=tx.now,
        )
    )
    return row_of(tx, REVISIONS, proposal_id=proposal_id, revision=revision)


def _shown(tx: Tx, content: Content) -> dict[str, object]:
    """The columns that the list shows and sorts by, drawn from the content; a revision's time begins now."""
    ttl, now = content.decision_ttl_s, tx.now
    half = now + dt.timedelta(seconds=ttl // 2)
    times = {"expires_at": now + dt.timedelta(seconds=ttl), "due_at": half, "escalate_at": half}
    return shown(content) | times


def shown(content: Content) -> dict[str, object]:
    """Those of the columns that are the content's own."""
    benefit = content.benefit
    read = [one.data_as_of or one.executed_at for one in content.evidence]
    return {
        "kind": content.kind,
        "dimension": content.dimension,
        "env": content.env,
        "workspace_id": content.target.workspace_id,
        "resource_key": content.target.key,
        "resource_name": content.target.name[:512],
        "title": content.title[:1024],
        "owner": content.owner[:256],
        "risk": content.risk,
        "group_key": content.group_key[:512],
        "dedup_key": content.dedup_key,
        "policy_digest": content.policy_digest,
        "confidence": content.confidence,
        "benefit_low": benefit.low if benefit else None,
        "benefit_high": benefit.high if benefit else None,
        "currency": benefit.currency if benefit else "",
        "benefit_kind": benefit.kind if benefit else "",
        "bulk": content.bulk,
        "seats": sum(one.count for one in content.requirement.seats),
        "evidence_at": min((at for at in read if at is not None), default=None),
    }
