"""What became of a proposal that is over or is being carried out: what happened, when, by whom, and what was read back."""

from __future__ import annotations

from collections.abc import Mapping

from approvals.deciding.transitions import Row
from approvals.ledger.ledger import Entry
from approvals.reading.card import Card
from approvals.reading.held_back import held_back
from components.inbox.words import REASON, STATE, VERB
from components.text import format as fmt
from components.text.untrusted import plain

_MADE = ("execution.ok", "execution.partial", "execution.found_done", "execution.found_partial", "execution.human_done")
_READ = ("execution.verify_pass", "execution.verify_fail", "execution.verify_timeout", "execution.human_accept")
_BACK = (
    "execution.rb_ok",
    "execution.rb_fail",
    "execution.rb_unknown",
    "execution.rb_conflict",
    "execution.human_repaired",
)
_CALLED = ("execution.unknown", "execution.intent_act", "execution.pass", "execution.start")
_TOOK_BACK: Mapping[str, str] = {
    "rolling_back": "being undone", "rolled_back": "undone", "rollback_failed": "could not be undone",
}  # fmt: skip
RAN = frozenset({"verifying", "verified", "inconclusive", *_TOOK_BACK})  # the change was made


def ran(card: Card) -> bool:
    """Whether the change was made, as far as anybody knows."""
    return card.row.state == "approved" and card.execution is not None and card.execution.state in RAN


def over(card: Card) -> bool:
    """Whether nothing will run any more that has not run yet."""
    live = card.execution is not None and card.execution.state in ("scheduled", "preflight", "executing", "reconciling")
    return card.row.state != "open" and not (card.row.state == "approved" and live)


def outcome(card: Card, zone: str) -> str:
    """``Done 18:14 by the executor, read back 18:14: 10 min``; empty while nothing has come of it. Plain text, with
    foreign words."""
    if not over(card):
        return ""
    if card.row.state == "approved" and card.execution is not None:
        return _carried_out(card, card.execution, zone)
    last = card.decisions[-1] if card.decisions else None
    if last is None:
        return STATE[card.row.state]
    by = ", ".join(map(str, last.decided_by))
    why = " · ".join(part for part in (REASON.get(last.reason, last.reason), plain(last.comment, 300)) if part)
    said = VERB.get(last.verb, STATE[card.row.state])
    return (
        f"{said} {_at(card, last.created_at, zone)}{f' by {plain(by, 120)}' if by else ''}{f': {why}' if why else ''}"
        f"{_kept_away(card)}"
    )


def _kept_away(card: Card) -> str:
    """Until when the same is not proposed again, or who let it; empty where nobody decided against it."""
    held = held_back(card)
    if held is None or not (held.until or held.lifted_by):
        return ""
    if held.lifted_by:
        return f"; it may come up again: {plain(held.lifted_by, 120)} let it"
    return f"; not proposed again by agents {held.until}"


def _carried_out(card: Card, execution: Row, zone: str) -> str:
    state = str(execution.state)
    made, read, back = (_last(card, events) for events in (_MADE, _READ, _BACK))
    done = f"Done{_when(card, made, zone)}"
    if state == "verified":
        return f"{done}, read back{_when(card, read, zone, by=False)}{_found(execution)}"
    if state == "verifying":
        return f"{done}; it is being read back"
    if state == "inconclusive":
        return f"{done}; reading it back{_when(card, read, zone, by=False)} gave no clear answer{_found(execution)}"
    if state in _TOOK_BACK:
        after = _when(card, back, zone, by=False)
        return f"{done}, {_TOOK_BACK[state]}{after}{_found(execution)}"
    why = f" ({plain(execution.error_text or execution.error_class, 200)})" if execution.error_class else ""
    if state == "indeterminate":
        return f"Nobody knows whether it happened: the call{_when(card, _last(card, _CALLED), zone)} got no answer{why}"
    since = _at(card, execution.state_since, zone)
    return f"Not carried out, {since}{why}; nothing was changed" if state == "failed" else f"{STATE[state]} {since}"


def _found(execution: Row) -> str:
    """What was read back: first what is not as it should be."""
    checks = [one for one in execution.checks or [] if isinstance(one, dict) and one.get("observed")]
    wrong = [one for one in checks if one.get("ok") is not True]
    said = "; ".join(plain(one["observed"], 120) for one in (wrong or checks)[:2])
    return f": {said}" if said else ""


def _last(card: Card, events: tuple[str, ...]) -> Entry | None:
    return next((one for one in reversed(card.story) if one.event in events), None)


def _when(card: Card, entry: Entry | None, zone: str, *, by: bool = True) -> str:
    """`` 18:14 by the executor``; empty of what is not in the record."""
    if entry is None:
        return ""
    who = "the executor" if entry.actor_type == "executor" else plain(entry.actor, 60)
    return f" {_at(card, entry.at, zone)}{f' by {who}' if by else ''}"


def _at(card: Card, at: object, zone: str) -> str:
    return fmt.moment(at, zone, card.now)  # type: ignore[arg-type]
