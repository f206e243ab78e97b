"""The buttons of a card: what this person may do with it now, each with its key where it has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from approvals.people.people import Person
from approvals.reading.card import Card
from approvals.reading.offers import Offers
from components.inbox import deciding, gate
from components.inbox.address import open_card
from components.inbox.seen import Seen
from components.inbox.services import InboxServices
from components.text.untrusted import safe


@dataclass(frozen=True)
class Button:
    """``key`` is the keyboard's; ``why`` says why it is off (empty: it is on)."""

    verb: str
    label: str
    icon: str
    act: Callable[[], None]
    key: str = ""
    why: str = ""
    main: bool = False


# Verb: the button's label, icon and key, in the order of the row.
LOOKS: Mapping[str, tuple[str, str, str]] = {
    "accept": ("Accept", "check", "A"), "revoke": ("Undo", "undo", "U"), "veto": ("Veto", "block", ""),
    "edit": ("Edit", "edit", "E"), "ask": ("Ask", "help", "I"), "reject": ("Reject", "close", "N"),
    "override": ("Override", "alt_route", "V"), "snooze": ("Snooze", "snooze", "S"),
    "claim": ("Claim", "front_hand", "M"), "release": ("Release", "front_hand", "M"),
    "delegate": ("Delegate", "group_add", "D"), "emergency": ("Emergency", "e911_emergency", ""),
    "answer": ("Answer", "reply", ""), "withdraw": ("Withdraw", "undo", ""), "look": ("Settle", "visibility", ""),
    "undo": ("Undo the change", "undo", "U"), "lift": ("Let it come up again", "lock_open", ""),
}  # fmt: skip


def buttons(
    card: Card, own: Offers, person: Person, seen: Seen, services: InboxServices, undo_key: str = "U"
) -> list[Button]:
    """What ``own`` says this person may do, as buttons; those that are off say why. ``undo_key`` is empty while the banner
    above has that key."""
    careful = card.row.risk >= 2 and card.row.env in ("prod", "governance")  # a second act: the key, then Enter
    for_others = any(one.id != person.id for one in own.voices)
    form = card.row.risk >= 3 or careful or for_others
    at_once: dict[str, Callable[[], None]] = {
        "claim": lambda: deciding.claim(services, seen),
        "release": lambda: deciding.release(services, seen),
        "revoke": lambda: deciding.taken_back(services, seen),
    }
    if not form:
        at_once["accept"] = lambda: deciding.accept(services, seen)
    found = []
    for verb, (label, icon, key) in LOOKS.items():
        if verb not in own.verbs:
            continue
        why = own.verbs[verb] or (gate.unread(card) if verb == "accept" else "")
        label = f"{label} …" if verb == "accept" and form else label
        act = at_once.get(verb, _form(seen, verb))
        key = undo_key if key == "U" else key
        place = "claim" if verb == "release" else verb  # one button that says the other when it is held
        found.append(Button(place, label, f":material/{icon}:", act, key, why, verb in ("accept", "look")))
    return found


def _form(seen: Seen, verb: str) -> Callable[[], None]:
    """Opens the form of ``verb`` on the card whose button it is, whatever the address says by then."""
    return lambda: open_card(seen.proposal_id, verb)


def draw(found: list[Button]) -> None:
    """The buttons in a row that wraps; one that is off says why on hover, and once below."""
    with st.container(horizontal=True, gap="xsmall", key="inbox-verbs"):
        for one in found:
            st.button(
                safe(one.label),
                key=f"inbox-verb-{one.verb}",
                icon=one.icon,
                type="primary" if one.main else "secondary",
                disabled=bool(one.why),
                help=safe(one.why) or None,
                on_click=one.act,
                shortcut=one.key or None,
            )
    off = next((one.why for one in found if one.main and one.why), "")
    if off:
        st.caption(f":material/info: {safe(off)}")
