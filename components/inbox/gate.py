"""From high risk on (R3) nobody accepts what they have not opened: sections 1 and 3 of the card, in this revision."""

from __future__ import annotations

import streamlit as st

from approvals.reading.card import Card

_KEY = "inbox-read"
MUST = (1, 3)
_WHY = {3: "its risk is high", 4: "its risk is the highest"}


def note(proposal_id: str, revision: int, section: int) -> None:
    """The person opened a section of this revision."""
    st.session_state.setdefault(_KEY, set()).add((proposal_id, revision, section))


def unread(card: Card) -> str:
    """What has to be opened first, in words; empty when nothing has."""
    if card.row.risk < 3:
        return ""
    read = st.session_state.get(_KEY, set())
    left = [one for one in MUST if (card.row.proposal_id, card.row.revision, one) not in read]
    names = {1: "1 What will run", 3: "3 What could break"}
    return f"Open {' and '.join(names[one] for one in left)} first: {_WHY[card.row.risk]}." if left else ""
