"""What happens when a person presses a button. Nothing that was typed is lost by a refusal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from approvals.deciding import delegating, lifting, verbs, voting
from approvals.deciding.executions import look
from approvals.deciding.stand_ins import lent
from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.values.refusals import Refusal
from approvals.values.titles import titled
from components.inbox import messages, missing
from components.inbox.address import go
from components.inbox.page_nonces import once
from components.inbox.seen import Seen, field_key, value
from components.inbox.services import InboxServices
from components.inbox.typed_form import Field, typed
from components.inbox.words import LOOK
from components.inbox.writing import cast, decide, worked_out, write
from components.runtime.run_to_completion import run_to_completion
from components.text.untrusted import plain

WRONG = "inbox-wrong"  # proposal, form, and the sentences by field


@run_to_completion
def accept(services: InboxServices, seen: Seen) -> None:
    """Vote for it, as it was drawn."""
    if missing.lacks(seen, "accept", value):
        return
    standing = cast(services, seen, "accept", voting.accept)
    if standing is None:
        return
    if standing.state == "approved":
        messages.mention(f"Accepted: {plain(titled(seen.title), 80)}")
    else:
        still = ", ".join(group for seats in standing.seating.missing for group in seats.groups)
        messages.mention(f"Your vote counts. Still missing: {plain(still, 80)}")
    _onward(seen)


@run_to_completion
def reject(services: InboxServices, seen: Seen) -> None:
    """Vote against it, with a reason and a comment."""
    if missing.lacks(seen, "reject", value):
        return
    if cast(services, seen, "reject", voting.reject) is not None:
        messages.mention(f"Rejected: {plain(titled(seen.title), 80)}")
        _onward(seen)


@run_to_completion
def lift(services: InboxServices, seen: Seen) -> None:
    """Let what was decided against be proposed again."""
    if missing.lacks(seen, "lift", value):
        return
    if decide(services, seen, "lift", lambda tx, me: lifting.lift(tx, seen.proposal_id, me, value(seen, "comment"))):
        messages.say("It may be proposed again. Who let it, and why, stands in the record.", "ok")
        go(do=None)


@run_to_completion
def ask(services: InboxServices, seen: Seen) -> None:
    """Put a question to who proposed it."""
    if missing.lacks(seen, "ask", value):
        return

    def act(tx: Tx, me: Person) -> None:
        verbs.ask(tx, seen.proposal_id, me, value(seen, "question"), lent(tx, services.directory, me))

    if decide(services, seen, "ask", act):
        messages.say("Asked. It stays open and shows that it waits for an answer.", "ok")
        go(do=None)


@run_to_completion
def answer(services: InboxServices, seen: Seen) -> None:
    """Answer the question that stands; the proposal gets its next revision."""
    if missing.lacks(seen, "answer", value):
        return
    if decide(services, seen, "answer", lambda tx, me: verbs.answer(tx, seen.proposal_id, me, value(seen, "answer"))):
        messages.say("Answered. It has a new version: votes so far count no more.", "ok")
        go(do=None)


@run_to_completion
def claim(services: InboxServices, seen: Seen) -> None:
    """Say that one looks at it."""

    def act(tx: Tx, me: Person) -> None:
        verbs.claim(tx, seen.proposal_id, me, lent(tx, services.directory, me))

    if decide(services, seen, "claim", act):
        messages.mention("Yours for 15 minutes; others may still decide")


@run_to_completion
def release(services: InboxServices, seen: Seen) -> None:
    """Give the claim back."""
    if decide(services, seen, "claim", lambda tx, me: verbs.release(tx, seen.proposal_id, me)):
        messages.mention("Released")


@run_to_completion
def snooze(services: InboxServices, seen: Seen) -> None:
    """Put it off, for this person only."""
    hours = int(st.session_state.get(field_key(seen, "hours")) or 4)
    reason = value(seen, "snooze-reason")
    until = services.now() + dt.timedelta(hours=hours)

    def act(tx: Tx, me: Person) -> None:
        verbs.snooze(tx, seen.proposal_id, me, until, reason, lent(tx, services.directory, me))

    if decide(services, seen, "snooze", act):
        messages.mention(f"Comes back in {hours} h, before it expires at the latest")
        _onward(seen)


@run_to_completion
def delegate(services: InboxServices, seen: Seen) -> None:
    """Let somebody else act for oneself for some days."""
    name, days = value(seen, "delegate"), int(st.session_state.get(field_key(seen, "days")) or 7)

    def act(tx: Tx, me: Person) -> Any:
        other = services.directory.named(name) if name else None
        if other is None:
            raise Refusal("Nobody of this name is known in the workspace.")
        return delegating.stand_in(tx, me, other, tx.now, tx.now + dt.timedelta(days=days))

    if decide(services, seen, "delegate", act):
        messages.say(f"{name} may act for you for {days} days; both of you may, each proposal hears one of you.", "ok")
        go(do=None)


@run_to_completion
def veto(services: InboxServices, seen: Seen) -> None:
    """Stop for good what is approved and has not begun."""
    if missing.lacks(seen, "veto", value):
        return
    if decide(services, seen, "veto", lambda tx, me: voting.veto(tx, seen.proposal_id, me, value(seen, "comment"))):
        messages.mention(f"Vetoed: {plain(titled(seen.title), 80)}")
        _onward(seen)


@run_to_completion
def taken_back(services: InboxServices, seen: Seen, comment: str = "", in_banner: bool = False) -> None:
    """Take one's own approval back before anything was done, and open the proposal again."""
    if decide(services, seen, "revoke", lambda tx, me: voting.revoke(tx, seen.proposal_id, me, comment)):
        messages.mention("Taken back; it is open again")
        go(p=seen.proposal_id, do=None)
    st.session_state["inbox-undone"] = in_banner


