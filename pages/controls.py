"""Controls: what stops actions, and who turned it."""

from __future__ import annotations

import os

import streamlit as st

from actions import registry, stops
from actions.open import KILL_SWITCH, desk
from agents.round import CAPABILITIES
from components.frame.identity import acting, limits
from components.frame.page import zone
from components.frame.workspaces import workspace_names
from components.runtime import state
from components.sections.controls import Console, show_attention, show_breakers, show_policy, show_switches
from pages.map import Entry
from settings import settings

PAGE = Entry("controls", "Controls", ":material/emergency_home:", "Account for", place=2)


def draw() -> None:
    st.header("Controls", anchor=False)
    at = desk()
    places = workspace_names(state.reader())
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
    st.subheader("Kinds of action that went wrong too often", anchor=False)
    show_breakers(console, zone(), state.clock())
    show_attention(console)
    show_policy(at.policy)


if __name__ == "__main__":
    draw()
