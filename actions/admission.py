"""Which drafts are heard: those of agents that the policy knows, of what it lets them propose, on grounds that can be read
again. A name that only looks like a known one is unknown."""

from __future__ import annotations

from actions import registry
from approvals.policy.rules import Policy
from approvals.policy.selector import like
from approvals.values.proposal import Draft
from approvals.values.refusals import Refusal


class NotAdmitted(Refusal):
    """A draft that nobody works out: its agent is unknown, signed in as another, or may not propose this."""


def admitted(draft: Draft, policy: Policy) -> None:
    """Raises :class:`NotAdmitted` and :class:`actions.registry.UnknownKind`."""
    known, kind = policy.agent(draft.agent.id), registry.kind(draft.kind)
    if known is None or known.principal != draft.agent.principal:
        raise NotAdmitted("No agent of this name and sign-in is registered under `agents` in the policy.")
    if not like(kind.name, known.kinds) or (known.targets and not like(draft.target.type, known.targets)):
        raise NotAdmitted(f"{known.id} may not propose {kind.name} on a {draft.target.type[:40]}.")
    if not draft.evidence and known.evidence and kind.needs_evidence:
        raise NotAdmitted("A proposal rests on at least one question to the system tables.")
