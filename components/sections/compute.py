"""What compute there is and what was changed in it: what is looked for is held in the address."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from approvals.reading.effects import Effect, effects
from approvals.reading.proposed import Proposed
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.changes import with_proposals
from components.panels.infraops_inventory import compute_changes, inventory_of
from components.panels.savings_list import proposed
from components.tiles.tile import Tile

FIND, LONGEST, MOST = "find", 80, 2_000


def inventory(page: Page, known: list[Proposed]) -> Tile:
    """The tile of clusters and warehouses, with the field of what is looked for."""
    find = str(st.session_state.get(FIND, st.query_params.get(FIND, "")))[:LONGEST]
    asked = page.ask("infraops.inventory", limit=MOST)
    return inventory_of(find).tile(asked, derive=proposed(known), variant=known, choice=find, controls=_field)


def _field() -> None:
    st.text_input("Name, owner, tag, runtime, policy …", key=FIND, max_chars=LONGEST, bind="query-params", width=280)


def changed(page: Page) -> Tile:
    """The tile of changed settings, with the proposals that did it."""
    since = dt.datetime.combine(page.filters.start, dt.time(), dt.UTC)
    nothing: list[Effect] = []
    done = read_in_time(lambda tx: effects(tx, since, page.limits.places), nothing, "What proposals did is not known.")
    asked = page.so_far.ask("infraops.compute_changes", limit=MOST)
    name = "compute_changes"
    return compute_changes.tile(
        asked, derive=lambda frames: frames | {name: with_proposals(frames[name], done)}, variant=done
    )
