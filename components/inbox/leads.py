"""Where a card leads: to the thing that it acts on, to whoever proposed it or had a say in it, and to its record in the
ledger."""

from __future__ import annotations

import streamlit as st

from approvals.reading.card import Card
from approvals.reading.target_things import thing_of
from components.inbox.services import InboxServices
from components.runtime.name_button import name_button
from components.text.principals import called, principal_of
from things import Thing, read

BY_HAND = "person"  # the agent of what people propose
MOST = 8  # names


def draw(card: Card, services: InboxServices) -> None:
    """Each name as a button that opens its drawer; for who may read the ledger the way there."""
    target = card.content.target
    thing = thing_of(target, card.content.before)
    with st.container(horizontal=True, gap="small", key="inbox-leads"):
        if thing is not None:
            name_button(target.name or target.id, thing, "inbox-target")
        for number, (name, who) in enumerate(people(card)[:MOST]):
            name_button(name, who, f"inbox-who-{number}")
        if services.audits and st.button(
            "Its story in the ledger", key="inbox-ledger", type="tertiary", icon=":material/history_edu:"
        ):
            st.switch_page("ledger.py", query_params={"p": card.row.proposal_id})


def people(card: Card) -> list[tuple[str, Thing | None]]:
    """Whom the head of the card names: who proposed it, who looks at it, who voted or decided; each once."""
    row, agent = card.row, card.content.agent
    first = (called(agent.principal), principal_of(agent.principal)) if agent.id == BY_HAND else agent_name(agent.id)
    looks = [row.claimed_by] if row.claimed_by and row.state == "open" else []
    voted = [one.voter for one in card.votes]
    decided = [str(one) for each in card.decisions[-1:] for one in each.decided_by]
    return [first, *((name, principal_of(name)) for name in dict.fromkeys([*looks, *voted, *decided]))]


def agent_name(agent: str) -> tuple[str, Thing | None]:
    """The agent's name and the thing that it is."""
    return agent, read({"kind": "agent", "id": agent})
