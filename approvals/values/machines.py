"""What may follow what: the decision machine of a proposal and the execution machine of its execution.

They meet in one place: an execution exists only for the action digest of the approved revision. Claimed, snoozed and
"needs an answer" are attributes of a proposal, not states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class IllegalEvent(Exception):
    """``event`` may not happen in ``state``; nothing was changed."""

    def __init__(self, machine: str, state: str, event: str) -> None:
        super().__init__(f"{machine}: {event!r} is not possible in state {state!r}")
        self.machine, self.state, self.event = machine, state, event


@dataclass(frozen=True)
class Machine:
    """``moves`` maps a state to the events it knows and the state each leads to. A state without events is final."""

    name: str
    start: str
    moves: Mapping[str, Mapping[str, str]]

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(self.moves)

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(sorted({event for known in self.moves.values() for event in known}))

    @property
    def final(self) -> frozenset[str]:
        return frozenset(state for state, known in self.moves.items() if not known)

    def after(self, state: str, event: str) -> str:
        """The state that ``event`` leads to; raises :class:`IllegalEvent`."""
        known = self.moves.get(state, {})
        if event not in known:
            raise IllegalEvent(self.name, state, event)
        return known[event]


DECISION = Machine(
    "decision",
    "open",
    {
        "open": {
            "vote": "open",
            "quorum": "approved",
            "policy_auto": "approved",
            "policy_deny": "denied",
            "reject": "rejected",
            "override": "overridden",
            "edit": "open",
            "ask": "open",
            "answer": "open",
            "expire": "expired",
            "supersede": "superseded",
            "withdraw": "withdrawn",
        },
        "approved": {
            # Before the effect an approval can be taken back, can lapse, or can lose what it stood on.
            "revoke": "open",
            "lapse": "open",
            "lost_right": "open",
            "demote": "open",
            "drift": "open",
            "veto": "rejected",
            "override": "overridden",
            "supersede": "superseded",
            "withdraw": "withdrawn",
            "expire": "expired",
        },
        "rejected": {},
        "overridden": {},
        "expired": {},
        "superseded": {},
        "withdrawn": {},
        "denied": {},
    },
)

EXECUTION = Machine(
    "execution",
    "scheduled",
    {
        "scheduled": {"start": "preflight", "cancel": "cancelled"},
        "preflight": {
            "pass": "executing",
            "hold": "scheduled",
            "lease_lost": "scheduled",
            "cancel": "cancelled",
            "refuse": "failed",
            "late": "reconciling",  # the call of an earlier attempt had its effect after all
        },
        "executing": {
            "ok": "verifying",
            "no_effect": "failed",
            "partial": "rolling_back",
            "unknown": "reconciling",
            "lease_lost": "reconciling",
            "cancel": "reconciling",
        },
        "reconciling": {
            "found_done": "verifying",
            "found_none_retry": "preflight",
            "found_none_stop": "failed",
            "found_partial": "rolling_back",
            "give_up": "indeterminate",
            "lease_lost": "reconciling",
        },
        "verifying": {
            "verify_pass": "verified",
            "verify_fail": "rolling_back",
            "verify_timeout": "inconclusive",
            "lease_lost": "verifying",
        },
        "inconclusive": {"human_accept": "verified", "human_rollback": "rolling_back"},
        "indeterminate": {"human_done": "verifying", "human_none": "failed", "human_rollback": "rolling_back"},
        "rolling_back": {
            "rb_ok": "rolled_back",
            "rb_fail": "rollback_failed",
            "rb_unknown": "rollback_failed",
            "lease_lost": "rolling_back",
            "rb_conflict": "inconclusive",  # somebody else has changed it since
        },
        "rollback_failed": {"human_repaired": "rolled_back", "retry_rollback": "rolling_back"},
        "verified": {},
        "failed": {},
        "cancelled": {},
        "rolled_back": {},
    },
)

# A proposal's approval can be taken back only while nothing has been done.
BEFORE_EFFECT = frozenset({"scheduled", "preflight"})
# One change at a time per resource: these hold it.
HOLDS_RESOURCE = frozenset(
    {"preflight", "executing", "reconciling", "verifying", "rolling_back", "indeterminate", "rollback_failed"}
)
WORKABLE = frozenset({"scheduled", "preflight", "executing", "reconciling", "verifying", "rolling_back"})
NEEDS_A_LOOK = frozenset({"inconclusive", "indeterminate", "rollback_failed"})
