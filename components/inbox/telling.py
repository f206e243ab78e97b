"""What happened to a proposal, in sentences: each thing that was done is told once, however many entries of the ledger
tell of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from approvals.ledger.ledger import Entry
from components.inbox.words import EVENT, REASON, STATE
from components.runtime.name_button import Part
from components.text.principals import called, principal_of
from components.text.untrusted import plain
from things import Thing, read

_SAID = ("question", "comment", "why", "reason", "reasons", "hold", "until", "not_before")
_VOTES = {"vote.approve": ("decision.vote", "decision.quorum"), "vote.reject": ("decision.vote", "decision.reject")}
_ACTORS = {"executor": "the executor", "policy": "the policy", "system": "Lakehelm"}
LAST = ", the last vote it needed"


@dataclass(frozen=True)
class Step:
    """What was done at once: a vote with what it decided, an announced call with what came of it."""

    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def last(self) -> Entry:
        return self.entries[-1]


def steps(entries: Sequence[Entry]) -> list[Step]:
    """The entries of one proposal, oldest first, as what was done; every entry is in exactly one step."""
    made: list[list[Entry]] = []
    for entry in entries:
        if made and _same(made[-1][-1], entry):
            made[-1].append(entry)
        else:
            made.append([entry])
    return [Step(tuple(each)) for each in made]


def _same(before: Entry, entry: Entry) -> bool:
    if before.event.startswith("execution.intent_"):
        return entry.event.startswith("execution.") and not entry.event.startswith("execution.intent_")
    return entry.event in _VOTES.get(before.event, ()) and entry.actor == before.actor and entry.at == before.at


def who(entry: Entry) -> str:
    """Who acted, and for whom; plain text."""
    return actor(entry) + (f" for {plain(called(entry.on_behalf_of), 80)}" if entry.on_behalf_of else "")


def actor(entry: Entry) -> str:
    """Who acted: what is no person and no agent by what it is, not by the machine's name; plain text."""
    return _ACTORS.get(entry.actor_type) or plain(called(entry.actor), 80)


def who_acted(entry: Entry) -> Thing | None:
    """The person, service or agent who acted; None for the machine's own parts."""
    if entry.actor_type == "agent":
        return read({"kind": "agent", "id": entry.actor})
    return principal_of(entry.actor) if entry.actor_type == "human" else None


def names(entry: Entry) -> list[Part]:
    """Who acted, and for whom, each a name that opens its thing."""
    acted: Part = (actor(entry), who_acted(entry))
    behind = entry.on_behalf_of
    return [acted, "for", (called(behind), principal_of(behind))] if behind else [acted]


def sentence(step: Step) -> str:
    """``voted for it, the last vote it needed: fine → Approved``; plain text."""
    voted = step.first.event in _VOTES
    told = step.first if voted else step.last
    what = _what(told.event) + (LAST if step.last.event == "decision.quorum" else "")
    because = why(told)
    return f"{what}{f': {because}' if because else ''}{led_to(step.last)}"


def event_sentence(entry: Entry) -> str:
    """What one entry tells, in words: ``rejected it: bad timing · not during the close``; plain text."""
    because = why(entry)
    return f"{_what(entry.event)}{f': {because}' if because else ''}"


def _what(event: str) -> str:
    return EVENT.get(event) or plain(event.replace(".", " ").replace("_", " "), 60)


def why(entry: Entry) -> str:
    """The words that were written with it; plain text."""
    said, body = [], body_of(entry)
    for name in _SAID:
        if value := body.get(name):
            words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            said.append(plain(REASON.get(words, words), 300))
    return " · ".join(said)


def led_to(entry: Entry) -> str:
    """`` → Approved``, where it led to another state."""
    body = body_of(entry)
    to = str(body.get("to", ""))
    return f" → {STATE[to]}" if to in STATE and to != body.get("from") else ""


def body_of(entry: Entry) -> dict[str, Any]:
    """What an entry says; nothing where somebody changed it beside the ledger: the verifier says where."""
    try:
        found = json.loads(entry.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
