"""Settings: what decides what people see, where each value comes from, and how it is changed."""

from __future__ import annotations

import os

import streamlit as st

from actions.open import NotOpen, desk
from components.frame.identity import limits
from components.frame.page import beside
from components.frame.scope_controls import values_of
from components.runtime import state
from components.sections.settings_page import draw as show_settings
from pages.map import Entry
from settings import settings

PAGE = Entry("configuration", "Settings", ":material/settings:", "Account for", place=4)


def draw() -> None:
    st.header("Settings", anchor=False)
    page = beside(PAGE.title)
    try:
        policy = desk().policy
    except NotOpen:
        policy = None
    known = page.reader.peek(values_of(limits(settings()), page.now.date()))  # what the filters were offered before
    tags = known.table.to_pylist() if known is not None and known.table is not None else []
    tagged = {str(one["value"]): str(one["label"]) for one in tags if one["kind"] == "tagged"}
    show_settings(settings(), os.environ, policy, tagged, page.look, state.clock())


if __name__ == "__main__":
    draw()
