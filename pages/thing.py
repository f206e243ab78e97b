"""One thing: what it is, how it behaves, what it costs, what it needs, what happened to it, what can be done now."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from actions.inbox_intake import InboxIntake
from actions.open import NotOpen, desk, directory
from agents.detectors.night_habits import job_nights
from agents.detectors.promise_frames import promise_frames
from components.frame.identity import acting, as_known
from components.frame.page import Page, begin, head, unheaded
from components.notices.form import tell_me
from components.sections.thing_actions import listed, open_pressed
from components.sections.thing_nights import of_job
from components.sections.thing_on_time import on_time
from components.things.actions import TARGETS, Subject, key_of
from components.things.elsewhere import elsewhere
from components.things.known import known, name_of, open_in_databricks, row_in
from components.things.leads import leads
from components.things.parts import happened, parts
from components.things.people import groups
from components.things.steps import held_of, steps_of
from components.tiles.show import ask_ahead, show
from pages.map import Entry
from pages.parts.run_said import run_said
from settings import settings
from things import KINDS, Thing, read
from things import PAGE as ADDRESS

PAGE = Entry(ADDRESS, "Thing", ":material/category:", hidden=True)
NO_THING = "This address names no thing. Search for one, or follow a name on any page."


def draw() -> None:
    thing = read(st.query_params.to_dict())
    there = elsewhere(thing) if thing is not None else None
    if there is not None:
        st.switch_page(there[0], query_params=there[1])
    elif thing is None:
        begin(PAGE.title)
        st.info(NO_THING, icon=":material/link_off:")
    else:
        _draw(thing, unheaded(KINDS[thing.kind].title))


def _draw(thing: Thing, page: Page) -> None:
    first, *others = parts(page, thing)
    rows = [first, *on_time(page, thing, promise_frames), *others, *of_job(page, thing, job_nights)]
    ask_ahead([*rows, [happened(page, thing)]], page.reader, PAGE.key)
    row = row_in(known(page, thing, PAGE.key))
    name = name_of(page, thing, row)
    st.set_page_config(page_title=f"{name} · Lakehelm")
    head(replace(page, title=name))
    with st.container(horizontal=True):
        leads(thing, row, page.look.names, "page")
        open_in_databricks(page, thing, row)
        tell_me(directory(), thing, name)
    error = run_said(page, thing)  # asked now, drawn when all else is
    subject = Subject(thing, name, bool(row and row["deleted"] is not None), page.limits.places)
    intake, lacking = _intake(thing)
    people = directory()
    show(
        [
            *rows,
            *groups(settings(), people, thing),
            [happened(page, thing, steps_of(subject), key_of(subject))],
            [listed(subject, intake, as_known(settings(), people) if people else None, lacking, held_of(subject))],
        ],
        page.reader,
        page.look,
        page.now,
        PAGE.key,
    )
    error()
    open_pressed(subject, intake, lambda: acting(settings(), people) if people else None)


def _intake(thing: Thing) -> tuple[InboxIntake | None, str]:
    """Where changes are proposed; None and why, where nothing can be proposed about the thing."""
    if thing.kind not in TARGETS:
        return None, ""
    try:
        return InboxIntake(desk()), ""
    except NotOpen as why:
        return None, str(why)


if __name__ == "__main__":
    draw()
