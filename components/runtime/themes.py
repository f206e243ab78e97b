"""Figures are drawn by the server in the theme that the browser told it. Where the system turns dark or light in between, the
browser asks for the page again by a button that nobody sees."""

from __future__ import annotations

import streamlit as st

_KEY = "theme-changed"
# Streamlit learns of the change by the same event: the page is asked for after that.
SCRIPT = b"""matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  setTimeout(() => document.querySelector(".st-key-theme-changed button")?.click(), 300));"""
STYLE = b".st-key-theme-changed{display:none}"


def follow() -> None:
    """Place the button; what it does is that the page runs."""
    st.button("Draw in the theme of the system", key=_KEY)
