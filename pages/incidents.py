"""Incidents: what is broken now, because of what, who is at it, and what ended lately."""

from __future__ import annotations

import streamlit as st

from actions.open import NotOpen, desk
from components.frame.page import zone
from components.incidents.page import draw as show_incidents
from components.incidents.work import VERBS
from components.notices.own import own
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from pages.map import Entry

PAGE = Entry("incidents", "Incidents", ":material/emergency:", place=1)


def draw() -> None:
    st.header("Incidents", anchor=False)
    try:
        at = desk()
    except NotOpen as why:
        st.info(safe(str(why), 600))
        st.stop()
    show_incidents(own(at.directory, "incidents", VERBS), at.policy, ViewContext(zone=zone()))


if __name__ == "__main__":
    draw()
