"""How much room the body of a tile takes: what stands in its place while it waits is as high as what was drawn last, so
that the page does not jump under the pointer when the answer comes. Each session knows its own: how many rows others were
shown is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import streamlit as st

from components.graph.graph import Graph
from components.tiles.bodies import ROW, height_of_row
from components.tiles.tile import Body, Grid, Metrics, Plot, Tile

LINE, GAP, METRICS = 21, 7, 84  # pixels at the theme's font size
LETTERS = 150  # of a line where a tile has the width of the page
_LAST = "heights"  # in the session's state: pixels by the key of a tile


def waiting(tile: Tile) -> int:
    """Pixels that ``tile`` holds free while it waits."""
    return _known().get(tile.key) or tile.waits or tile.height


def remember(tile: Tile, bodies: Sequence[Body], notes: Sequence[str]) -> None:
    """``bodies`` and the small ``notes`` beneath them are what ``tile`` was drawn with."""
    parts = [_of(body, tile.height) for body in bodies] + [_lines(note) for note in notes]
    _known()[tile.key] = max(LINE, sum(parts) + GAP * max(len(parts) - 1, 0))


def _known() -> dict[str, int]:
    known: dict[str, int] = st.session_state.setdefault(_LAST, {})
    return known


def _of(body: Body, most: int) -> int:
    if isinstance(body, Plot):
        return body.height
    if isinstance(body, Graph):
        return most  # the browser lays it out
    if isinstance(body, Grid):
        return min(most, ROW + height_of_row(body) * len(body.frame)) + (GAP + LINE if body.caption else 0)
    if isinstance(body, Metrics):
        return METRICS + (GAP + LINE if body.versus else 0)
    return _lines(body.text)


def _lines(text: str) -> int:
    return LINE * ceil(max(len(text), 1) / LETTERS)