@run_to_completion
def all_taken_back(
    services: InboxServices, proposal_ids: Sequence[str], about: tuple[str, int, str], words: Mapping[str, str]
) -> None:
    """Take all these approvals of one's own back, each by itself; those that have begun meanwhile are left as they are."""
    if not write(services, lambda tx, me: None, once(words, "revoke", *about)):
        return
    back = 0
    for one in proposal_ids:

        def revoke(tx: Tx, me: Person, one: str = one) -> None:
            voting.revoke(tx, one, me, "undo all")

        back += write(services, revoke, lambda tx, me: None)  # the word was taken for all of them
    messages.clear()
    messages.say(f"Taken back: {back} of {len(proposal_ids)}; they are open again.", "ok" if back else "refused")
    st.session_state["inbox-undone"] = True


@run_to_completion
def withdraw(services: InboxServices, seen: Seen) -> None:
    """Take back what one proposed."""
    why = value(seen, "comment")
    if decide(services, seen, "withdraw", lambda tx, me: verbs.withdraw(tx, seen.proposal_id, me, why)):
        messages.mention(f"Withdrawn: {plain(titled(seen.title), 80)}")
        _onward(seen)


@run_to_completion
def settle(services: InboxServices, seen: Seen, execution_id: str) -> None:
    """Say what one saw of an execution that nobody knows the end of."""
    if missing.lacks(seen, "look", value):
        return
    event, comment = value(seen, "event"), value(seen, "comment")
    if decide(services, seen, "look", lambda tx, me: look(tx, seen.proposal_id, execution_id, event, me, comment)):
        messages.say(f"Noted: {LOOK[event].lower()}.", "ok")
        go(do=None)


@run_to_completion
def undo(services: InboxServices, seen: Seen) -> None:
    """Take a change back that was made: a new proposal with the plan that was approved."""
    made = worked_out(
        services, seen, "undo", lambda me: services.intake.undo(seen.proposal_id, me, value(seen, "comment"))
    )
    if made is not None:
        messages.say("The change is being taken back by this proposal.", "ok")
        go(p=made, do=None)


@run_to_completion
def emergency(services: InboxServices, seen: Seen) -> None:
    """Break the glass: the emergency group decides instead of everybody else, and everybody is told."""
    if missing.lacks(seen, "emergency", value):
        return
    incident, why = value(seen, "incident"), value(seen, "comment")
    made = worked_out(
        services,
        seen,
        "emergency",
        lambda me: services.intake.emergency(seen.proposal_id, seen.revision, me, incident, why),
    )
    if made is not None:
        messages.say(f"Revision {made} asks the emergency group. Everybody was told; a review is due.", "ok")
        go(do=None)


@run_to_completion
def edit(services: InboxServices, seen: Seen, kind: str, wanted: list[Field]) -> None:
    """Change the parameters; whoever does may not decide any more."""
    params = _params(services, seen, kind, wanted, "edit")
    if params is None:
        return
    why = value(seen, "comment")
    made = worked_out(
        services, seen, "edit", lambda me: services.intake.edit(seen.proposal_id, seen.revision, params, me, why)
    )
    if made is not None:
        messages.say(f"Changed. It is revision {made} now and needs all its votes, none of them yours.", "ok")
        go(do=None)


@run_to_completion
def override(services: InboxServices, seen: Seen, kind: str, wanted: list[Field]) -> None:
    """Replace the action by one's own."""
    params = _params(services, seen, kind, wanted, f"override-{kind}")
    if params is None or missing.lacks(seen, "override", value):
        return
    reason, comment = value(seen, "reason"), value(seen, "comment")
    made = worked_out(
        services,
        seen,
        "override",
        lambda me: services.intake.override(seen.proposal_id, kind, params, me, reason, comment),
    )
    if made is not None:
        messages.say("Overridden by this proposal of yours. Others decide on it.", "ok")
        go(p=made, do=None)


def _params(services: InboxServices, seen: Seen, kind: str, wanted: list[Field], form: str) -> dict[str, Any] | None:
    """The typed parameters, None when some are wrong: then each field says so."""
    messages.clear()
    params, problems = typed(wanted, field_key(seen, form))
    wrong = problems or dict(services.intake.wrong(kind, params))
    st.session_state[WRONG] = (seen.proposal_id, form, wrong)
    if wrong:
        messages.say("Nothing was changed: look at the fields that are marked.", "refused")
        return None
    return params


def _onward(seen: Seen) -> None:
    """The next one opens by itself."""
    go(p=seen.following, do=None)
