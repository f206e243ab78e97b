"""Overview: is everything fine, and where to look first."""

import streamlit as st

from components.page import begin
from components.panels.spend import totals
from components.show import show
from components.tile import Tile

page = begin("Overview")
spend = page.ask("finops.spend_by_day")
show(
    [[Tile("overview-spend", "Spend", "The bill of the period at a glance.", [spend], totals, height=110)]],
    page.reader,
    page.look,
    page.now,
    "overview",
)
st.caption("Coming: InfraOps, DataOps, GovernanceOps, MLOps, AgentOps, UserOps, and the inbox for approvals.")
