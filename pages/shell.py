"""The frame around every page: who looks, where they can go. It runs first on every visit, deep links included,
because the main script lives inside ``pages/``: otherwise Streamlit would run a page's file alone."""

import streamlit as st

from components.identity import viewer
from components.page import ICON, zone
from components.untrusted import safe
from settings import settings

st.set_page_config(page_title="Lakehelm", page_icon=ICON, layout="wide", initial_sidebar_state="expanded")
who = viewer(settings())
if who is None:
    st.error("You are not signed in. Nothing is shown until sign-in is set up for this deployment.")
    st.stop()

page = st.navigation(
    {
        "": [st.Page("overview.py", title="Overview", icon=":material/dashboard:", default=True)],
        "Operate": [
            st.Page("finops.py", title="FinOps", icon=":material/payments:"),
            st.Page("pipelineops.py", title="PipelineOps", icon=":material/account_tree:"),
        ],
    }
)
with st.sidebar:
    if who.local:
        st.caption(
            f":material/laptop_mac: {safe(who.name)}", help="The local user of this machine; nobody checked this name."
        )
    else:
        st.caption(safe(who.name))
    st.caption(f"Times in {safe(zone())}, days in UTC")
page.run()
