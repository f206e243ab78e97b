"""Of what cannot be undone (R4) nobody accepts what they have not opened: sections 1 and 3 of the card, in this revision. Of
high risk (R3) they stand open, and the form asks for a reason in words."""

from __future__ import annotations

import streamlit as st

from approvals.reading.card import Card

_KEY = "inbox-read"
FROM = 4  # the risk class
MUST = (1, 3)


def note(proposal_id: str, revision: int, section: int) -> None:
    """The person opened a section of this revision."""
    st.session_state.setdefault(_KEY, set()).add((proposal_id, revision, section))


def unread(card: Card) -> str:
    """What has to be opened first, in words; empty when nothing has."""
    if card.row.risk < FROM:
        return ""
    read = st.session_state.get(_KEY, set())
    left = [one for one in MUST if (card.row.proposal_id, card.row.revision, one) not in read]
    names = {1: "1 What will run", 3: "3 What could break"}
    return f"Open {' and '.join(names[one] for one in left)} first: its risk is the highest." if left else ""
