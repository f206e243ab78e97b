"""The drawer at the right: what a thing is, what it costs in one line, and the way to its page and into Databricks. It
costs nothing while it is closed."""

from __future__ import annotations

import streamlit as st

from approvals.people.figures import Figure, figure_of, tile_figure
from approvals.people.people import Directory
from components.frame.page import Page, beside
from components.notices.form import tell_me_below, tell_of_tile
from components.runtime.dialogs import show_dialog
from components.runtime.opened import Figure as OfTile
from components.runtime.opened import Watching, asked, asked_to_watch
from components.runtime.waiting import until_done
from components.text.untrusted import safe
from components.things.asks import about
from components.things.elsewhere import elsewhere
from components.things.known import known, name_of, open_in_databricks, row_in
from components.things.leads import leads
from components.things.money import cost_line
from components.things.parts import BILLED
from components.things.sentence import sentence
from components.tiles.bodies import note
from things import KINDS, PAGE, Thing
from warehouse.interface import Answer

PATIENCE = 30.0  # seconds: what is not answered then is on the page


def drawer(directory: Directory | None = None) -> None:
    """Show the thing that somebody has clicked on, if somebody has; a proposal is shown by the inbox.
    ``directory`` knows who could be told of it; None: nobody yet."""
    thing, watching = asked(), asked_to_watch()
    if thing is not None and (tile := tile_figure(thing)) is not None:
        watching = Watching(tile.title, (OfTile(thing, tile.figure.replace("_", " "), ""),))
    if watching is not None:
        show_dialog(
            _tile, watching, directory, title="Figure", icon=KINDS["figure"].icon, width="medium", position="right"
        )
    elif thing is not None and thing.kind == "proposal":
        st.switch_page("inbox.py", query_params={"p": thing.id})
    elif thing is not None and (figure := figure_of(thing)) is not None:
        show_dialog(
            _figure, figure, directory, title="Figure", icon=KINDS["figure"].icon, width="medium", position="right"
        )
    elif thing is not None:
        kind = KINDS[thing.kind]
        show_dialog(_body, thing, directory, title=kind.title, icon=kind.icon, width="medium", position="right")


def _figure(figure: Figure, directory: Directory | None) -> None:
    """The figure of a dimension: the way to where it stands, and what is told of it."""
    st.subheader(safe(figure.title, 120), anchor=False)
    st.caption("Looked at by its newest complete day, of all rows.")
    if st.button("Open where it stands", icon=":material/arrow_forward:", type="primary"):
        file, words = elsewhere(figure.thing) or ("overview.py", {})
        st.switch_page(file, query_params=words)
    tell_me_below(directory, figure.thing, figure.title)


def _tile(watching: Watching, directory: Directory | None) -> None:
    """The figures of a tile: the way to where it stands, and what is told of one of them."""
    st.subheader(safe(watching.title, 120), anchor=False)
    st.caption("Worked out as its page does, with the filters it has now, of all rows.")
    if st.button("Open where it stands", icon=":material/arrow_forward:", type="primary"):
        file, words = elsewhere(watching.figures[0].thing) or ("overview.py", {})
        st.switch_page(file, query_params=words)
    tell_of_tile(directory, watching)


def _body(thing: Thing, directory: Directory | None) -> None:
    page = beside(KINDS[thing.kind].title)
    days = page.reader.submit(about(page, thing, "things.cost_by_day"), page=PAGE) if thing.kind in BILLED else None
    with st.spinner("Reading what is known of it"):
        answer = known(page, thing, PAGE, PATIENCE)
        if days is not None:
            until_done([days], PATIENCE)
    row = row_in(answer)
    st.subheader(safe(name_of(page, thing, row), 120), anchor=False)
    _said(thing, answer, page)
    with st.container(horizontal=True):
        leads(thing, row, page.look.names, "drawer")
    if row and days is not None and days.done() and (table := days.result().table) is not None and table.num_rows:
        st.markdown(f"Cost, {safe(page.filters.period)}: {safe(cost_line(table.to_pandas(), page.look), 300)}")
    if st.button("Open its page", icon=":material/arrow_forward:", type="primary"):
        st.switch_page(f"{PAGE}.py", query_params=thing.words)
    open_in_databricks(page, thing, row)
    tell_me_below(directory, thing, name_of(page, thing, row))


def _said(thing: Thing, answer: Answer | None, page: Page) -> None:
    if answer is None:
        st.caption("What it is has not been answered yet; its page goes on waiting.")
    elif answer.table is None:
        st.markdown(f":gray[:material/help:] {safe(answer.error or 'Could not check.', 400)}")
    else:
        note(st.container(), sentence(thing, row_in(answer), page.look, limited=page.limits.any))
