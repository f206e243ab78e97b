"""Section 5 of a card: who must agree, who sits where, and who could still be asked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from approvals.people.people import Directory, members
from approvals.reading.card import Card
from components.inbox import messages, remind
from components.inbox.seen import Seen
from components.inbox.services import InboxServices
from components.runtime.name_button import Part, line_with_names, name_button
from components.text.principals import principal_of
from components.text.untrusted import safe

NAMED = 3  # people of a seat


def agrees(card: Card, services: InboxServices, seen: Seen) -> None:
    """Each set of seats with who sits there, what is open and who could be asked, now by a press; which rule asks for it."""
    names = {one.voter_id: one.voter for one in card.votes}
    open_ = {seats.id: seats.count for seats in card.seating.missing} if card.row.state == "open" else {}
    for seats in card.content.requirement.seats:
        sits = [names.get(person, person) for person, where in card.seating.by_person.items() if where == seats.id]
        left = open_.get(seats.id, 0)
        mark = ":green[:material/check_circle:]" if not left else ":orange[:material/radio_button_unchecked:]"
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"{mark} **{safe(seats.id)}**: {safe(seats.count)} of", width="content")
            line_with_names(_groups(seats.groups), f"inbox-groups-{seats.id}")
        line_with_names(_sits(sits, left), f"inbox-sits-{seats.id}")
        if left and (asked := could_be_asked(services.directory, seats.groups)):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                line_with_names(["Could be asked:", *asked], f"inbox-asked-{seats.id}")
                if seen.words:
                    remind.draw(services, seen, seats.id, seats.groups)
            messages.draw(remind.place(seats.id))
    if not card.content.requirement.seats:
        st.caption("Nobody is asked: the policy decides alone.")
    against = [one for one in card.votes if one.verb == "reject"]
    for vote in against:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            name_button(vote.voter, principal_of(vote.voter), f"inbox-against-{vote.vote_id}")
            st.markdown(f":red[:material/cancel: voted against it]: {safe(vote.comment, 300)}", width="content")
    st.caption("One person counts once. Who proposed, sponsored or edited it never counts.")
    rules = [
        *card.content.rules,
        *(f"{seats.id}: {seats.why}" for seats in card.content.requirement.seats if seats.why),
    ]
    if rules:
        with st.popover("Which rules say so", type="tertiary", icon=":material/gavel:", key="inbox-rules"):
            for rule in rules:
                st.caption(safe(rule, 160))


def _groups(groups: Sequence[str]) -> list[Part]:
    """``finops-approvers or platform-approvers``."""
    if not groups:
        return ["nobody: no group is named, so it can never be filled"]
    return [part for one in groups for part in ("or", (one, principal_of(one)))][1:]


def _sits(names: Sequence[str], left: int) -> list[Part]:
    """Who has taken a seat, and how many of the seats are open."""
    said: list[Part] = [(one, principal_of(one)) for one in names]
    said = said or ["nobody yet" if left else "not needed any more"]
    return [*said, f"{left} missing"] if left else said


def could_be_asked(directory: Directory, groups: Sequence[str]) -> list[Part]:
    """Three people of any of ``groups``, and how many more there are; none where nobody can be listed."""
    names = sorted({name for group in groups for name in members(directory, group)})
    said: list[Part] = [(one, principal_of(one)) for one in names[:NAMED]]
    return said + ([f"and {len(names) - NAMED:,} more"] if len(names) > NAMED else [])
