"""A page whose tiles reach every face; its questions exist, its answers are set by the tests."""

from __future__ import annotations

import pandas as pd

from components.panels.finops import per_day
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Empty, Frames, Grid, Metric, Metrics, Note, Tile
from warehouse.interface import ask

READY, NO_GRANT, LATE, STALE, PENDING, UNKNOWN = (
    ask("finops.spend_by_day"), ask("finops.unpriced"), ask("finops.daily_total"), ask("finops.spend_total"),
    ask("finops.untagged"), ask("finops.currencies"),
)  # fmt: skip


def note(frames: Frames, look: ViewContext) -> Body:
    return Note("Here is the note", "ok")


def total(frames: Frames, look: ViewContext) -> Body:
    return Metrics([Metric("Total", str(frames["spend_by_day"]["cost"].sum()))])


def nothing(frames: Frames, look: ViewContext) -> Body:
    return Empty("Checked 12 jobs, none late.", "Look at a longer period.")


def broken(frames: Frames, look: ViewContext) -> Body:
    raise ZeroDivisionError("secret detail")


def undrawable(frames: Frames, look: ViewContext) -> Body:
    return Grid(pd.DataFrame({"a": [1]}), {"absent": ("Absent", "count")})


def grid(frames: Frames, look: ViewContext) -> Body:
    frame = pd.DataFrame({"job": ["<b>evil</b>"], "url": ["javascript:alert(1)"], "cost": [None]})
    return Grid(frame, {"job": ("Job", "text"), "cost": ("Cost", "money")}, "one row", {"job": "url"})


TILES = [
    Tile("ready", "Ready tile", "Why *ready*", [READY], total),
    Tile("plot", "Plot tile", "why", [READY], per_day),
    Tile("grid", "Grid tile", "why", [READY], grid),
    Tile("empty", "Empty tile", "why", [READY], nothing),
    Tile("broken", "Broken tile", "why", [READY], broken),
    Tile("undrawable", "Undrawable tile", "why", [READY], undrawable),
    Tile("no-grant", "Forbidden tile", "why", [READY, NO_GRANT], note),
    Tile("late", "Late tile", "why", [LATE], note),
    Tile("stale", "Stale tile", "why", [STALE], note),
    Tile("refused", "Refused tile", "why", [UNKNOWN], note),
    Tile("pending", "Pending tile", "why", [PENDING], note),
    Tile("last", "Last tile", "why", [READY], note),
]
ROWS = [TILES[:3], TILES[3:6], TILES[6:9], TILES[9:]]
