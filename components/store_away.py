"""What stands on a page whose database does not answer, until it does: nothing is lost, and the page comes back by itself."""

from __future__ import annotations

import streamlit as st

from approvals.lakebase import StoreRefused
from approvals.store import StoreAway
from components import state
from components.untrusted import safe

EVERY = 5  # seconds
Away = (StoreAway, StoreRefused)


@st.fragment(run_every=EVERY)
def show_away(why: str) -> None:
    """Say it, and draw the page again as soon as the database answers."""
    try:
        with state.store().reading():
            pass
    except Away:
        st.warning(
            f"{safe(why, 600)} Proposals, votes and the ledger are kept there and nothing of them is lost; FinOps and "
            "PipelineOps show their figures meanwhile. This page comes back by itself.", icon=":material/database_off:",
        )  # fmt: skip
    else:
        st.rerun()
