"""Dialogs over a page. While one is open, the page is not drawn again by itself: that would close it, and what somebody has
typed into it would be lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from components.text.untrusted import safe

_OPEN = "dialog-open"


def no_dialog() -> None:
    """None is open: it was closed by hand, or by a run of the whole page, which begins with none."""
    st.session_state.pop(_OPEN, None)


def show_dialog(
    body: Callable[..., None],
    *given: Any,
    title: str,
    icon: str,
    width: Literal["small", "medium", "large"] = "small",
    position: Literal["center", "right"] = "center",
) -> None:
    """Open a dialog with ``body(*given)`` over the page; closed, the page is drawn again."""
    st.session_state[_OPEN] = True
    st.dialog(safe(title, 80), width=width, position=position, icon=icon, on_dismiss=no_dialog)(body)(*given)


def draw_page_again() -> None:
    """Draw the whole page again; where a dialog is open over it, not before it is closed."""
    if not st.session_state.get(_OPEN):
        st.rerun()
