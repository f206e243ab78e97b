"""The inbox on a store of its own, for a browser: real approvals behind every button, no workspace.

``?store=`` names its file under ``LAKEHELM_HOME``; ``?as=`` says who acts, so that two windows can be two people.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from components.frame.page import ICON
from components.inbox.page import draw
from settings import settings
from tests.components.inbox_desk import InboxDesk
from tests.components.inbox_store import ANN, everybody
from tests.support.clock import Clock
from tests.support.stores import store_at


class Now(Clock):
    """The machine's clock."""

    def __init__(self) -> None:
        super().__init__(dt.datetime.now(dt.UTC))

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    @now.setter
    def now(self, value: dt.datetime) -> None:
        pass


@st.cache_resource
def desk(name: str) -> InboxDesk:
    return InboxDesk(store_at(settings().home / f"{name}.sqlite"), Now())


st.set_page_config(page_title="Lakehelm", page_icon=ICON, layout="wide")
at = desk(st.query_params.get("store", "inbox"))
who = st.query_params.get("as", ANN.name)
draw(InboxDesk(at.store, at.clock, everybody().named(who)).services())
