"""What somebody may do with a proposal as it stands: what a page offers, verb by verb. The verbs refuse everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from approvals.deciding.executions import HUMAN
from approvals.deciding.undoing import UNDOABLE, may_undo
from approvals.deciding.verbs import claimed, claimed_by
from approvals.deciding.voters import barred, may_decide
from approvals.deciding.voting import begun
from approvals.people.people import Person
from approvals.policy.quorum import could_fill
from approvals.reading.card import Card
from approvals.reading.held_back import held_back
from approvals.values.machines import BEFORE_EFFECT

BARRED = "Who proposed, sponsored or edited it may not decide on it."
GROUPS = "Your groups are not among those who must agree."
VOTED = "You have voted on this revision."
FILLED = "Your groups fill none of the seats that are still open."


@dataclass(frozen=True)
class Offers:
    """``verbs``: those that have a sense in this state, with why this person may not (empty: may). ``voices``: in whose
    place the person may vote, themselves among them."""

    verbs: Mapping[str, str] = field(default_factory=dict)
    voices: tuple[Person, ...] = ()


def offers(card: Card, person: Person, lent: Sequence[Person] = (), glass: bool = False) -> Offers:
    """For ``person``, who acts today for those of ``lent`` (with their groups) as well; ``glass``: is in the emergency
    group. Whoever the directory does not know (no id) is offered nothing."""
    if not person.id:
        return Offers()
    if card.row.state == "open" and card.row.expires_at > card.now:
        return _open(card, person, lent, glass)
    return Offers(_decided(card, person, lent))


def _open(card: Card, person: Person, lent: Sequence[Person], glass: bool) -> Offers:
    row, content = card.row, card.content
    out = barred(row, person)
    may = [] if out else [one for one in (person, *lent) if may_decide(row, content, one)]
    voices = [one for one in may if not _voted(card, person, one)]
    voters = {one.voter_id: frozenset(one.groups) for one in card.votes if one.verb == "approve"}
    useful = any(could_fill(content.requirement, voters, one.groups) for one in voices)
    others = BARRED if out else "" if may else GROUPS
    own = BARRED if out else "" if card.may else GROUPS
    vote = others or ("" if voices else VOTED)
    grave = "What is of high risk stays in view." if row.risk >= 3 else ""
    found = {
        "accept": vote or ("" if useful else FILLED),
        "edit": own,
        "ask": others,
        "reject": vote,
        "override": own,
        "snooze": grave or others,
        "delegate": "",
    }
    if claimed(row, card.now) and claimed_by(row, person):
        found["release"] = ""
    else:
        found["claim"] = others or ("Somebody else looks at it." if claimed(row, card.now) else "")
    if glass and not content.emergency and not out:
        found["emergency"] = ""
    if card.own:
        found["withdraw"] = ""
        if row.question:
            found["answer"] = ""
    return Offers(found, tuple(voices))


def _decided(card: Card, person: Person, lent: Sequence[Person]) -> dict[str, str]:
    row, execution = card.row, card.execution
    if (held := held_back(card)) is not None and held.until:
        return {"lift": "" if card.may else "Only those who may approve it may do this."}
    if row.state != "approved" or execution is None:
        return {}
    may = "" if card.may else "Only those who may approve it may do this."
    found: dict[str, str] = {}
    if execution.state in BEFORE_EFFECT and not begun(execution):
        if any(one.voter_id == person.id and one.verb == "approve" for one in card.votes):
            found["revoke"] = ""
        found |= {"veto": may, "override": may}
        if card.own:
            found["withdraw"] = ""
    if execution.state in HUMAN:
        found["look"] = may
    if execution.state in UNDOABLE:
        undo = (
            ""
            if may_undo(row, card.content, person, lent)
            else "Only those who may approve it or proposed it may do this."
        )
        found["undo"] = undo if card.content.rollback is not None else "This action cannot be taken back."
    return found


def _voted(card: Card, person: Person, voice: Person) -> bool:
    """Whether one of the two has been heard already."""
    return any({person.id, voice.id} & {one.voter_id, one.on_behalf_of} for one in card.votes)
