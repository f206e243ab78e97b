"""Behind each tile: where its figures come from, the rows to take along, its address, and a fresh reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from urllib.parse import urlencode

import streamlit as st

from approvals.people.figures import TileFigure
from components.files.csv_file import csv_of, raw_csv
from components.files.sheet import Sheet
from components.files.xlsx_file import xlsx_of
from components.graph.graph import Graph
from components.runtime.opened import Figure, Watching, ask_for, ask_to_watch
from components.runtime.scroll import PANEL
from components.runtime.state import Reads
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.answers import frames_of, outcome
from components.tiles.bodies import table
from components.tiles.measures import measures
from components.tiles.points import edges, points
from components.tiles.sheets import sheets_of
from components.tiles.tile import Grid, Plot, Tile
from dimensions import DIMENSIONS
from queries.catalogue import Query, catalogue
from queries.filled_in import filled_in
from queries.lineage import tables_read
from warehouse.interface import Answer, Ask
from warehouse.params import CLOCK

OWN = "person"  # the parameter of a question about whoever looks
WHO = "as"  # the word of an address that says who that is, on a laptop
_POINTS = 320  # pixels of a figure as a table
FORMATS: tuple[tuple[str, str, Callable[..., bytes]], ...] = (
    ("csv", "text/csv", csv_of),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_of),
)


def menu(tile: Tile, reader: Reads, look: ViewContext, page: str | None = None) -> None:
    """A small button; its body is made only while it is open. Not a fragment: every run of a page pays for each of its
    fragments, and a menu is seldom opened."""
    opened = st.popover(
        ":material/more_horiz:", key=f"{tile.key}-menu", type="tertiary", on_change="rerun", help="How this is made"
    )
    if opened.open:
        with opened:
            _body(tile, reader, look, page)


def _body(tile: Tile, reader: Reads, look: ViewContext, page: str | None) -> None:
    st.markdown(f"**{safe(tile.title)}**")
    st.caption(safe(tile.why, 600))
    _points(tile, reader, look)
    if tile.figure is not None:
        told = "When this figure passes a limit, or drifts from its usual"
        st.button(
            "Tell me",
            key=f"{tile.key}-tell",
            icon=":material/notifications:",
            on_click=_asks,
            args=(tile, partial(ask_for, tile.figure)),
            help=told,
        )
    elif (watching := _watching(tile, reader, look, page)) is not None:
        st.button(
            "Tell me",
            key=f"{tile.key}-tell",
            icon=":material/notifications:",
            on_click=_asks,
            args=(tile, partial(ask_to_watch, watching)),
            help="When a figure of it passes a limit, or drifts from its usual",
        )
    asked = [question for question in tile.asks if question.query in catalogue()]
    if owner := tile.owner:
        st.caption(f"Owner: {safe(owner)}")
    for question in asked:
        known = catalogue()[question.query]
        query = known.limited_to(known.filters.intersection(dict(question.params)))
        with st.expander(f"SQL: {safe(query.question)}", expanded=len(asked) == 1):
            st.caption(safe(query.note, 1200))
            st.code(as_it_stands(question, query, reader.peek(question)), language="sql", height=260)
            st.caption(f"Reads {safe(', '.join(sorted(sources(query.name))), 600)}")
    _downloads(tile, reader, look)
    st.caption("Address of this panel")
    st.code(address(st.context.url or "", st.query_params.to_dict(), tile.key), language=None)
    if st.button("Refresh now", key=f"{tile.key}-refresh", icon=":material/refresh:"):
        for question in asked:
            reader.invalidate(question.query)
        st.rerun()


def _read(tile: Tile, reader: Reads) -> list[Answer]:
    """What was answered to the questions of ``tile``; nothing while one is open."""
    answers = [answer for answer in (reader.peek(question) for question in tile.asks) if answer is not None]
    return answers if len(answers) == len(tile.asks) else []


def _asks(tile: Tile, ask: Callable[[], None]) -> None:
    """The drawer comes in place of the menu, not below it."""
    st.session_state[f"{tile.key}-menu"] = False
    ask()


def _watching(tile: Tile, reader: Reads, look: ViewContext, page: str | None) -> Watching | None:
    """The figures of ``tile`` that can be watched: on the page of a dimension, and not those of whoever looks."""
    answers = _read(tile, reader)
    if (
        page is None
        or page not in DIMENSIONS
        or not answers
        or any(OWN in dict(question.params) for question in tile.asks)
    ):
        return None
    words = {word: said for word, said in st.query_params.to_dict().items() if word not in (PANEL, WHO)}
    found = [
        Figure(thing, one.label, one.unit, one.value)
        for one in measures(outcome(tile, answers, look).bodies, look)
        if (thing := TileFigure(page, tile.key, one.key, words).thing) is not None
    ]
    return Watching(f"{DIMENSIONS[page].title}: {tile.title}", tuple(found)) if found else None


def _points(tile: Tile, reader: Reads, look: ViewContext) -> None:
    """Each figure as a table: for those who use keys or ears, and for exact figures."""
    answers = _read(tile, reader)
    bodies = outcome(tile, answers, look).bodies if answers else ()
    for place, body in enumerate(bodies):
        if isinstance(body, Plot | Graph):
            fold = st.expander("The figure as a table", key=f"{tile.key}-points-{place}")
            table(fold, f"{tile.key}-points-{place}-rows", _told(body), look, height=_POINTS)


def _told(body: Plot | Graph) -> Grid:
    return edges(body) if isinstance(body, Graph) else points(body)


def _downloads(tile: Tile, reader: Reads, look: ViewContext) -> None:
    """The table as it is shown; below "more" what was read for it, as it was read."""
    answers = _read(tile, reader)
    if not answers:
        return
    if any(one.table is None for name, one in zip(tile.frame_names, answers, strict=True) if name not in tile.spared):
        return
    sheets = sheets_of(tile, answers, look)
    exact = bool(sheets) and st.toggle(
        "Every digit", key=f"{tile.key}-exact", help="Else amounts are rounded as shown; their sum stays the bill's."
    )
    _files(sheets, tile.key, "This table, {}", exact=exact)
    with st.expander("More: the rows as they were read"):
        for name, frame in frames_of(tile, answers).items():
            st.download_button(
                f"{safe(name.replace('_', ' ').capitalize())} (CSV)",
                data=partial(raw_csv, frame),
                file_name=f"lakehelm_raw_{name}.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"{tile.key}-csv-{name}",
                icon=":material/download:",
            )


def hand_on(tile: Tile, answers: Sequence[Answer], look: ViewContext) -> None:
    """The table of ``tile`` as it is shown, to be taken along; each file is made when somebody takes it."""
    with st.container(horizontal=True, gap="small"):
        _files(sheets_of(tile, answers, look), f"{tile.key}-handed", "Take along, {}", exact=False)


def _files(sheets: Sequence[Sheet], key: str, label: str, *, exact: bool) -> None:
    """A button for each sheet and format; ``label`` says the format in its braces."""
    for place, sheet in enumerate(sheets):
        for ending, mime, write in FORMATS:
            st.download_button(
                safe(label.format(ending.upper())),
                data=partial(write, sheet, exact=exact),
                file_name=sheet.name(ending),
                mime=mime,
                on_click="ignore",
                key=f"{key}-{ending}-{place}",
                icon=":material/download:",
            )


def as_it_stands(question: Ask, query: Query, known: Answer | None) -> str:
    """The text of ``query`` that runs as it stands; its now is that of the rows that are ``known``."""
    at = known.read_at if known is not None else None
    return filled_in(query.sql, dict(question.params) | ({CLOCK: at} if at is not None else {}))


def address(url: str, words: Mapping[str, str], panel: str) -> str:
    """The page's address with its filters and views (``words``), pointing at one panel."""
    held = dict(words) | {PANEL: panel}
    return f"{url.split('?')[0].split('#')[0]}?{urlencode(held, safe=',')}"


@cache
def sources(query: str) -> frozenset[str]:
    """The system tables a query of the catalogue reads."""
    return frozenset(tables_read(catalogue()[query].sql))
