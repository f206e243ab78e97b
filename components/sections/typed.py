"""A field for the name of anything: what is typed stands in the address."""

from __future__ import annotations

import streamlit as st

from components.text.untrusted import safe

LONGEST = 400  # characters


def typed(word: str, label: str, example: str) -> str:
    """What stands in ``word`` of the address, or has just been typed."""
    st.text_input(
        safe(label), key=word, max_chars=LONGEST, bind="query-params", placeholder=f"such as {example}", width=460
    )
    return str(st.session_state.get(word) or "")[:LONGEST]
