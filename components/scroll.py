"""Brings one panel into view when the address names it (``?panel=…``). An address's ``#`` part would not do: the page
is not there yet when the browser looks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import streamlit as st

PANEL = "panel"
# Figures arrive after the words and push what is below them down: hence the second look.
_JS = """
export default function ({ data }) {
  const go = () => document.querySelector(`.st-key-tile-${data}`)?.scrollIntoView({ block: "center" });
  go();
  setTimeout(go, 700);
}
"""


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("lakehelm_scroll", js=_JS)


def to_panel(keys: Collection[str]) -> None:
    """Scroll to the panel the address names, once; only keys of this page count."""
    wanted = st.query_params.get(PANEL)
    if wanted in keys and st.session_state.get("scrolled-to") != wanted:
        st.session_state["scrolled-to"] = wanted
        _component()(data=wanted, key="scroll")
