"""The pages of the navigation. To lead to the name of a file Streamlit looks at the disk, for every link of every run; to lead
to a page that it knows, it does not."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_KEPT = "pages-by-file"


def keep(pages: Mapping[str, StreamlitPage]) -> None:
    """``pages`` (by the name of their file) are those of this run's navigation."""
    st.session_state[_KEPT] = pages


def page_of(file: str) -> StreamlitPage | str:
    """The page of ``file``, for Streamlit's links; its name where the navigation has none."""
    known: Mapping[str, StreamlitPage] = st.session_state.get(_KEPT, {})
    return known.get(file, file)
