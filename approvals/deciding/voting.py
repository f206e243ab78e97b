"""People decide: votes, rejections, and taking an approval back while nothing has been done.

Every function locks the proposal's row first: two people who click in the same millisecond are served one after the
other, and the second one is told what the first one did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from approvals.deciding.proposals import approve, content_of, give_way, new_id, record, wait_for
from approvals.deciding.transitions import Row, decide, execute, live_execution, proposal
from approvals.deciding.twins import twin
from approvals.deciding.voters import (
    asked_of,
    barred,
    counted,
    decided,
    may_decide,
    names_of_voters,
    represented,
    voters_by_hat,
    votes,
)
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_rows import row_of
from approvals.people.people import Person
from approvals.policy.quorum import Seating, could_fill, seated
from approvals.store.store import Tx
from approvals.store.tables import VIEWINGS, VOTES
from approvals.values.machines import BEFORE_EFFECT
from approvals.values.proposal import Content, Requirement
from approvals.values.refusals import (
    AlreadyVoted,
    Changed,
    CommentNeeded,
    NameNeeded,
    NotYours,
    TooLate,
    TooSoon,
)

REASONS = (
    "wrong_target", "wrong_diagnosis", "right_diagnosis_wrong_action", "risk_too_high", "insufficient_evidence", "stale",
    "duplicate", "too_small", "bad_timing", "business_exception", "policy", "not_my_call", "other",
)  # fmt: skip
FIRST_LOOK = dt.timedelta(seconds=1)  # after a card has opened for somebody, in which they have seen nothing of it


@dataclass(frozen=True)
class Ballot:
    """What a person signs: exactly this revision with this digest. ``dwell_ms`` is how long the card was open,
    ``typed_name`` the resource's name where the action is irreversible, ``client`` where it came from (no secrets);
    ``not_before`` with a rejection, when the same may be proposed again, where that is a matter of time."""

    proposal_id: str
    revision: int
    action_digest: str
    comment: str = ""
    reason: str = ""
    dwell_ms: int = 0
    typed_name: str = ""
    client: dict[str, Any] = field(default_factory=dict)
    on_behalf_of: Person | None = None
    not_before: dt.datetime | None = None


@dataclass(frozen=True)
class Standing:
    """How the proposal stands after a vote."""

    state: str
    seating: Seating


def accept(tx: Tx, ballot: Ballot, person: Person) -> Standing:
    """Vote for it; the last vote that the requirement needs approves it in the same transaction. Raises a
    :class:`approvals.values.refusals.Refusal`; then nothing was changed."""
    row, content = _ready(tx, ballot, person)
    if content.risk >= 3 and not ballot.comment.strip():
        raise CommentNeeded("at this risk class an approval needs a reason")
    name = content.target.name or content.target.id
    if content.risk >= 4 and ballot.typed_name.strip() != name.strip():
        raise NameNeeded(name)
    if not could_fill(content.requirement, voters_by_hat(tx, row), _hat(tx, row, ballot, person).groups):
        raise NotYours("Your groups fill none of the seats that are still open.")
    _cast(tx, row, ballot, person, "approve")
    voters = voters_by_hat(tx, row)
    seating = seated(content.requirement, voters)
    actor = _actor(person, ballot)
    if seating.complete:
        by = names_of_voters(tx, row)
        row = approve(tx, row, content, "quorum", actor, by, comment=ballot.comment)
        return Standing(row.state, seating)
    decide(tx, row, "vote", actor, {"verb": "approve"}, seats_filled=len(seating.by_person))
    wait_for(tx, row.proposal_id, Requirement(seats=seating.missing))
    return Standing("open", seating)


def reject(tx: Tx, ballot: Ballot, person: Person) -> Standing:
    """Vote against it, with a reason; as many as the requirement says (usually one) end it."""
    row, content = _ready(tx, ballot, person)
    if not ballot.comment.strip() or ballot.reason not in REASONS:
        raise CommentNeeded("a rejection needs a reason, the next proposal learns from it")
    if not asked_of(content.requirement, _hat(tx, row, ballot, person)):
        raise NotYours("Only those who may approve this proposal may reject it.")
    _cast(tx, row, ballot, person, "reject")
    against = tx.connection.execute(
        sa.select(sa.func.count()).select_from(VOTES).where(*counted(row), VOTES.c.verb == "reject")
    ).scalar_one()
    actor, seating = _actor(person, ballot), seated(content.requirement, voters_by_hat(tx, row))
    if against < content.requirement.denials:
        decide(tx, row, "vote", actor, {"verb": "reject"})
        return Standing("open", seating)
    said: dict[str, Any] = {"reason": ballot.reason, "comment": ballot.comment}
    if ballot.not_before is not None:
        said["not_before"] = ballot.not_before.isoformat()
    row = decide(tx, row, "reject", actor, said)
    record(tx, row, "reject", [person.name], reason=ballot.reason, comment=ballot.comment)
    return Standing(row.state, seating)


def revoke(tx: Tx, proposal_id: str, person: Person, comment: str = "") -> None:
    """Take one's own approval back before anything was done: the vote is void, the proposal open again."""
    row, execution = _undone(tx, proposal_id)
    mine = tx.connection.execute(
        sa.update(VOTES)
        .where(*counted(row), VOTES.c.voter_id == person.id, VOTES.c.verb == "approve")
        .values(void_at=tx.now, void_because="taken back")
    ).rowcount
    if mine != 1:
        raise NotYours("Only somebody who approved it can take the approval back.")
    made = reopen(
        tx, row, execution, "revoke", Actor("human", person.name), comment or "approval taken back", [person.id]
    )
    if made.state == "open":  # else it has given way to another one, and that is what was decided
        record(tx, row, "revoke", [person.name], comment=comment)


