"""The lineage of a table, which is held in the address."""

from __future__ import annotations

import streamlit as st

from components.frame.page import Page
from components.panels.lineage import lineage_of
from components.tiles.tile import Derive, Tile
from warehouse.interface import Ask

TABLE, LONGEST = "table", 200
DAYS, MOST = 30, 20_000  # of lineage; steps of it


def lineage_tile(page: Page, *late: Ask, derive: Derive) -> Tile:
    """The tile about the table that stands in the address, or has just been typed; ``late`` and ``derive`` say what is late."""
    find = str(st.session_state.get(TABLE, st.query_params.get(TABLE, "")))[:LONGEST].strip()
    hops = page.lately("dataops.lineage_hops", DAYS, limit=MOST)
    return lineage_of(find).tile(hops, *late, derive=derive, choice=find, controls=_field)


def _field() -> None:
    st.text_input("Table whose name has", key=TABLE, max_chars=LONGEST, bind="query-params", width=360)
