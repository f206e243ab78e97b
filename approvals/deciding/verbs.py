"""What people do with a proposal besides voting: ask, answer, edit, override, withdraw; claim, snooze, stand in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from approvals.deciding.proposals import content_of, propose, record, revise
from approvals.deciding.transitions import Row, decide, execute, live_execution, proposal
from approvals.deciding.twins import twin
from approvals.deciding.voters import barred, decided, may_decide, proposed_by, represented
from approvals.deciding.voting import begun
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Person, is_person
from approvals.policy.policy import Verdict
from approvals.store import outbox
from approvals.store.store import Tx
from approvals.store.tables import PROPOSALS, SNOOZES, VIEWINGS, WAITING
from approvals.values.considered import Answer
from approvals.values.proposal import Content
from approvals.values.refusals import Changed, CommentNeeded, NotYours, Refusal, TooLate

CLAIM = dt.timedelta(minutes=15)
MOST_ANSWERS = 20


def ask(tx: Tx, proposal_id: str, person: Person, question: str, stands_for: Iterable[Person] = ()) -> None:
    """Ask who proposed it; the proposal stays open and shows that it waits for an answer. For those who may decide on it,
    in their own right or for one of ``stands_for``; raises :class:`NotYours` for others."""
    row = _open(tx, proposal_id)
    _concerned(tx, row, person, stands_for, "ask")
    if not question.strip():
        raise CommentNeeded("what do you want to know?")
    decide(tx, row, "ask", human(person), {"question": question}, question=question, asked_by=person.name)


def answer(tx: Tx, proposal_id: str, by: Actor | Person, text: str) -> None:
    """Answer the question: who proposed or sponsored it, nobody else. Question and answer become part of the next
    revision, each as the words of whose they are."""
    row = _open(tx, proposal_id)
    if not _proposed(row, by):
        raise NotYours("Only who proposed or sponsored it can answer.")
    if not row.question:
        raise Refusal("Nobody has asked anything.")
    if not text.strip():
        raise CommentNeeded("the answer is empty")
    actor = human(by) if isinstance(by, Person) else by
    content = content_of(tx, proposal_id, row.revision)
    said = Answer(
        question=row.question,
        asked_by=row.asked_by,
        text=text[:4_000],
        answered_by=actor.id,
        by_person=actor.type == "human",
    )
    answers = (*content.answers, said)[-MOST_ANSWERS:]
    revise(
        tx,
        row,
        content.model_copy(update={"answers": answers}),
        "answer",
        actor,
        "answered",
        question=None,
        asked_by="",
    )


def edit(tx: Tx, proposal_id: str, revision: int, content: Content, verdict: Verdict, person: Person, why: str) -> int:
    """Change the parameters: ``content`` was worked out anew for them. All votes are void, and who edited may not
    decide. Returns the new revision; raises :class:`Changed` when the proposal moved meanwhile."""
    row = _open(tx, proposal_id)
    if row.revision != revision:
        raise Changed
    if not may_decide(row, content_of(tx, proposal_id, row.revision), person):
        raise NotYours("Only those who may approve this proposal may edit it.")
    if twin(tx, row, content.dedup_key) is not None:
        raise Refusal("Another open proposal wants exactly that: decide on that one.")
    row = revise(tx, row, content, "edit", human(person), why or "edited", edited_by=_editors(row, person))
    if verdict.outcome == "deny":
        row = decide(tx, row, "policy_deny", Actor("policy", "policy"), {"reasons": list(verdict.reasons)})
        record(tx, row, "deny", [], comment="; ".join(verdict.reasons))
    return int(row.revision)


def emergency(
    tx: Tx, proposal_id: str, revision: int, content: Content, verdict: Verdict, person: Person, why: str, days: int
) -> int:
    """Break glass, once for a proposal: ``content`` asks the emergency group, and who breaks it may not decide any more.
    Everybody is told at once, and asked for a review within ``days`` working days. Returns the new revision."""
    if not content.emergency or not why.strip():
        raise CommentNeeded("an emergency needs the incident's name and a reason")
    row = _open(tx, proposal_id)
    if row.revision != revision:
        raise Changed
    if barred(row, person):
        raise NotYours("Who proposed, sponsored or edited a proposal may not break the glass for it.")
    if content_of(tx, proposal_id, revision).emergency:
        raise Refusal("It is an emergency already, and ends when its time is over.")
    if verdict.outcome == "deny":
        raise Refusal("; ".join(verdict.reasons))
    reason = f"emergency {content.emergency}: {why}"[:256]
    row = revise(tx, row, content, "edit", human(person), reason, edited_by=_editors(row, person))
    about = {
        "proposal": proposal_id,
        "title": content.title,
        "by": person.name,
        "incident": content.emergency,
        "why": why,
    }
    for key, subject, at in (("page", "Emergency", tx.now), ("review", "Review", working_days(tx.now, days))):
        message = {"channel": "emergency", "recipient": "everybody", "body": about | {"subject": subject}}
        outbox.put(tx, f"{proposal_id}-{row.revision}-{key}", message, at)
    return int(row.revision)


def working_days(start: dt.datetime, days: int) -> dt.datetime:
    """The same time of day so many days from Monday to Friday later."""
    at = start
    while days > 0:
        at += dt.timedelta(days=1)
        days -= at.weekday() < 5
    return at


def override(
    tx: Tx, proposal_id: str, content: Content, verdict: Verdict, person: Person, reason: str, comment: str
) -> str:
    """Replace the agent's action by the person's own: a new, linked proposal that the policy judges like any other; the
    person counts as its proposer. Returns the new proposal's id."""
    if not comment.strip():
        raise CommentNeeded("an override needs a reason, the next proposal learns from it")
    row = proposal(tx, proposal_id, lock=True)
    execution = live_execution(tx, proposal_id, lock=True)
    if row.state not in ("open", "approved"):
        raise decided(tx, row)
    if execution is not None and begun(execution):
        raise TooLate("The action has begun. Use Undo once it is through.")
    if not may_decide(row, content_of(tx, proposal_id, row.revision), person):
        raise NotYours("Only those who may approve this proposal may override it.")
    if content.dedup_key == row.dedup_key:
        raise Refusal("That is what is proposed already: accept it instead.")
    made = propose(tx, content, verdict, human(person), parent_id=proposal_id)
    if execution is not None:
        execute(tx, execution, "cancel", human(person), {"why": "overridden"})
    _end(tx, row, "override", human(person), made, reason, comment)
    return made


