"""What stands behind a figure of the Overview: the things it is made of, and its days; made only while it is open."""

from __future__ import annotations

import streamlit as st

from components.runtime.scroll import named
from components.runtime.state import Reads
from components.runtime.waiting import until_done
from components.sections.judged import Measure, limits
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.answers import outcome
from components.tiles.bodies import draw
from components.tiles.menu import menu
from components.tiles.tile import Body, Frames, Grid, Tile
from things import Thing

PATIENCE = 30.0  # seconds


def behind(measure: Measure, rows: Tile | None, reader: Reads, look: ViewContext) -> None:
    """A button that opens the days of ``measure`` and the ``rows`` of what it is made of, as their addresses do."""
    tiles = [one for one in (rows, days_of(measure)) if one is not None]
    key = f"behind-{measure.key}"
    if [one for one in tiles if named(one.key)]:
        st.session_state.setdefault(key, True)
    said = "What it is made of, and its days" if rows is not None else "The days behind it"
    opened = st.popover("Rows" if rows is not None else "Days", key=key, type="tertiary", on_change="rerun", help=said)
    if opened.open:
        with opened:
            for tile in tiles:
                _tile(tile, reader, look)


def _tile(tile: Tile, reader: Reads, look: ViewContext) -> None:
    """The table, or why there is none, and how it is made."""
    asked = [reader.submit(one, page="overview") for one in tile.asks]
    with st.spinner("Reading"):
        if not until_done(asked, PATIENCE):
            st.caption("This has not been answered yet: open it again in a moment.")
            return
    drawn = outcome(tile, [one.result() for one in asked], look)
    if drawn.error is not None and not drawn.bodies:
        st.markdown(f":gray[:material/help:] {safe(f'{drawn.error.title}. {drawn.error.remedy}', 400)}")
    box = st.container()
    for place, body in enumerate(drawn.bodies):
        draw(box, tile, place, body, look)
    menu(tile, reader, look)


def days_of(measure: Measure) -> Tile:
    """The days that a measure is judged by, the newest first, as a tile."""
    kind = {"money": "money", "ratio": "ratio", "count": "count", "hours": "hours"}[measure.unit]

    def build(frames: Frames, look: ViewContext) -> Body:
        days = frames[measure.ask.query.rsplit(".", 1)[-1]].sort_values("day", ascending=False)
        caption = limits(measure, look)
        return Grid(days, {"day": ("Day", "date"), "value": (measure.label.capitalize(), kind)}, caption)

    return Tile(
        f"days-{measure.key}",
        f"{measure.name}: {measure.label}",
        "What the state is judged by, day by day.",
        [measure.ask],
        build,
        figure=Thing("figure", measure.key),
    )
