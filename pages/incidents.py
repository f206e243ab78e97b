"""Incidents: what is broken now, because of what, who is at it, and what ended lately."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from actions.inbox_intake import forms
from actions.open import NotOpen, desk
from agents.detectors.root_cause import root_cause
from components.frame.page import beside
from components.incidents.asked import harm_of, tiles
from components.incidents.facts import handed_on
from components.incidents.known import Known
from components.incidents.one import Places
from components.incidents.page import draw as show_incidents
from components.incidents.work import VERBS
from components.notices.own import own
from components.text.untrusted import safe
from components.tiles.show import show
from pages.map import Entry
from pages.parts.runbook import runbook

PAGE = Entry("incidents", "Incidents", ":material/emergency:", place=1)


def draw() -> None:
    st.header("Incidents", anchor=False)
    try:
        at = desk()
    except NotOpen as why:
        st.info(safe(str(why), 600))
        st.stop()
    page = beside(PAGE.title)

    def asked(shown: Known, row: Any, places: Places) -> None:
        rows = tiles(page, row, shown, root_cause)
        at_place = dict.fromkeys((tile.key for (tile,) in rows), places.asked)
        show(rows, page.reader, page.look, page.now, PAGE.key, at_place)
        if row.reason:
            with places.facts:
                handed_on(row, shown, harm_of(page, row, shown))

    show_incidents(own(at.directory, "incidents", VERBS), at.policy, page.look, runbook, asked, _kinds())


@cache
def _kinds() -> dict[str, str]:
    """Each kind of action in words."""
    return {name: form.title for name, form in forms().items()}


if __name__ == "__main__":
    draw()
