"""Settings: what decides what people see, where each value comes from, and how it is changed."""

from __future__ import annotations

import os
from collections.abc import Mapping

import streamlit as st

from actions.open import NotOpen, desk
from components.frame.page import Page, beside
from components.frame.scope_controls import offered
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
    show_settings(settings(), os.environ, policy, lambda: _tagged(page), page.look, state.clock())


def _tagged(page: Page) -> Mapping[str, str]:
    """The tags of the account's usage, as the filters are offered them: the same question."""
    return offered(page.reader, page.limits, page.now.date()).get("tagged", {})


if __name__ == "__main__":
    draw()