def veto(tx: Tx, proposal_id: str, person: Person, comment: str) -> None:
    """Stop an approved proposal for good before anything was done."""
    if not comment.strip():
        raise CommentNeeded("a veto needs a reason")
    row, execution = _undone(tx, proposal_id)
    content = content_of(tx, proposal_id, row.revision)
    if not may_decide(row, content, person):
        raise NotYours("Only those who may approve this proposal may stop it.")
    actor = Actor("human", person.name)
    _cancel(tx, execution, actor, "vetoed")
    row = decide(tx, row, "veto", actor, {"comment": comment})
    record(tx, row, "veto", [person.name], comment=comment)


def reopen(
    tx: Tx, row: Row, execution: Row | None, event: str, actor: Actor, why: str, voided: Sequence[str] = ()
) -> Row:
    """From approved back to open through ``event`` (revoke, lapse, lost_right, demote): the execution is cancelled, the
    votes that are still valid count on; those of ``voided`` (ids) do not any more. There is a day to decide again, at
    least, but for an emergency. Where another proposal that wants the same is open by now, this one gives way to it."""
    _cancel(tx, execution, actor, why)
    if (other := twin(tx, row, row.dedup_key)) is not None:
        return give_way(tx, row, other, actor, why, voided)
    content = content_of(tx, row.proposal_id, row.revision)
    seating = seated(content.requirement, voters_by_hat(tx, row))
    again = row.expires_at if content.emergency else max(row.expires_at, tx.now + dt.timedelta(days=1))
    row = decide(
        tx,
        row,
        event,
        actor,
        {"why": why, "void": sorted(voided)},
        lapses_at=None,
        auto_by="",
        seats_filled=len(seating.by_person),
        expires_at=again,
    )
    wait_for(tx, row.proposal_id, Requirement(seats=seating.missing))
    return row


def void(tx: Tx, row: Row, voters: list[str], why: str) -> None:
    """The votes of ``voters`` (ids) on the current revision count no more."""
    tx.connection.execute(
        sa.update(VOTES).where(*counted(row), VOTES.c.voter_id.in_(voters)).values(void_at=tx.now, void_because=why)
    )


