"""A page's views: a choice in the address bar, so that only the questions of the chosen view are asked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.text.untrusted import safe


def choose(key: str, label: str, options: Sequence[str], *, hidden: bool = True, at_first: str = "") -> str:
    """One of ``options`` (our own words), held in the address bar under ``key``; when nothing is chosen ``at_first``, or
    the first. A word in the address that is none of them is said: Streamlit then takes it out of the address."""
    default = at_first or options[0]
    named = st.query_params.get(key)
    if named is not None and named not in options:
        st.info(f"“{safe(named, 60)}” is no {safe(label.lower())} of this page: {safe(default)} is shown.")
    picked = st.segmented_control(
        safe(label),
        list(options),
        default=default,
        key=key,
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed" if hidden else "visible",
        required=True,
    )
    return picked if picked in options else default