def withdraw(tx: Tx, proposal_id: str, by: Actor | Person, why: str) -> None:
    """Who proposed it takes it back, as long as nothing was done; raises :class:`NotYours` for anybody else."""
    row = proposal(tx, proposal_id, lock=True)
    if not _proposed(row, by):
        raise NotYours("Only who proposed it can withdraw it.")
    _leave(tx, proposal_id, "withdraw", human(by) if isinstance(by, Person) else by, None, why)


def claim(tx: Tx, proposal_id: str, person: Person, stands_for: Iterable[Person] = ()) -> None:
    """Say that one looks at it, for 15 minutes; for those who may decide on it (see :func:`ask`), because nobody else is
    told meanwhile. Advisory: others may still decide."""
    row = _open(tx, proposal_id)
    _concerned(tx, row, person, stands_for, "claim")
    if claimed(row, tx.now) and not claimed_by(row, person):
        raise Refusal("Somebody else is looking at it. You may decide all the same.")
    _set(tx, row, claimed_by=person.name, claimed_by_id=person.id, claim_until=tx.now + CLAIM)
    ledger.append(tx, "proposal.claimed", human(person), proposal_id=proposal_id, revision=row.revision)


def release(tx: Tx, proposal_id: str, person: Person) -> None:
    """Give the claim back; raises :class:`NotYours` for who does not hold it now."""
    row = _open(tx, proposal_id)
    if not claimed(row, tx.now) or not claimed_by(row, person):
        raise NotYours("It is not yours to release.")
    _set(tx, row, claimed_by="", claimed_by_id="", claim_until=None)
    ledger.append(tx, "proposal.released", human(person), proposal_id=proposal_id, revision=row.revision)


def claimed(row: Row, now: dt.datetime) -> bool:
    """Whether somebody looks at it."""
    return bool(row.claimed_by) and row.claim_until is not None and row.claim_until > now


def claimed_by(row: Row, person: Person) -> bool:
    """Whether the last claim is this person's; those of earlier versions have a name only."""
    return is_person(row.claimed_by_id or row.claimed_by, person)


