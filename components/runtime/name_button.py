"""A name that stands in a line of words: a button that opens the drawer of its thing."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from components.runtime.opened import ask_for
from components.text.untrusted import exact, safe
from things import KINDS, Thing

Part = str | tuple[str, Thing | None]  # words, or a name and its thing
LONGEST = 80  # characters of a name


def name_button(name: str, thing: Thing | None, key: str) -> None:
    """``name`` (foreign text) as a button that opens ``thing``; words alone where it is none."""
    text = safe(exact(name, LONGEST))
    if thing is None:
        st.caption(text, width="content")
        return
    icon = KINDS[thing.kind].icon
    st.button(text, key=key, type="tertiary", icon=icon, on_click=ask_for, args=(thing,))


def worded(parts: Iterable[Part]) -> str:
    """The line as plain words."""
    return " ".join(part if isinstance(part, str) else part[0] for part in parts)


def line_with_names(parts: Iterable[Part], key: str) -> None:
    """A line of words and of names, each with its thing, as they follow each other; all of it may be foreign text."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=key):
        for number, part in enumerate(parts):
            if isinstance(part, str):
                st.caption(safe(part, 600), width="content")
            else:
                name_button(*part, f"{key}-{number}")
