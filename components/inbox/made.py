"""What one approved a short while ago and was done: each with the way to take it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from approvals.reading.recent import Made
from approvals.values.titles import titled
from components.inbox.address import open_card
from components.inbox.messages import since
from components.text.untrusted import safe


def banner(found: Sequence[Made], now: dt.datetime) -> None:
    """A line for each, with a button that opens the form on its card; nothing is taken back by it."""
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"inbox-made-{one.proposal_id}"):
            st.markdown(
                f":material/check_circle: Done {safe(since(now - one.at))} ago, as you approved:", width="content"
            )
            st.button(
                safe(titled(one.title), 160),
                key=f"inbox-made-card-{one.proposal_id}",
                type="tertiary",
                on_click=open_card,
                args=(one.proposal_id,),
            )
            st.button(
                "Undo …",
                key=f"inbox-undo-made-{one.proposal_id}",
                icon=":material/undo:",
                on_click=open_card,
                args=(one.proposal_id, "undo"),
            )
