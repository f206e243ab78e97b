"""The lineage of a table and of a column, which are held in the address."""

from __future__ import annotations

import streamlit as st

from components.frame.page import Page
from components.panels.column_lineage import column_lineage_of
from components.panels.lineage import lineage_of
from components.tiles.tile import Derive, Tile
from warehouse.interface import Ask

TABLE, COLUMN, LONGEST = "table", "column", 200
DAYS, MOST = 30, 20_000  # of lineage; steps of it


def lineage_tile(page: Page, *late: Ask, derive: Derive) -> Tile:
    """The tile about the table that stands in the address, or has just been typed; ``late`` and ``derive`` say what is late."""
    find = _typed(TABLE)
    hops = page.lately("dataops.lineage_hops", DAYS, limit=MOST)
    return lineage_of(find).tile(hops, *late, derive=derive, choice=find, controls=_table_field)


def column_tile(page: Page) -> Tile:
    """The tile about the column that stands in the address, or has just been typed."""
    find = _typed(COLUMN)
    hops = page.lately("dataops.column_hops", DAYS, limit=MOST)
    return column_lineage_of(find).tile(hops, choice=find, controls=_column_field)


def _typed(word: str) -> str:
    return str(st.session_state.get(word, st.query_params.get(word, "")))[:LONGEST].strip()


def _table_field() -> None:
    st.text_input("Table whose name has", key=TABLE, max_chars=LONGEST, bind="query-params", width=360)


def _column_field() -> None:
    label = "Column whose name has (catalog.schema.table.column)"
    st.text_input(label, key=COLUMN, max_chars=LONGEST, bind="query-params", width=360)
