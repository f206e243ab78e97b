"""Whether the ledger tells a possible story: its entries are played through the two state machines again.

A chain that is intact may still tell of what must not happen. Standard library and :mod:`approvals.machines` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.machines import BEFORE_EFFECT, DECISION, EXECUTION, WORKABLE

_REVISES = frozenset({"edit", "answer", "drift"})
_NOT_FOR_AGENTS = frozenset({"quorum", "policy_auto", "reject", "veto", "override"})
_DECISIONS, _EXECUTIONS = frozenset(DECISION.events), frozenset(EXECUTION.events)
_UNDER_WAY = WORKABLE - BEFORE_EFFECT
Signed = tuple[int | None, str | None]  # revision and action digest


@dataclass
class _Proposal:
    state: str = DECISION.start
    signed: Signed | None = None  # what stands to be decided
    approved: Signed | None = None  # what was approved, while it is
    votes: dict[str, Signed] = field(default_factory=dict)
    executions: dict[str, str] = field(default_factory=dict)  # states by execution


class Replay:
    """The proposals as the entries so far leave them."""

    def __init__(self) -> None:
        self._proposals: dict[str, _Proposal] = {}

    def play(self, entry: Mapping[str, Any]) -> str | None:
        """Take the next entry; returns what is impossible about it, None when nothing is. Events that no machine knows
        only pass by."""
        family, _, event = entry["event"].partition(".")
        if family not in ("decision", "execution", "vote", "proposal"):
            return None
        proposal = self._proposals.setdefault(entry["proposal_id"] or "", _Proposal())
        signed = (entry["revision"], entry["action_digest"])
        if family == "decision" and event in _DECISIONS:
            return _decision(proposal, event, signed, entry)
        if family == "execution" and event in _EXECUTIONS:
            return _execution(proposal, event, signed, entry["body"])
        if family == "vote" and event == "approve":
            if entry["actor_type"] != "human":
                return "a vote that no person cast"
            proposal.votes[entry["actor"]] = signed
        elif family == "proposal" and event == "created":
            if proposal.signed is not None:
                return "a proposal is created a second time"
            proposal.signed = signed
        return None


def _decision(proposal: _Proposal, event: str, signed: Signed, entry: Mapping[str, Any]) -> str | None:
    body, before = entry["body"], proposal.state
    after = DECISION.moves[before].get(event)
    if after is None or body.get("from") != before or body.get("to") != after:
        return f"the proposal cannot go from {before} by {event} as the entry says"
    if event in _NOT_FOR_AGENTS and entry["actor_type"] == "agent":
        return f"an agent may not cause {event}"
    if event in _REVISES:
        proposal.signed = signed
    elif proposal.signed is not None and signed != proposal.signed:
        return f"{event} speaks of another revision or action than the one that stands"
    if event == "quorum" and (wrong := _unsigned(proposal, signed, body)):
        return wrong
    if before == "approved" and after != "approved" and _UNDER_WAY & set(proposal.executions.values()):
        return "the approval is taken back while the action is under way"
    _void(proposal, event, entry["actor"])
    proposal.state = after
    proposal.approved = signed if after == "approved" else None
    return None


def _unsigned(proposal: _Proposal, signed: Signed, body: Mapping[str, Any]) -> str | None:
    """Who is said to have approved but did not vote for exactly this."""
    by = body.get("by")
    if not isinstance(by, list) or not by:
        return "an approval that names nobody"
    missing = [name for name in by if not isinstance(name, str) or proposal.votes.get(name) != signed]
    return f"approved without the votes of {len(missing)} of those named" if missing else None


def _void(proposal: _Proposal, event: str, actor: str) -> None:
    if event == "revoke":
        proposal.votes.pop(actor, None)
    elif event == "lapse":
        proposal.votes.clear()


def _execution(proposal: _Proposal, event: str, signed: Signed, body: Mapping[str, Any]) -> str | None:
    name = str(body.get("execution_id", ""))
    before = proposal.executions.get(name, EXECUTION.start)
    if not name and before == "cancelled":
        before = EXECUTION.start  # the next execution of the proposal
    after = EXECUTION.moves[before].get(event)
    if after is None or body.get("from") != before or body.get("to") != after:
        return f"the execution cannot go from {before} by {event} as the entry says"
    if event == "pass" and (signed != proposal.approved or None in signed):
        return "an action was carried out without an approval of exactly this revision and action"
    proposal.executions[name] = after
    return None
