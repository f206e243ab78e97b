"""What a person proposes by hand: the same intake as an agent's draft, on the grounds of their own sentence."""

from __future__ import annotations

from actions import registry
from actions.admission import NotAdmitted
from actions.desk import Desk
from actions.intake import written
from actions.proposers import by_person
from actions.working_out import worked_out
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy_file import kind_enabled
from approvals.policy.rules import Policy
from approvals.values.proposal import Draft, Target
from approvals.values.refusals import Refusal
from approvals.values.value import Json

LEAST, MOST = 10, 4_000  # characters of the sentence


def why_not(policy: Policy, person: Person | None, kind: str = "") -> str:
    """In words, why ``person`` may not propose (``kind``) by hand; empty where they may."""
    if person is None or not person.id:
        return "Nobody is signed in who could propose."
    if not person.groups & set(policy.groups.propose):
        names = ", ".join(policy.groups.propose) or "nobody"
        return f"Proposing by hand is for members of {names} (`propose` in the policy)."
    if kind and not kind_enabled(policy, kind, registry.kind(kind).enabled):
        return "The policy has switched this kind of action off."
    return ""


def proposed_by_hand(desk: Desk, kind: str, target: Target, params: Json, person: Person, why: str) -> str:
    """Propose it in the person's name; returns the id of the proposal, or of the open one that wants the same. The person
    is its proposer, so others decide. Raises a :class:`approvals.values.refusals.Refusal` with a sentence."""
    if said := why_not(desk.policy, person, kind):
        raise NotAdmitted(said)
    if not LEAST <= len(why.strip()) <= MOST:
        raise Refusal(f"Say why in {LEAST} to {MOST:,} characters: others decide on it.")
    draft = Draft(kind=kind, target=target, params=params, agent=by_person(person), narrative=why.strip())
    content, verdict = worked_out(desk, draft)
    return written(desk, content, verdict, Actor("human", person.name))
