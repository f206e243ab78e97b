"""The drawer at the right: what a thing is, in short, and the way to its page."""

from __future__ import annotations

import streamlit as st

from components.runtime.opened import asked
from components.text.untrusted import safe
from things import KINDS, PAGE, Thing


def drawer() -> None:
    """Show the thing that somebody has clicked on, if somebody has."""
    if (thing := asked()) is not None:
        st.dialog(safe(KINDS[thing.kind].title), position="right", width="medium", icon=KINDS[thing.kind].icon)(_body)(
            thing
        )


def _body(thing: Thing) -> None:
    st.subheader(safe(thing.id, 120), anchor=False)
    if st.button("Open its page", icon=":material/arrow_forward:", type="primary"):
        st.switch_page(f"{PAGE}.py", query_params=thing.words)
