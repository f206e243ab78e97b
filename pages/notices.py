"""My notices: what somebody asked to be told of, and what they were told."""

from __future__ import annotations

import streamlit as st

from actions.open import NotOpen, desk
from actions.workers import webhooks_of
from components.frame.page import zone
from components.notices.own import own
from components.notices.page import draw as show_notices
from components.runtime import state
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from pages.map import Entry
from settings import settings

PAGE = Entry("notices", "My notices", ":material/notifications:", place=2)


def draw() -> None:
    st.header("My notices", anchor=False)
    try:
        at = desk()
    except NotOpen as why:
        st.info(safe(str(why), 600))
        st.stop()
    show_notices(own(at.directory), ViewContext(zone=zone()), state.clock(), webhooks_of(settings()))


if __name__ == "__main__":
    draw()
