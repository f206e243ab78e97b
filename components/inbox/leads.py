"""Where a card leads: to the thing that it acts on, and to its record in the ledger."""

from __future__ import annotations

import streamlit as st

from approvals.reading.card import Card
from approvals.reading.target_things import thing_of
from components.inbox.services import InboxServices
from components.runtime.opened import ask_for
from components.text.untrusted import exact, safe
from things import KINDS


def draw(card: Card, services: InboxServices) -> None:
    """The name of the target, which opens its drawer; for who may read the ledger the way there."""
    target = card.content.target
    thing = thing_of(target, card.content.before)
    with st.container(horizontal=True, gap="small", key="inbox-leads"):
        if thing is not None:
            st.button(
                safe(exact(target.name or target.id, 80)),
                key="inbox-target",
                type="tertiary",
                icon=KINDS[thing.kind].icon,
                help="What it is, what it costs, what was done to it",
                on_click=ask_for,
                args=(thing,),
            )
        if services.audits and st.button(
            "Its story in the ledger", key="inbox-ledger", type="tertiary", icon=":material/history_edu:"
        ):
            st.switch_page("ledger.py", query_params={"p": card.row.proposal_id})
