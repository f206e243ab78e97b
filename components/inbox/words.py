"""The inbox's own words: states, classes, events and reasons as people read them."""

from __future__ import annotations

from collections.abc import Mapping

# A shape of its own for each class, so that colour is never all there is.
RISK: Mapping[int, str] = {0: "○ No risk", 1: "◔ Low risk", 2: "◑ Medium risk", 3: "◕ High risk", 4: "⬢ Highest risk"}
RISK_MEANS: Mapping[int, str] = {
    0: "No risk (R0): tells somebody something, changes nothing.",
    1: "Low risk (R1): small and reversible.",
    2: "Medium risk (R2): reversible, but real load or real people notice.",
    3: "High risk (R3): wide, about rights or models, undone only by hand, or of medium risk in prod. Never by itself.",
    4: "Highest risk (R4): cannot be undone, or as grave. Never by itself, never in bulk; the name has to be typed.",
}
RISK_HELP = "  \n".join(RISK_MEANS.values())
RISK_COLOUR: Mapping[int, str] = {0: "gray", 1: "blue", 2: "yellow", 3: "orange", 4: "red"}

STATE: Mapping[str, str] = {
    "open": "Open", "approved": "Approved", "rejected": "Rejected", "overridden": "Overridden", "expired": "Expired",
    "superseded": "Superseded", "withdrawn": "Withdrawn", "denied": "Denied",
    "scheduled": "Scheduled", "preflight": "Checking", "executing": "Running", "reconciling": "Finding out",
    "verifying": "Verifying", "verified": "Verified", "inconclusive": "Inconclusive", "indeterminate": "Effect unknown",
    "failed": "Failed", "cancelled": "Cancelled", "rolling_back": "Undoing", "rolled_back": "Undone",
    "rollback_failed": "Undo failed",
}  # fmt: skip
STATE_MEANS: Mapping[str, str] = {
    "open": "Waits for people to decide.",
    "approved": "Everybody who must agree has agreed.",
    "rejected": "Somebody who may decide said no.",
    "overridden": "A person replaced it by an action of their own.",
    "expired": "Nobody decided in time. Silence never approves.",
    "superseded": "Something newer took its place, or what it wants is there already.",
    "withdrawn": "Who proposed it took it back.",
    "denied": "The policy forbids it, whoever would agree.",
    "scheduled": "Approved, not started: the undo window runs or something holds it.",
    "preflight": "Evidence, target and rights are looked at again, right before acting.",
    "executing": "The change is being made.",
    "reconciling": "The answer was lost. Whether the change happened is being read from the target, before anything else.",
    "verifying": "The change was made; it is being read back.",
    "verified": "The change was made and reads back as planned.",
    "inconclusive": "The workspace took the change, but its checks did not show clearly what was planned. A person has to look.",
    "indeterminate": "Nobody knows whether the change happened. A person has to look at the target.",
    "failed": "It was not carried out; nothing was changed.",
    "cancelled": "Taken back before anything was done.",
    "rolling_back": "The change is being undone.",
    "rolled_back": "The change was undone.",
    "rollback_failed": "The change was made and could not be undone. A person has to repair it.",
}
STATE_HELP = "  \n".join(f"{STATE[name]}: {meaning}" for name, meaning in STATE_MEANS.items())
STATE_COLOUR: Mapping[str, str] = {
    "open": "blue", "approved": "blue", "scheduled": "blue", "preflight": "blue", "executing": "blue",
    "reconciling": "orange", "verifying": "blue", "verified": "green", "inconclusive": "orange", "indeterminate": "red",
    "rolling_back": "orange", "rollback_failed": "red", "rolled_back": "gray", "failed": "gray", "rejected": "gray",
    "overridden": "gray", "expired": "gray", "superseded": "gray", "withdrawn": "gray", "denied": "gray",
    "cancelled": "gray",
}  # fmt: skip
HOLD: Mapping[str, str] = {
    "freeze": "Freeze", "window": "Window", "budget": "Budget", "kill_switch": "Kill switch",
    "resource_lock": "Target busy", "dependency": "Waits for another", "stale_evidence": "Old evidence",
}  # fmt: skip
MARKS = ("Question", "Claimed", "Auto", "Seen again", "Held")

ORDER: Mapping[str, str] = {
    "your_turn": "First what is past half of its time, then what expires within four hours, then what waiting costs most "
    "in a month, then the oldest. The same for everybody, and the same at every visit.",
    "running": "What is due first comes first.",
    "done": "What ended last comes first.",
}
EMPTY: Mapping[str, tuple[str, str]] = {
    "your_turn": ("Nothing waits for you.", "What others must decide is under Waiting on others."),
    "waiting": ("Nothing waits for others.", "Every open proposal is under Your turn, or there is none."),
    "scheduled": ("Nothing is scheduled or held.", "An accepted proposal waits here until its undo window is over."),
    "running": ("Nothing is being carried out.", "What runs is read back before it counts as done."),
    "needs_a_look": ("Nothing needs a look.", "Here is what the machine could not settle: lost answers, failed undos."),
    "auto_done": ("Nothing has run by itself.", "What the policy let run without asking is listed here for review."),
    "done": ("Nothing has been decided yet.", "Every decision stays here, with who took it and why."),
}  # fmt: skip
UNKNOWN = ("Whether something waits for you is not known.", "All that is open is under Waiting on others.")

