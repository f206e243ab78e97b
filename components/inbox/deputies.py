"""Who acts for this person and for whom they act, with a way to end it before its time; nothing where there is neither."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import streamlit as st

from approvals.deciding import delegating
from approvals.deciding.stand_ins import StandIn
from approvals.people.people import Person
from approvals.values.canonical import digest
from components.inbox import messages, page_nonces
from components.inbox.services import InboxServices
from components.inbox.writing import write
from components.runtime.name_button import Part, line_with_names
from components.runtime.run_to_completion import run_to_completion
from components.text import format as fmt
from components.text.principals import principal_of
from components.text.untrusted import safe


def draw(services: InboxServices, person: Person, found: Sequence[StandIn], zone: str) -> None:
    """A drawer with a line and a button for each."""
    if not found:
        return
    drawer = st.popover(
        f"Stand-ins: {safe(len(found))}", icon=":material/group:", key="inbox-deputies", on_change="rerun"
    )
    if not drawer.open:
        return
    with drawer:
        for one in found:
            words = page_nonces.given(services, person, *_about(one.delegation_id), ("end",))
            with st.container(horizontal=True, vertical_alignment="center"):
                line_with_names(said(one, zone, services.now()), f"inbox-stand-in-{one.delegation_id}")
                st.button(
                    "End",
                    key=f"inbox-end-{one.delegation_id}",
                    icon=":material/group_remove:",
                    on_click=_end,
                    args=(services, one.delegation_id, words),
                )
        st.caption("Either of the two may end it. Votes that were given count on.")


def said(one: StandIn, zone: str, now: dt.datetime) -> list[Part]:
    """``Eve acts for you until 3 Dec 10:00``; ``now`` is UTC."""
    begins = f"from {fmt.moment(one.starts, zone, now)} " if one.starts > now else ""
    until = f"{begins}until {fmt.moment(one.ends, zone, now)}"
    other = (one.other, principal_of(one.other))
    return [other, f"acts for you {until}"] if one.mine else ["You act for", other, until]


def _about(delegation_id: str) -> tuple[str, int, str]:
    return "stand-in", 0, digest(delegation_id)


@run_to_completion
def _end(services: InboxServices, delegation_id: str, words: Mapping[str, str]) -> None:
    once = page_nonces.once(words, "end", *_about(delegation_id))
    if write(services, lambda tx, me: delegating.end_stand_in(tx, delegation_id, me), once):
        messages.say("Ended. Nobody acts for the other any more.", "ok")
