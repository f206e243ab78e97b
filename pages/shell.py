"""The frame around every page: who looks, where they can go. It runs first on every visit, deep links included,
because the main script lives inside ``pages/``: otherwise Streamlit would run a page's file alone."""

import streamlit as st

from actions.open import NotOpen, desk, directory
from actions.stops import stopped
from components import state
from components.act_as import act_as
from components.identity import note_request, viewer, why_not
from components.page import ICON, zone
from components.stopped import bar
from components.store_away import Away, show_away
from components.untrusted import safe
from settings import settings

st.set_page_config(page_title="Lakehelm", page_icon=ICON, layout="wide", initial_sidebar_state="expanded")
note_request()
who = viewer(settings())
if who is None:
    st.error(safe(why_not(settings()), 400))
    st.stop()

page = st.navigation(
    {
        "": [
            st.Page("overview.py", title="Overview", icon=":material/dashboard:", default=True),
            st.Page("inbox.py", title="Inbox", icon=":material/inbox:"),
        ],
        "Operate": [
            st.Page("finops.py", title="FinOps", icon=":material/payments:"),
            st.Page("pipelineops.py", title="PipelineOps", icon=":material/account_tree:"),
        ],
        "Account for": [
            *([st.Page("ledger.py", title="Ledger", icon=":material/history_edu:")] if who.roles.audits else []),
            st.Page("controls.py", title="Controls", icon=":material/emergency_home:"),
        ],
    }
)
with st.sidebar:
    act_as(who, directory())
    if who.note:
        st.caption(safe(who.note))
    st.caption(f"Times in {safe(zone())}, days in UTC")
try:
    at = desk()
    bar(at.store, lambda tx: stopped(tx, at), who.roles.limits.places, zone(), state.clock())
except NotOpen:
    pass  # nothing runs, so nothing is stopped
try:
    page.run()
except Away as why:
    show_away(str(why))