REASON: Mapping[str, str] = {
    "wrong_target": "Wrong target", "wrong_diagnosis": "Wrong diagnosis",
    "right_diagnosis_wrong_action": "Right diagnosis, wrong action", "risk_too_high": "Risk too high",
    "insufficient_evidence": "Not enough evidence", "stale": "Out of date", "duplicate": "Duplicate",
    "too_small": "Too small", "bad_timing": "Bad timing", "business_exception": "Business exception", "policy": "Against policy",
    "not_my_call": "Not my call", "other": "Other",
}  # fmt: skip
LOOK: Mapping[str, str] = {
    "human_accept": "It is fine as it is", "human_rollback": "Undo it", "human_done": "The change happened",
    "human_none": "Nothing happened", "human_repaired": "I repaired it by hand", "retry_rollback": "Try the undo again",
}  # fmt: skip
VERB: Mapping[str, str] = {
    "accept": "Accepted", "auto_accept": "Let through by the policy", "reject": "Rejected", "override": "Overridden",
    "deny": "Denied by the policy", "veto": "Vetoed", "revoke": "Approval taken back", "withdraw": "Withdrawn",
    "expire": "Expired", "supersede": "Superseded",
}  # fmt: skip
EVENT: Mapping[str, str] = {
    "proposal.created": "proposed it", "proposal.seen_again": "proposed the same again", "proposal.claimed": "looks at it",
    "proposal.released": "let go of it", "proposal.escalated": "told others that nobody has decided",
    "proposal.reminded": "asked those who could agree to look",
    "proposal.snoozed": "put it off for themselves",
    "proposal.good_longer": "let the approval last longer: it was held back", "vote.approve": "voted for it",
    "vote.reject": "voted against it", "decision.vote": "voted", "decision.quorum": "gave the last vote it needed",
    "decision.policy_auto": "let it run by itself", "decision.policy_deny": "refused it", "decision.reject": "rejected it",
    "decision.override": "replaced it by an action of their own", "decision.edit": "changed its parameters",
    "decision.ask": "asked", "decision.answer": "answered", "decision.expire": "let it expire",
    "decision.supersede": "put something newer in its place", "decision.withdraw": "withdrew it",
    "decision.revoke": "took the approval back", "decision.lapse": "let the approval lapse: it was too old to act on",
    "decision.lost_right": "voided a vote: the voter lost the right", "decision.demote": "sent it back to people",
    "decision.drift": "sent it back: the target or the evidence moved", "decision.veto": "vetoed it",
    "rejection.lifted": "let it come up again",
    "execution.start": "began: looks at everything again", "execution.pass": "found all as approved",
    "execution.hold": "was held back", "execution.lease_lost": "took over from a worker that was lost",
    "execution.cancel": "cancelled it", "execution.refuse": "refused: something is not as approved",
    "execution.intent_act": "wrote down what it is about to call", "execution.intent_undo": "wrote down how it will undo it",
    "execution.ok": "made the change", "execution.no_effect": "did not make the change; nothing changed",
    "execution.partial": "made only part of the change", "execution.unknown": "got no answer",
    "execution.found_done": "found the change made", "execution.found_none_retry": "found nothing changed and tries again",
    "execution.found_none_stop": "found nothing changed and stopped", "execution.found_partial": "found part of it made",
    "execution.give_up": "could not find out", "execution.verify_pass": "read it back: as planned",
    "execution.verify_fail": "read it back: not as planned", "execution.verify_timeout": "read it back: no clear answer",
    "execution.human_accept": "said it is fine", "execution.human_rollback": "asked to undo it",
    "execution.human_done": "saw that the change happened", "execution.human_none": "saw that nothing happened",
    "execution.rb_ok": "undid it", "execution.rb_fail": "could not undo it", "execution.rb_unknown": "got no answer to the undo",
    "execution.rb_conflict": "left it: somebody else has changed it since",
    "execution.human_repaired": "repaired it by hand", "execution.retry_rollback": "asked to try the undo again",
    "execution.late": "found that an earlier call had its effect after all",
}  # fmt: skip
KEYS: Mapping[str, str] = {
    "J": "next proposal", "K": "previous proposal", "O": "open the first, or close",
    "A": "accept, and then Enter from medium risk on in prod",
    "N": "reject (R belongs to the browser app: it reloads)", "E": "edit", "I": "ask", "V": "override", "S": "snooze",
    "D": "delegate", "M": "claim: mine (C belongs to the browser app)", "X": "tick for a bulk decision", "U": "undo",
    "H": "this help",
}  # fmt: skip