def _ready(tx: Tx, ballot: Ballot, person: Person) -> tuple[Row, Content]:
    """The locked proposal and its content, when this person may vote on what they saw."""
    row = proposal(tx, ballot.proposal_id, lock=True)
    if row.state != "open" or row.expires_at <= tx.now:
        raise decided(tx, row)
    if (row.revision, row.action_digest) != (ballot.revision, ballot.action_digest):
        raise Changed
    if barred(row, person) or (ballot.on_behalf_of and barred(row, ballot.on_behalf_of)):
        raise NotYours("Who proposed, sponsored or edited a proposal may not decide on it.")
    opened = tx.connection.execute(
        sa.select(VIEWINGS.c.first_at).where(
            VIEWINGS.c.proposal_id == row.proposal_id,
            VIEWINGS.c.revision == row.revision,
            VIEWINGS.c.person_id == person.id,
        )
    ).scalar_one_or_none()
    if opened is not None and tx.now - opened < FIRST_LOOK:
        raise TooSoon
    return row, content_of(tx, row.proposal_id, row.revision)


def _hat(tx: Tx, row: Row, ballot: Ballot, person: Person) -> Person:
    """In whose place the person votes; raises :class:`NotYours` where there is no delegation."""
    other = ballot.on_behalf_of
    if other is None:
        return person
    if other.id not in {one.id for one in represented(tx, person)}:
        raise NotYours("You do not stand in for this person today.")
    return other


def _cast(tx: Tx, row: Row, ballot: Ballot, person: Person, verb: Literal["approve", "reject"]) -> None:
    """Write the vote; one person, one voice, whether their own or lent."""
    hat = _hat(tx, row, ballot, person)
    voices = {person.id, hat.id}
    for one in votes(tx, row):
        if voices & {one.voter_id, one.on_behalf_of}:
            raise AlreadyVoted
    vote_id = new_id(tx)
    tx.connection.execute(
        sa.insert(VOTES).values(
            vote_id=vote_id,
            proposal_id=row.proposal_id,
            revision=row.revision,
            action_digest=row.action_digest,
            voter_id=person.id,
            voter=person.name,
            groups=sorted(hat.groups),
            verb=verb,
            on_behalf_of=hat.id if hat is not person else None,
            reason=ballot.reason,
            comment=ballot.comment,
            dwell_ms=ballot.dwell_ms,
            client=ballot.client,
            created_at=tx.now,
        )
    )
    ledger.append(
        tx,
        f"vote.{verb}",
        _actor(person, ballot),
        proposal_id=row.proposal_id,
        revision=row.revision,
        action_digest=row.action_digest,
        voter=person.id,
        reason=ballot.reason,
        comment=ballot.comment,
        vote=vote_id,
        row=row_of(tx, VOTES, vote_id=vote_id),
    )


def _actor(person: Person, ballot: Ballot) -> Actor:
    return Actor("human", person.name, ballot.on_behalf_of.name if ballot.on_behalf_of else None)


def _undone(tx: Tx, proposal_id: str) -> tuple[Row, Row]:
    """The locked proposal and its execution, when nothing has been done yet; raises :class:`TooLate`."""
    row = proposal(tx, proposal_id, lock=True)
    if row.state != "approved":
        raise decided(tx, row)
    execution = live_execution(tx, proposal_id, lock=True)
    if execution is None or begun(execution):
        raise TooLate("The action has begun. Use Undo once it is through.")
    return row, execution


def begun(execution: Row) -> bool:
    """Whether the execution may have had an effect already: from then on nobody takes its approval back."""
    return execution.state not in BEFORE_EFFECT or execution.effect_unknown


def _cancel(tx: Tx, execution: Row | None, actor: Actor, why: str) -> None:
    if execution is not None:
        execute(tx, execution, "cancel", actor, {"why": why})


def lapse(tx: Tx, row: Row, execution: Row) -> Row:
    """The approval is too old to act on: all its votes are void."""
    voters = [one.voter_id for one in votes(tx, row)]
    void(tx, row, voters, "approval lapsed")
    return reopen(tx, row, execution, "lapse", Actor("system", "sweeper"), "the approval was too old to act on", voters)
