"""Shows a page: asks everything at once, draws what is known, then fills in what arrives.

Every tile has one face: loading, ready, stale, empty, could not check, or could not be drawn. One tile's failure stays
in its frame. Text and numbers are drawn before figures, which keep the browser busy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.graph.graph import Graph
from components.runtime.dialogs import draw_page_again
from components.runtime.scroll import unknown_panel
from components.runtime.state import Reads
from components.runtime.waiting import pause, until_done
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.answers import TileOutcome, log_once, outcome
from components.tiles.bodies import Clicked, draw, title
from components.tiles.failures import not_checked, not_drawn
from components.tiles.findings import beneath
from components.tiles.heights import remember, waiting
from components.tiles.menu import hand_on, menu
from components.tiles.printed import page_pdf
from components.tiles.small_print import SmallPrint
from components.tiles.tile import Note, Plot, Tile
from queries.catalogue import catalogue
from warehouse.coverage import Coverage
from warehouse.errors import Starting
from warehouse.interface import Answer, Ask, ask

LAG_QUERY = "platform.source_lag"


@dataclass
class Slot:
    """A tile on the page: its futures, and the places for its title, its small print and its body. While it is not ``known``
    what it shows, its label is its title and a skeleton holds the place of its body. Places are few: each one is a message
    to the browser at every run."""

    tile: Tile
    answers: list[Future[Answer]]
    title: DeltaGenerator
    print: DeltaGenerator
    body: DeltaGenerator
    known: TileOutcome | None
    drawn: TileOutcome | None = None
    later: list[Callable[[], Clicked | None]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether every answer has arrived."""
        return all(future.done() for future in self.answers)

    @property
    def read(self) -> bool:
        """Whether every answer has arrived, and none broke."""
        return all(future.done() and future.exception() is None for future in self.answers)


def show(
    rows: Sequence[Sequence[Tile]],
    reader: Reads,
    look: ViewContext,
    now: dt.datetime,
    page: str | None = None,
    at: Mapping[str, DeltaGenerator] | None = None,
) -> None:
    """Draw the tiles of ``rows``. ``now`` (UTC) dates the ages; ``page`` goes into the query tags. ``at`` are places that the
    page made for tiles, by their key, where not all stand below what was drawn before."""
    tiles = [tile for row in rows for tile in row]
    asked = _submit(tiles, reader, page)
    lag = _lag(reader, page)
    small = SmallPrint(look, now, lag)
    if lost := unknown_panel([tile.key for tile in tiles]):
        st.info(safe(lost, 200), icon=":material/location_off:")
    slots = [slot for row in rows for slot in _row(row, asked, reader, small, at or {}, page)]
    clicks = _fill(slots, small)
    while open_slots := [slot for slot in slots if slot.drawn is None]:
        pause(future for slot in open_slots for future in slot.answers)
        clicks += _fill(slots, small)
    _late_lag(slots, small)
    if page is not None:
        _print_page(page, slots, look, now)
    _watch(slots, reader)
    for click in clicks[:1]:
        click.act(click.point)


def _print_page(page: str, slots: Sequence[Slot], look: ViewContext, now: dt.datetime) -> None:
    """The page to take along; it is made when somebody takes it."""
    shown = [(slot.tile, [future.result() for future in slot.answers]) for slot in slots if slot.read]
    if shown:
        st.download_button(
            "This page (PDF)",
            data=partial(page_pdf, page, shown, look),
            file_name=f"lakehelm_{page}_{now:%Y-%m-%d}.pdf",
            mime="application/pdf",
            on_click="ignore",
            type="tertiary",
            icon=":material/picture_as_pdf:",
            key="page-pdf",
        )


def ask_ahead(rows: Sequence[Sequence[Tile]], reader: Reads, page: str) -> None:
    """Ask what :func:`show` will need, where something else is drawn before it."""
    _submit([tile for row in rows for tile in row], reader, page)
    _lag(reader, page)


def _submit(tiles: Sequence[Tile], reader: Reads, page: str | None) -> dict[str, list[Future[Answer]]]:
    """The answers to come, by the key of their tile; what several tiles ask is asked once."""
    every = dict.fromkeys(question for tile in tiles for question in tile.asks)  # in their order
    coming = {question: _answer(question, reader, page) for question in every}
    return {tile.key: [coming[question] for question in tile.asks] for tile in tiles}


def _answer(question: Ask, reader: Reads, page: str | None) -> Future[Answer]:
    """The answer to come; a question that cannot be asked is the failure of its tiles alone."""
    try:
        return reader.submit(question, page=page)
    except Exception as error:
        broken: Future[Answer] = Future()
        broken.set_exception(error)
        return broken


def _row(
    row: Sequence[Tile],
    asked: dict[str, list[Future[Answer]]],
    reader: Reads,
    small: SmallPrint,
    at: Mapping[str, DeltaGenerator],
    page: str | None,
) -> list[Slot]:
    place = at.get(row[0].key)
    if len(row) == 1:
        stand = st.container if place is None else place.container
        return [_frame(stand, row[0], asked[row[0].key], reader, small, page)]
    columns = (st if place is None else place).columns([tile.width for tile in row])
    return [
        _frame(at.container, tile, asked[tile.key], reader, small, page) for at, tile in zip(columns, row, strict=True)
    ]


