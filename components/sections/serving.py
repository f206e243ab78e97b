"""The serving of models: what there is, what it costs, how it is asked; and the field that says of which endpoints."""

from __future__ import annotations

import streamlit as st

from components.frame.page import Page
from components.panels.mlops_requests import Asked, requests_of, tokens_of
from components.panels.mlops_serving import served, serving_cost
from components.tiles.tile import Rows

FIND, LONGEST = "endpoint", 80
MOST, LISTED = 60, 500  # endpoints of which days are shown, entities that are listed


def serving(page: Page) -> Rows:
    asked = chosen()
    days = page.so_far.ask("mlops.requests_by_day", limit=MOST)
    return [
        [
            requests_of(asked).tile(days, choice=asked, controls=_controls),
            tokens_of(asked).tile(days, choice=asked),
        ],
        [serving_cost.tile(page.ask("mlops.serving_cost"))],
        [served.tile(page.so_far.ask("mlops.served_entities", limit=LISTED))],
    ]


def chosen() -> Asked:
    """What stands in the address, or has just been typed."""
    return Asked(str(st.session_state.get(FIND, st.query_params.get(FIND, "")))[:LONGEST])


def _controls() -> None:
    st.text_input("Endpoint whose name has", key=FIND, max_chars=LONGEST, bind="query-params", width=280)
