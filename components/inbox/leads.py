"""Where a card leads beside the names in its head: to who looks at it, and to its record in the ledger."""

from __future__ import annotations

import streamlit as st

from approvals.reading.card import Card
from components.inbox.services import InboxServices
from components.runtime.name_button import name_button
from components.text.principals import principal_of
from things import Thing, read

BY_HAND = "person"  # the agent of what people propose


def draw(card: Card, services: InboxServices) -> None:
    """Who looks at it, as a button that opens their drawer, for who may read the ledger the way there, and the page that
    shows a setting, which is a thing of no kind."""
    row = card.row
    with st.container(horizontal=True, gap="small", key="inbox-leads"):
        if row.claimed_by and row.state == "open":
            name_button(row.claimed_by, principal_of(row.claimed_by), "inbox-claimed")
        if services.audits and st.button(
            "Its story in the ledger", key="inbox-ledger", type="tertiary", icon=":material/history_edu:"
        ):
            st.switch_page("ledger.py", query_params={"p": row.proposal_id})
        if card.content.target.type == "setting" and st.button(
            "All settings", key="inbox-settings", type="tertiary", icon=":material/settings:"
        ):
            st.switch_page("configuration.py")


def agent_name(agent: str) -> tuple[str, Thing | None]:
    """The agent's name and the thing that it is."""
    return agent, read({"kind": "agent", "id": agent})
