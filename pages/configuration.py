"""Settings: what decides what people see, where each value comes from, and how it is changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial

import streamlit as st

from actions.desk import Desk
from actions.inbox_intake import InboxIntake
from actions.open import known_desk
from approvals.deciding.kept_settings import KIND
from approvals.people.identity import Unproven
from approvals.people.people import Unreachable
from approvals.reading.in_force import in_force
from approvals.reading.proposed import Proposed, newest_of_kinds
from components.frame.identity import acting, as_known
from components.frame.page import Page, beside
from components.frame.scope_controls import offered
from components.frame.store_unavailable import read_in_time
from components.runtime import state
from components.sections.propose_setting import Proposing
from components.sections.settings_page import draw as show_settings
from components.sections.settings_words import keys_used
from components.sections.tag_shares import shares
from pages.map import Entry
from settings import settings

PAGE = Entry("configuration", "Settings", ":material/settings:", "Account for", place=4)


def draw() -> None:
    st.header("Settings", anchor=False)
    page = beside(PAGE.title)
    at = known_desk()  # without one what is in force is shown all the same
    proposing = _proposing(at, page) if at else None
    show_settings(
        in_force(settings()),
        os.environ,
        at.policy if at else None,
        proposing,
        _why_not(proposing, at) if proposing and at else "Nothing can be proposed here: no workspace is connected.",
        _proposals(page) if at else [],
        partial(_keys, page),
        page.look,
        state.clock(),
    )


def _proposing(at: Desk, page: Page) -> Proposing:
    return Proposing(
        InboxIntake(at),
        partial(acting, settings(), at.directory),
        os.environ,
        lambda: _keys(page)[0],
        page.filters.currency,
    )


def _why_not(proposing: Proposing, at: Desk) -> str:
    try:
        return proposing.why_not(as_known(settings(), at.directory)())
    except (Unreachable, Unproven) as why:
        return str(why)


def _proposals(page: Page) -> list[Proposed]:
    nothing: list[Proposed] = []
    lacking = "Which settings somebody wants to change is not known."
    return read_in_time(lambda tx: newest_of_kinds(tx, [KIND], page.limits.places), nothing, lacking)


def _keys(page: Page) -> tuple[Mapping[str, str], Mapping[str, float]]:
    """How the account's tag keys are used, and the share of the spend that each, and those of each setting, cover."""
    tagged = _tagged(page)
    found = shares(page, [*in_force(settings()).settings.tags.values(), *keys_used(tagged)])
    return keys_used(tagged, found), found


def _tagged(page: Page) -> Mapping[str, str]:
    """The tags of the account's usage, as the filters are offered them: the same question."""
    return offered(page.reader, page.limits, page.now.date()).get("tagged", {})


if __name__ == "__main__":
    draw()
