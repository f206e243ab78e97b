"""One thing: what it is, how it behaves, what it costs, what it needs, what happened to it, what can be done now."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from actions.inbox_intake import InboxIntake
from actions.open import NotOpen, desk, directory
from approvals.reading.thing_story import Step, story
from components.frame.identity import acting
from components.frame.page import Page, begin, head, unheaded
from components.frame.store_unavailable import read_in_time
from components.notices.form import tell_me
from components.things.actions import TARGETS, Subject, key_of, show_actions, target_of
from components.things.known import known, name_of, open_in_databricks, row_in
from components.things.parts import happened, parts
from components.tiles.show import ask_ahead, show
from pages.map import Entry
from settings import settings
from things import KINDS, Thing, read
from things import PAGE as ADDRESS

PAGE = Entry(ADDRESS, "Thing", ":material/category:", hidden=True)
IN_THE_INBOX = {"proposal": "p", "agent": "agent"}  # the word of the inbox's address that shows one
NO_THING = "This address names no thing. Search for one, or follow a name on any page."


def draw() -> None:
    thing = read(st.query_params.to_dict())
    if thing is not None and thing.kind in IN_THE_INBOX:
        st.switch_page("inbox.py", query_params={IN_THE_INBOX[thing.kind]: thing.id})
    elif thing is None:
        begin(PAGE.title)
        st.info(NO_THING, icon=":material/link_off:")
    else:
        _draw(thing, unheaded(KINDS[thing.kind].title))


def _draw(thing: Thing, page: Page) -> None:
    rows = parts(page, thing)
    ask_ahead([*rows, [happened(page, thing)]], page.reader, PAGE.key)
    row = row_in(known(page, thing, PAGE.key))
    name = name_of(page, thing, row)
    st.set_page_config(page_title=f"{name} · Lakehelm")
    head(replace(page, title=name))
    with st.container(horizontal=True):
        open_in_databricks(thing, row)
        tell_me(directory(), thing, name, "page")
    subject = Subject(thing, name, bool(row and row["deleted"] is not None), page.limits.places)
    tells = happened(page, thing, _steps(subject), key_of(subject))
    show([*rows, [tells]], page.reader, page.look, page.now, PAGE.key)
    _what_can_be_done(subject)


def _steps(subject: Subject) -> list[Step] | None:
    """What was proposed, decided and done about it; None where that could not be read."""
    if subject.thing.kind not in TARGETS:
        return []
    lost: list[Step] | None = None
    return read_in_time(
        lambda tx: story(tx, target_of(subject), subject.places), lost, "What was proposed about it is not known."
    )


def _what_can_be_done(subject: Subject) -> None:
    """Proposing a change, where a workspace is connected."""
    try:
        at = desk()
    except NotOpen:
        return
    show_actions(subject, InboxIntake(at), lambda: acting(settings(), at.directory))


if __name__ == "__main__":
    draw()
