"""The buttons of a card: what this person may do with it now, each with its key where it has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from approvals.card import Card
from approvals.executions import HUMAN
from approvals.machines import BEFORE_EFFECT
from components.inbox import deciding, gate
from components.inbox.doors import Doors
from components.inbox.place import open_card
from components.inbox.seen import Seen
from components.untrusted import safe


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


def buttons(
    card: Card, seen: Seen, doors: Doors, stands_for: bool, emergency: bool, undo_key: str = "U"
) -> list[Button]:
    """What can be done with the proposal in its state. ``stands_for``: the person may act for somebody else today,
    ``emergency``: they may break the glass;
    ``undo_key`` is empty while the banner above has that key."""
    if card.row.state == "open" and card.row.expires_at > card.now:
        return _open(card, seen, doors, stands_for, emergency)
    state = card.execution.state if card.execution is not None else ""
    may = "" if card.may else "Only those who may approve it may do this."
    found: list[Button] = []
    if card.row.state == "approved" and state in BEFORE_EFFECT:
        if card.voted:
            found.append(Button("revoke", "Undo", ":material/undo:", lambda: deciding.taken_back(doors, seen),
                                undo_key))  # fmt: skip
        found.append(Button("veto", "Veto", ":material/block:", _form(seen, "veto"), why=may))
        found.append(Button("override", "Override", ":material/alt_route:", _form(seen, "override"), "V", may))
    if state in HUMAN:
        found.append(Button("look", "Settle", ":material/visibility:", _form(seen, "look"), why=may, main=True))
    if state in ("verified", "inconclusive") and card.row.state == "approved":
        none = "" if card.content.rollback is not None else "This action cannot be taken back."
        found.append(Button("undo", "Undo the change", ":material/undo:", _form(seen, "undo"), undo_key, none))
    return found


def _open(card: Card, seen: Seen, doors: Doors, stands_for: bool, emergency: bool) -> list[Button]:
    barred = "Who proposed, sponsored or edited it may not decide on it." if card.barred else ""
    may = barred or ("" if card.may or stands_for else "Your groups are not among those who must agree.")
    voted = "You have voted on this revision." if card.voted else ""
    useful = "" if card.useful or stands_for else "Your groups fill none of the seats that are still open."
    careful = card.row.risk >= 2 and card.row.env in ("prod", "governance")  # a second act: the key, then Enter
    form = card.row.risk >= 3 or careful or stands_for
    mine = card.row.claimed_by and card.row.claim_until is not None and card.row.claim_until > card.now
    claim = deciding.release if mine else deciding.claim
    accept_why = may or voted or useful or gate.unread(card)
    return [
        Button("accept", "Accept …" if form else "Accept", ":material/check:",
               _form(seen, "accept") if form else (lambda: deciding.accept(doors, seen)), "A", accept_why, True),
        Button("edit", "Edit", ":material/edit:", _form(seen, "edit"), "E", may),
        Button("ask", "Ask", ":material/help:", _form(seen, "ask"), "I", may),
        Button("reject", "Reject", ":material/close:", _form(seen, "reject"), "N", may or voted),
        Button("override", "Override", ":material/alt_route:", _form(seen, "override"), "V", may),
        Button("snooze", "Snooze", ":material/snooze:", _form(seen, "snooze"), "S",
               "R3 and above stay in view." if card.row.risk >= 3 else may),
        Button("claim", "Release" if mine else "Claim", ":material/front_hand:", lambda: claim(doors, seen), "M", may),
        Button("delegate", "Delegate", ":material/group_add:", _form(seen, "delegate"), "D"),
        *([Button("emergency", "Emergency", ":material/e911_emergency:", _form(seen, "emergency"))]
          if emergency and not card.content.emergency and not card.barred else []),
        *([Button("answer", "Answer", ":material/reply:", _form(seen, "answer"))]
          if card.row.question and card.own else []),
    ]  # fmt: skip


def _form(seen: Seen, verb: str) -> Callable[[], None]:
    """Opens the form of ``verb`` on the card whose button it is, whatever the address says by then."""
    return lambda: open_card(seen.proposal_id, verb)


def draw(found: list[Button]) -> None:
    """The buttons in a row that wraps; one that is off says why on hover, and once below."""
    with st.container(horizontal=True, gap="xsmall", key="inbox-verbs"):
        for one in found:
            st.button(
                safe(one.label), key=f"inbox-verb-{one.verb}", icon=one.icon, type="primary" if one.main else "secondary",
                disabled=bool(one.why), help=safe(one.why) or None, on_click=one.act, shortcut=one.key or None,
            )  # fmt: skip
    off = next((one.why for one in found if one.main and one.why), "")
    if off:
        st.caption(f":material/info: {safe(off)}")
