"""The pages as Streamlit's navigation wants them."""

from __future__ import annotations

from copy import copy
from functools import lru_cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.map import Entry


def navigated(entry: Entry, title: str) -> StreamlitPage:
    """``entry`` for this run alone: what is noted on it is whether it may be run. Making one looks at
    files, which all of them together would cost at every visit."""
    return copy(_made(entry, title))


@lru_cache(maxsize=256)  # titles hold how much waits
def _made(entry: Entry, title: str) -> StreamlitPage:
    return st.Page(
        entry.file,
        title=title,
        icon=entry.icon,
        url_path=entry.key,
        default=entry.start,
        visibility="hidden" if entry.hidden else "visible",
    )
