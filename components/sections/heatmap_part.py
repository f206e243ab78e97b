"""Which jobs the heatmap shows: a part of their name and a page, held in the address."""

from __future__ import annotations

import streamlit as st

from components.panels.on_time import Part

FIND, PAGE = "jobs", "part"
LONGEST = 80
MOST = 9_999


def chosen() -> Part:
    """What stands in the address, or has just been typed. A page that is none is the first."""
    find = str(st.session_state.get(FIND, st.query_params.get(FIND, "")))[:LONGEST]
    page = str(st.session_state.get(PAGE, st.query_params.get(PAGE, "1")))
    return Part(find, int(page) if page.isdecimal() and 1 <= int(page[:6]) <= MOST else 1)


def controls() -> None:
    """The two fields; another name begins at the first page."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Jobs whose name has", key=FIND, max_chars=LONGEST, bind="query-params", on_change=_first, width=280
        )
        st.number_input(
            "Part, from the worst on", min_value=1, max_value=MOST, key=PAGE, bind="query-params", width=180
        )


def _first() -> None:
    st.session_state[PAGE] = 1
