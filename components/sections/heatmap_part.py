"""Which jobs the heatmap shows: a part of their name and a page, held in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components.frame.page import Page
from components.panels.on_time import Part, on_time_of
from components.tiles.tile import Tile
from warehouse.interface import Ask

FIND, PAGE = "jobs", "part"
LONGEST = 80
MOST = 9_999


def heatmap(page: Page, asks: Sequence[Ask], kept: Mapping[str, Any]) -> Tile:
    """The part of the jobs that is chosen: ``asks`` and ``kept`` are those of promised days; with the green runs that wrote
    nothing, which are read from lineage."""
    part = chosen()
    panel = on_time_of(part, page.now.date())
    return panel.tile(*asks, wrote_nothing(page), **kept, choice=part, spared=("wrote_nothing",), controls=controls)


def wrote_nothing(page: Page) -> Ask:
    """pipelineops.wrote_nothing for the page's period; what a job's rule is shows from a month before."""
    return page.so_far.ask("pipelineops.wrote_nothing", start=page.filters.start - dt.timedelta(days=30), limit=1000)


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
