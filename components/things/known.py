"""The one row that is known of a thing, where words are needed before its tiles: its name, and the way into Databricks."""

from __future__ import annotations

import streamlit as st

from components.frame.page import Page
from components.frame.workspaces import workspace_url
from components.runtime.waiting import until_done
from components.text.links import databricks_url
from components.text.principals import NOBODY
from components.things.asks import described
from components.things.sentence import UNNAMED, Row, called, row_of
from components.tiles.answers import rows_of
from things import Thing
from warehouse.interface import Answer

PATIENCE = 2.0  # seconds that a page waits for the name of what it shows


def known(page: Page, thing: Thing, asked_by: str, patience: float = PATIENCE) -> Answer | None:
    """The answer of things.described; None while it is not there. ``asked_by`` is the page's key."""
    answer = page.reader.submit(described(page, thing), page=asked_by)
    return answer.result() if until_done([answer], patience) else None


def row_in(answer: Answer | None) -> Row | None:
    """Its row; None where it has none, or is not there."""
    return None if answer is None or answer.table is None else row_of(rows_of(answer))


def name_of(page: Page, thing: Thing, row: Row | None) -> str:
    """What it is called. Who may see some rows only is not told the name of somebody whom none of these names."""
    unseen = row is None and page.limits.any
    return called(thing, row, NOBODY if unseen else page.look.names)


def open_in_databricks(page: Page, thing: Thing, row: Row | None) -> None:
    """The button to the thing's own page; none where it has none, or where it is not known in which workspace. Of some
    kinds no table has a ``row``: their workspace is in their address. An endpoint that only the bill knows may be one of
    vector search, which has another page."""
    if thing.kind == "endpoint" and row is not None and not row["known_to_settings"]:
        return
    url = row["workspace_url"] if row else None
    if url is None and (row is not None or thing.kind in UNNAMED):
        url = workspace_url(page.reader, thing.workspace)
    there = databricks_url(url, thing, row["name"] if row else None)
    if there is not None:
        st.link_button("Open in Databricks", there, icon=":material/open_in_new:")
