"""Whether the ledger tells a possible story: its entries are played through the two state machines again.

A chain that is intact may still tell of what must not happen. Standard library and :mod:`approvals.values.machines` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.values.machines import BEFORE_EFFECT, DECISION, EXECUTION, WORKABLE

_REVISES = frozenset({"edit", "answer", "drift"})
_NOT_FOR_AGENTS = frozenset({"quorum", "policy_auto", "reject", "veto", "override"})
_DECISIONS, _EXECUTIONS = frozenset(DECISION.events), frozenset(EXECUTION.events)
RECORDED = {  # events that leave a row among the decisions, and its verb
    "quorum": "accept", "policy_auto": "auto_accept", "policy_deny": "deny", "reject": "reject", "revoke": "revoke",
    "veto": "veto", "override": "override", "withdraw": "withdraw", "supersede": "supersede", "expire": "expire",
    "drift": "drift",
}  # fmt: skip
_UNDER_WAY = WORKABLE - BEFORE_EFFECT
Signed = tuple[int | None, str | None]  # revision and action digest


@dataclass
class Ballot:
    """A vote that was cast. ``void``: it was taken back, or away; None where old entries do not say."""

    entry: Mapping[str, Any]
    signed: Signed
    void: bool | None = False


@dataclass
class Story:
    """How one proposal stands after the entries about it. ``rows`` are the newest digests of its own row and of those of
    its executions (by id), where the entries say them; of its revisions and intents, the entries themselves."""

    state: str = DECISION.start
    signed: Signed | None = None  # what stands to be decided
    approved: Signed | None = None  # what was approved, while it is
    votes: dict[str, Signed] = field(default_factory=dict)
    executions: dict[str, str] = field(default_factory=dict)  # states by execution
    began: str = ""
    rows: dict[str, str] = field(default_factory=dict)
    ballots: list[Ballot] = field(default_factory=list)
    revisions: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    decisions: list[tuple[str, Mapping[str, Any], Signed | None]] = field(
        default_factory=list
    )  # what stood before, too
    intents: dict[tuple[str, str, int], Mapping[str, Any]] = field(default_factory=dict)

    def standing(self) -> dict[str, Mapping[str, Any]]:
        """The votes for what was approved that nobody has taken back, by the id of whoever cast them."""
        good = (one for one in self.ballots if one.signed == self.approved and one.void is not True)
        return {str(one.entry["body"].get("voter")): one.entry for one in good if one.entry["event"] == "vote.approve"}


class Replay:
    """The proposals as the entries so far leave them (:attr:`stories`); with ``keep`` also what the tables are compared
    with."""

    def __init__(self, keep: bool = False) -> None:
        self._keep = keep
        self.stories: dict[str, Story] = {}

    def play(self, entry: Mapping[str, Any]) -> str | None:
        """Take the next entry; returns what is impossible about it, None when nothing is. Events that no machine knows
        only pass by."""
        family, _, event = entry["event"].partition(".")
        if family not in ("decision", "execution", "vote", "proposal"):
            return None
        proposal = self.stories.setdefault(entry["proposal_id"] or "", Story())
        signed = (entry["revision"], entry["action_digest"])
        if self._keep:
            _keep(proposal, family, event, entry, signed)
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


def _decision(proposal: Story, event: str, signed: Signed, entry: Mapping[str, Any]) -> str | None:
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
    _void(proposal, event, entry)
    if event in ("quorum", "policy_auto") and "execution" in body:
        proposal.executions[str(body["execution"])] = EXECUTION.start
    proposal.state = after
    proposal.approved = signed if after == "approved" else None
    return None


def _unsigned(proposal: Story, signed: Signed, body: Mapping[str, Any]) -> str | None:
    """Who is said to have approved but did not vote for exactly this."""
    by = body.get("by")
    if not isinstance(by, list) or not by:
        return "an approval that names nobody"
    missing = [name for name in by if not isinstance(name, str) or proposal.votes.get(name) != signed]
    return f"approved without the votes of {len(missing)} of those named" if missing else None


def _keep(proposal: Story, family: str, event: str, entry: Mapping[str, Any], signed: Signed) -> None:
    """What the tables are compared with afterwards."""
    body = entry["body"]
    if family == "execution":
        name = str(body.get("execution_id", ""))
        if event.startswith("intent_"):
            attempt = body.get("attempt")
            proposal.intents[name, event.removeprefix("intent_"), attempt if type(attempt) is int else 0] = entry
        elif "row" in body:
            proposal.rows[name] = body["row"]
        return
    if family == "vote":
        proposal.ballots.append(Ballot(entry, signed))
    elif "row" in body:
        proposal.rows[""] = body["row"]
    if (family, event) == ("proposal", "created"):
        proposal.began = entry["at"]
    if (family, event) == ("proposal", "created") or (family == "decision" and event in _REVISES):
        proposal.revisions[int(entry["revision"] or 0)] = entry
    if family == "decision" and event in RECORDED:
        proposal.decisions.append((event, entry, proposal.signed))


def _void(proposal: Story, event: str, entry: Mapping[str, Any]) -> None:
    if event == "revoke":
        proposal.votes.pop(entry["actor"], None)
    elif event == "lapse":
        proposal.votes.clear()
    gone = entry["body"].get("void")
    for ballot in proposal.ballots:
        if ballot.signed != proposal.signed or ballot.void:
            continue
        if isinstance(gone, list):
            ballot.void = ballot.entry["body"].get("voter") in gone
        elif event == "lost_right":
            ballot.void = None
        elif event in ("revoke", "lapse"):
            ballot.void = event == "lapse" or ballot.entry["actor"] == entry["actor"]


def _execution(proposal: Story, event: str, signed: Signed, body: Mapping[str, Any]) -> str | None:
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
