"""Ledger: who did what, when and why; one proposal's whole story; the proof that nothing was changed."""

from __future__ import annotations

import streamlit as st

from components.frame.page import zone
from components.ledger.proof import proof
from components.ledger.story import story
from components.ledger.view import filters, table
from components.runtime import state
from pages.map import Entry
from settings import settings

PAGE = Entry("ledger", "Ledger", ":material/history_edu:", "Account for", place=1, shown_to=lambda roles: roles.audits)


def draw() -> None:
    store, now, there = state.store(), state.clock(), zone()
    proposal_id = st.query_params.get("p")
    st.header("Ledger", anchor=False)
    proof(store, settings(), now, there, proposal_id)
    if proposal_id:
        story(store, proposal_id, there, now)
    else:
        table(store, filters(store, now), there, now)


if __name__ == "__main__":
    draw()
