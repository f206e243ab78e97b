"""What stands last in the sidebar of every page."""

from __future__ import annotations

import streamlit as st

from components.runtime import themes
from components.text.untrusted import safe


def foot(note: str, zone: str) -> None:
    """A ``note`` on who looks, and in which ``zone`` times are told."""
    if note:
        st.caption(safe(note))
    st.caption(f"Times in {safe(zone)}, days in UTC")
    themes.follow()