def _frame(
    container: Callable[..., DeltaGenerator],
    tile: Tile,
    answers: list[Future[Answer]],
    reader: Reads,
    small: SmallPrint,
    page: str | None,
) -> Slot:
    """The frame of a tile: title, menu, small print, and a place for the body."""
    box = container(border=True, height="stretch", gap="xsmall", key=f"tile-{tile.key}")
    waits = not all(answer.done() for answer in answers)
    known = None if waits else _outcome(tile, answers, small.look)
    place = box.empty() if waits else box
    title(place, tile, known.found if known else None)
    with box:  # beside the title, by the style sheet: every container is a message to every browser
        menu(tile, reader, small.look, page)
    beneath_title = box.caption(small.of(tile, known))
    if tile.controls is not None:
        with box:
            tile.controls()
    body = box.skeleton(waiting(tile)) if waits else box
    return Slot(tile, answers, place, beneath_title, body, known)


def _fill(slots: list[Slot], small: SmallPrint) -> list[Clicked]:
    """Draw every slot whose answers are there: all words first, then the figures."""
    ready = [slot for slot in slots if slot.drawn is None and slot.done]
    for slot in ready:
        slot.drawn = slot.known or _outcome(slot.tile, slot.answers, small.look)
        if slot.known is None:
            slot.body = slot.body.container()
            title(slot.title, slot.tile, slot.drawn.found)
            slot.print.caption(small.of(slot.tile, slot.drawn))
        _words(slot, small.look)
    clicks = [later() for slot in ready for later in slot.later]
    return [click for click in clicks if click is not None]


def _outcome(tile: Tile, answers: Sequence[Future[Answer]], look: ViewContext) -> TileOutcome:
    try:
        return outcome(tile, [future.result() for future in answers], look)
    except Exception as error:
        log_once(tile, error)
        return TileOutcome("error")


def _words(slot: Slot, look: ViewContext) -> None:
    """Draw what needs no figure; figures are put off, each in its own place."""
    drawn, box, tile = slot.drawn, slot.body, slot.tile
    assert drawn is not None
    if drawn.face == "error":
        not_drawn(box)
    elif drawn.face == "could_not_check" and drawn.error is not None:
        not_checked(box, drawn.error)
    said = " ".join(body.text for body in drawn.bodies if isinstance(body, Note))
    notes = [note for note in drawn.notes if note not in said]
    left = [(place, rest) for place, body in enumerate(drawn.bodies) if (rest := beneath(body, drawn.found))]
    if drawn.bodies:
        remember(tile, [rest for _, rest in left], notes)
    last = -1 if notes or not left else left[-1][0]
    for place, body in left:
        if isinstance(body, Plot | Graph):
            spot = box if place == last else box.container()
            slot.later.append(lambda spot=spot, place=place, body=body: _try(spot, tile, place, body, look))  # type: ignore[misc]
        else:
            _try(box, tile, place, body, look)
    for note in notes:
        box.caption(safe(note, 300))
    if tile.handed_on and drawn.bodies:
        with box:
            hand_on(tile, [answer.result() for answer in slot.answers], look)


def _try(box: DeltaGenerator, tile: Tile, place: int, body: object, look: ViewContext) -> Clicked | None:
    """A body that cannot be drawn spoils its tile, not the page. Streamlit's own signals pass: they are no errors."""
    try:
        return draw(box, tile, place, body, look)  # type: ignore[arg-type]
    except Exception as error:
        log_once(tile, error)
        not_drawn(box)
        return None


def _lag(reader: Reads, page: str | None) -> Future[Answer] | None:
    if LAG_QUERY not in catalogue():
        return None
    return reader.submit(ask(LAG_QUERY), page=page)


def _late_lag(slots: list[Slot], small: SmallPrint) -> None:
    """Write the small print again when the sources' lag came after it, without making anyone wait long for it."""
    if small.lag is None or small.lag.done():
        return
    until_done([small.lag], patience=1.0)
    if small.lag.done():
        for slot in slots:
            slot.print.caption(small.of(slot.tile, slot.drawn))


def _watch(slots: list[Slot], reader: Reads) -> None:
    """While a refresh is under way or the warehouse starts, look again now and then; redraw when rows are there."""
    old = {
        future.result().ask: (future.result().read_at, future.result().coverage)
        for slot in slots
        for future in slot.answers
        if slot.drawn is not None and changing(slot.drawn) and future.exception() is None
    }
    if old:
        _poll(old, reader)


def changing(drawn: TileOutcome) -> bool:
    """Whether waiting will help: a refresh runs behind the rows, the warehouse starts, or it is still asked how far the
    source tables reach."""
    return isinstance(drawn.error, Starting) or drawn.unsettled or (drawn.face == "stale" and drawn.error is None)


@st.fragment(run_every=2.0)
def _poll(old: dict[Ask, tuple[dt.datetime | None, Coverage]], reader: Reads) -> None:
    for question, before in old.items():
        known = reader.peek(question)
        if known is None or known.table is None:
            reader.submit(question)  # the next try; those who try too soon are answered from the last one
        elif (known.read_at, known.coverage) != before or known.error is not None:
            draw_page_again()
