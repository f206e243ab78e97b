"""A page's views: a choice in the address bar, so that only the questions of the chosen view are asked. Each choice is an
entry of the browser's history, so that Back leads to the one before."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.text.untrusted import safe

_LAST = "views-last"  # what was chosen last, by key and options: shown again when somebody comes back from another page


def choose(key: str, label: str, options: Sequence[str], *, hidden: bool = True, at_first: str = "") -> str:
    """One of ``options`` (our own words), held in the address bar under ``key``; when nothing is chosen ``at_first``, or
    the first. A word in the address that is none of them is said, and taken out of it."""
    default = at_first or options[0]
    named = st.query_params.get(key)
    if named is not None and named not in options:
        st.info(f"“{safe(named, 60)}” is no {safe(label.lower())} of this page: {safe(default)} is shown.")
        del st.query_params[key]
    last: dict[tuple[str, ...], str] = st.session_state.setdefault(_LAST, {})
    of_these = (key, *options)
    arrived = key not in st.session_state or st.session_state.get(f"{key}-options") != options
    if named is None and arrived and last.get(of_these, default) != default:
        st.query_params[key] = named = last[of_these]
    shown = default if named is None or named not in options else named
    st.session_state[key] = last[of_these] = shown
    st.session_state[f"{key}-options"] = options  # pages have views of their own under one key
    st.segmented_control(
        safe(label),
        list(options),
        key=key,
        label_visibility="collapsed" if hidden else "visible",
        required=True,
        on_change=_chosen,
        args=(key,),
    )
    return shown


def _chosen(key: str) -> None:
    st.query_params[key] = st.session_state[key]
