"""The app's own database does not answer: figures do without it, and pages that need it say so and come back by
themselves. Nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from approvals.store.lakebase import StoreRefused
from approvals.store.store import StoreAway, Tx
from components.runtime import state
from components.runtime.waiting import beside, until_done
from components.text.untrusted import safe

EVERY = 5  # seconds
PATIENCE = 2.0  # seconds that a page of figures waits for it
StoreUnavailable = (StoreAway, StoreRefused)
T = TypeVar("T")


def read_in_time(read: Callable[[Tx], T], otherwise: T, lacking: str) -> T:
    """What ``read`` finds in the store. Where that takes too long: ``otherwise``, and a warning on the page that says why
    and what is ``lacking``."""

    def look() -> T:
        with state.store().reading() as tx:
            return read(tx)

    found, why = beside(look), "The app's own database takes long to answer."
    try:
        if until_done([found], PATIENCE):
            return found.result()
    except StoreUnavailable as error:
        why = str(error)
    st.warning(safe(f"{why} {lacking}", 600), icon=":material/database_off:")
    return otherwise


@st.fragment(run_every=EVERY)
def show_away(why: str) -> None:
    """Say it, and draw the page again as soon as the database answers."""
    try:
        with state.store().reading():
            pass
    except StoreUnavailable:
        kept = "Proposals, votes and the ledger are kept there and nothing of them is lost; pages of figures do without it."
        st.warning(f"{safe(why, 600)} {kept} This page comes back by itself.", icon=":material/database_off:")
    else:
        st.rerun()
