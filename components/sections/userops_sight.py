"""UserOps: who may see what of whom. Everybody sees counts and themselves; those who help see single people."""

from __future__ import annotations

import streamlit as st

from components.frame.identity import ACT_AS, viewer
from settings import settings

NOBODY = "nobody"  # an address that nobody has: who is not known sees counts


def helps() -> bool:
    """Whether the viewer may see who is stuck: those who decide in this dimension, and those who see single people anyway."""
    who = viewer(settings())
    return who is not None and (who.roles.sees_others or "userops" in who.roles.approves)


def me() -> str:
    """The viewer's own address, as questions about oneself take it."""
    who = viewer(settings())
    name = "" if who is None else st.query_params.get(ACT_AS) or who.name if who.local else who.name
    return name or NOBODY


def seen() -> str:
    """Of whom a question may speak: everybody (empty), or the viewer alone."""
    return "" if helps() else me()
