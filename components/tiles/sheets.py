"""The tables of a tile as people take them along: those it shows, else the rows that its figure is drawn from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.files.sheet import Scope, Sheet
from components.text.view_context import ViewContext
from components.tiles.answers import frames_of, outcome
from components.tiles.called import with_names
from components.tiles.tile import Grid, Tile
from queries.catalogue import catalogue
from warehouse.interface import Answer

ALL_WORKSPACES = "all workspaces"


def sheets_of(tile: Tile, answers: Sequence[Answer], look: ViewContext) -> list[Sheet]:
    """A sheet for each table that ``tile`` shows, all of its rows; none while it shows nothing."""
    shown = outcome(tile, answers, look)
    scope = scope_of(tile, answers, look)
    grids = [body for body in shown.bodies if isinstance(body, Grid)]
    if grids:
        return [Sheet(tile.title, grid.named(), written(grid), scope, shown.notes) for grid in grids]
    if shown.face not in ("ready", "stale"):
        return []
    frames = frames_of(tile, answers)
    asked = {name: one.query for name, one in zip(tile.frame_names, tile.asks, strict=True)}
    first = next((name for name in tile.frame_names if name in frames and not frames[name].empty), None)
    if first is None:
        return []
    rows = with_names(
        frames[first], catalogue()[asked[first]].things if asked[first] in catalogue() else {}, look.names
    )
    return [Sheet(tile.title, rows, described(rows, asked[first]), scope, shown.notes)]


def written(grid: Grid) -> Mapping[str, tuple[str, str]]:
    """The columns of ``grid`` that say something: buttons do not."""
    return {name: column for name, column in grid.columns.items() if name not in grid.buttons}


def described(frame: pd.DataFrame, query: str) -> Mapping[str, tuple[str, str]]:
    """Label and kind of every column of ``frame``, as the header of ``query`` says; a column without a label is called by
    its name."""
    known = catalogue()[query].described if query in catalogue() else {}
    words = {str(name): str(name).replace("_", " ").capitalize() for name in frame.columns}
    return {
        name: (known[name].label or word, known[name].kind) if name in known else (word, "text")
        for name, word in words.items()
    }


def scope_of(tile: Tile, answers: Sequence[Answer], look: ViewContext) -> Scope:
    """What the rows of ``tile`` are of, by what was asked."""
    params: dict[str, Any] = {}
    for one in reversed(tile.asks):  # the first question speaks for the tile
        params |= dict(one.params)
    chosen = str(params.get("workspaces") or "")
    count = len(chosen.split(","))
    where = (f"workspace {chosen}" if count == 1 else f"{count} workspaces") if chosen else ALL_WORKSPACES
    start, end = params.get("start"), params.get("end")
    return Scope(
        start if isinstance(start, dt.date) else None,
        end if isinstance(end, dt.date) else None,
        str(params.get("currency", look.currency)),
        str(params.get("basis", look.basis)),
        where,
        min((a.read_at for a in answers if a.read_at), default=None),
    )
