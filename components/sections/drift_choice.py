"""Which model's drift is looked at, and which of its columns: held in the address."""

from __future__ import annotations

import streamlit as st

from components.panels.drift_model import COLUMN, Chosen

FIND, LONGEST = "model", 80


def chosen() -> Chosen:
    """What stands in the address, or has just been typed."""
    find = str(st.session_state.get(FIND, st.query_params.get(FIND, "")))[:LONGEST]
    return Chosen(find, str(st.query_params.get(COLUMN, ""))[:LONGEST])


def controls() -> None:
    """The field of the model."""
    st.text_input("Model whose name has", key=FIND, max_chars=LONGEST, bind="query-params", width=280)
