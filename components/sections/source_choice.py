"""The source that is looked behind, which is held in the address."""

from __future__ import annotations

import streamlit as st

SOURCE, LONGEST = "source", 80


def chosen() -> str:
    """What stands in the address, or has just been typed."""
    return str(st.session_state.get(SOURCE, st.query_params.get(SOURCE, "")))[:LONGEST].strip()


def field() -> None:
    """The field of the source."""
    st.text_input("Source whose name has", key=SOURCE, max_chars=LONGEST, bind="query-params", width=360)