def snooze(
    tx: Tx, proposal_id: str, person: Person, until: dt.datetime, reason: str, stands_for: Iterable[Person] = ()
) -> dt.datetime:
    """Hide it from one's own list until then, at most until it expires; returns when it comes back. For those who may
    decide on it (see :func:`ask`); never for R3 and above: those stay in view."""
    row = _open(tx, proposal_id)
    _concerned(tx, row, person, stands_for, "put off")
    if row.risk >= 3:
        raise Refusal("Proposals of high risk stay in view.")
    until = min(until, row.expires_at)
    mine = (SNOOZES.c.proposal_id == proposal_id, SNOOZES.c.person_id == person.id)
    tx.connection.execute(sa.delete(SNOOZES).where(*mine))
    tx.connection.execute(
        sa.insert(SNOOZES).values(proposal_id=proposal_id, person_id=person.id, until=until, reason=reason[:512])
    )
    ledger.append(tx, "proposal.snoozed", human(person), proposal_id=proposal_id, until=until, reason=reason)
    return until


def viewed(tx: Tx, proposal_id: str, revision: int, person: Person) -> dt.datetime:
    """Note that the person opened the card; returns when they first did, which is what the time to read counts from."""
    key = (
        VIEWINGS.c.proposal_id == proposal_id,
        VIEWINGS.c.revision == revision,
        VIEWINGS.c.person_id == person.id,
    )
    first: dt.datetime | None = tx.connection.execute(sa.select(VIEWINGS.c.first_at).where(*key)).scalar_one_or_none()
    if first is None:
        tx.connection.execute(
            sa.insert(VIEWINGS).values(proposal_id=proposal_id, revision=revision, person_id=person.id, first_at=tx.now)
        )
        first = tx.now
    return first


def _open(tx: Tx, proposal_id: str) -> Row:
    row = proposal(tx, proposal_id, lock=True)
    if row.state != "open" or row.expires_at <= tx.now:
        raise decided(tx, row)
    return row


def _concerned(tx: Tx, row: Row, person: Person, stands_for: Iterable[Person], verb: str) -> None:
    """Raise :class:`NotYours` for who may not decide on it, neither themselves nor for whom they stand in today."""
    hats = list(stands_for)
    lent = {one.id for one in represented(tx, person)} if hats else set()
    content = content_of(tx, row.proposal_id, row.revision)
    if not may_speak(row, content, person, [hat for hat in hats if hat.id in lent]):
        raise NotYours(f"Only those who may approve this proposal may {verb} it.")


def may_speak(row: Row, content: Content, person: Person, lent: Iterable[Person]) -> bool:
    """Whether the person, or one of those they act for today, may decide on it."""
    return not barred(row, person) and any(may_decide(row, content, one) for one in (person, *lent))


def _proposed(row: Row, by: Actor | Person) -> bool:
    """Whether it is theirs: the agent's by its id, a person's by what the directory knows of them."""
    if isinstance(by, Actor):
        own = by.type == "agent" and by.id == row.agent_id
        return own or proposed_by(row, Person("", by.id))
    return proposed_by(row, by)


def _editors(row: Row, person: Person) -> str:
    return "\n".join(dict.fromkeys([*filter(None, row.edited_by.split("\n")), person.id]))


def _leave(tx: Tx, proposal_id: str, event: str, actor: Actor, other: str | None, why: str) -> None:
    row = proposal(tx, proposal_id, lock=True)
    execution = live_execution(tx, proposal_id, lock=True)
    if row.state not in ("open", "approved"):
        raise decided(tx, row)
    if execution is not None:
        if begun(execution):
            raise TooLate("The action has begun.")
        execute(tx, execution, "cancel", actor, {"why": why})
    _end(tx, row, event, actor, other, "", why)


def _end(tx: Tx, row: Row, event: str, actor: Actor, other: str | None, reason: str, comment: str) -> None:
    tx.connection.execute(sa.delete(WAITING).where(WAITING.c.proposal_id == row.proposal_id))
    row = decide(tx, row, event, actor, {"reason": reason, "comment": comment, "by": other}, replaced_by=other)
    record(tx, row, event, [actor.id], reason=reason, comment=comment, other=other)


def _set(tx: Tx, row: Row, **values: object) -> None:
    tx.connection.execute(
        sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == row.proposal_id).values(updated_at=tx.now, **values)
    )


def human(person: Person) -> Actor:
    """A person as the ledger names them."""
    return Actor("human", person.name)
