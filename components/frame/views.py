"""A page's views: a choice in the address bar, so that only the questions of the chosen view are asked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.text.untrusted import safe


def choose(key: str, label: str, options: Sequence[str], *, hidden: bool = True, at_first: str = "") -> str:
    """One of ``options`` (our own words), held in the address bar under ``key``; when nothing is chosen ``at_first``, or
    the first."""
    default = at_first or options[0]
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
