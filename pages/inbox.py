"""Inbox: what agents and people propose, who must agree, what runs, and what needs a look."""

from __future__ import annotations

import streamlit as st

from actions.inbox_intake import InboxIntake
from actions.open import NotOpen, desk, why_not_open
from components.frame.identity import acting, limits, viewer
from components.frame.workspaces import workspace_names
from components.inbox.page import draw as show_inbox
from components.inbox.polling import wait_until_open
from components.inbox.services import InboxServices
from components.runtime import state
from components.things.evidence import picture
from pages.map import Entry
from settings import settings

PAGE = Entry("inbox", "Inbox", ":material/inbox:", place=1)


def draw() -> None:
    try:
        at = desk()
    except NotOpen:
        wait_until_open(why_not_open)
        st.stop()
    who = viewer(settings())
    show_inbox(
        InboxServices(
            store=at.store,
            directory=at.directory,
            intake=InboxIntake(at),
            me=lambda: acting(settings(), at.directory),
            now=state.clock,
            emergency_groups=frozenset(at.policy.groups.break_glass),
            workspaces=limits(settings()).places,
            most=at.policy.bulk.most,
            typed_above=at.policy.bulk.typed_above,
            audits=who is not None and who.roles.audits,
            workspace=lambda ident: workspace_names(state.reader()).get(ident) or ident,
            picture=picture,
        )
    )


if __name__ == "__main__":
    draw()
