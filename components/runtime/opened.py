"""Which thing somebody has clicked on: asked for by a table or a figure, shown by the drawer after the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from things import Thing, named_by

_ASKED = "thing-asked"


def ask_for(thing: Thing | None) -> None:
    """Have the drawer show ``thing`` at the end of this run or, in a callback, of the next; nothing for None: a rest is
    not one thing."""
    if thing is not None:
        st.session_state[_ASKED] = thing


def asked() -> Thing | None:
    """The thing asked for, once."""
    thing = st.session_state.pop(_ASKED, None)
    return thing if isinstance(thing, Thing) else None


def on_point(kind: str) -> Callable[[Mapping[str, Any]], None]:
    """What a click on a figure does whose points carry the ids of a thing of ``kind`` as customdata."""

    def clicked(point: Mapping[str, Any]) -> None:
        ids = point.get("customdata")
        ask_for(named_by(kind, ids if isinstance(ids, Sequence) and not isinstance(ids, str) else [ids]))

    return clicked
