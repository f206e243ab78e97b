"""Controls: what stops actions, and who turned it."""

from __future__ import annotations

import os

import streamlit as st

from actions import registry, stops
from actions.open import KILL_SWITCH, desk
from agents.round import CAPABILITIES
from components.frame.identity import acting, limits
from components.frame.page import zone
from components.runtime import state
from components.sections.controls import Console, show_attention, show_breakers, show_policy, show_switches
from pages.map import Entry
from settings import settings
from warehouse.interface import ask

PAGE = Entry("controls", "Controls", ":material/emergency_home:", "Account for", place=2)


def draw() -> None:
    st.header("Controls", anchor=False)
    at = desk()
    workspaces = state.reader().peek(ask("platform.workspaces"))  # their names, where they were read before
    places = workspaces.table.to_pylist() if workspaces is not None and workspaces.table is not None else []
    places = {str(one["workspace_id"]): str(one["workspace_name"] or "") for one in places}
    agents = [one.agent.id for one in CAPABILITIES]
    console = Console(
        store=at.store,
        policy=at.policy,
        me=lambda: acting(settings(), at.directory),
        kinds=sorted(registry.KINDS),
        kill=lambda: os.environ.get(KILL_SWITCH, ""),
        workspaces=limits(settings()).places,
        now=state.clock,
        places=places,
        on=lambda tx: stops.stopped(tx, at),
        names=lambda tx: stops.names(tx, agents, places),
    )
    st.subheader("Kill switches", anchor=False)
    show_switches(console, zone(), state.clock())
    st.subheader("Error budgets", anchor=False)
    show_breakers(console, zone(), state.clock())
    show_attention(console)
    show_policy(at.policy)


if __name__ == "__main__":
    draw()
