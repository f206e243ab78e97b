"""What stands in the place of a body while it waits is as high as what was drawn there last."""

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import pytest
import streamlit as st

from components.tiles import heights
from components.tiles.tile import Body, Finding, Grid, Metric, Metrics, Note, Plot, Tile


def tile(height: int = 320, waits: int = 0) -> Tile:
    return Tile("here", "Here", "Why.", (), lambda frames, look: Finding(""), height=height, waits=waits)


def grid(rows: int, caption: str = "") -> Grid:
    return Grid(pd.DataFrame({"name": ["a"] * rows}), {"name": ("Name", "text")}, caption)


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def test_before_anything_was_drawn_the_tile_says_how_high_it_will_be() -> None:
    assert heights.waiting(tile(height=300)) == 300
    assert heights.waiting(tile(height=300, waits=500)) == 500


@pytest.mark.parametrize(
    ("bodies", "pixels"),
    [
        ([Plot(go.Figure(), "Up.", height=240)], 240),
        ([grid(3)], 4 * 31),
        ([replace(grid(3), wraps=True)], 31 + 3 * 69),
        ([grid(300)], 320),  # it scrolls within the height of its tile
        ([grid(3, "Words.")], 4 * 31 + 7 + 21),
        ([Metrics([Metric("a", "1")])], 84),
        ([Note("Short.")], 21),
        ([Note("word " * 60)], 2 * 21),
        ([Plot(go.Figure(), "Up.", height=240), grid(3)], 240 + 7 + 4 * 31),
        ([], 21),  # its title says it all
    ],
)
def test_then_it_holds_free_what_was_drawn(bodies: list[Body], pixels: int) -> None:
    heights.remember(tile(waits=500), bodies, [])
    assert heights.waiting(tile(waits=500)) == pixels


def test_small_notes_are_lines_of_their_own() -> None:
    heights.remember(tile(), [Note("Short.")], ["Older than usual."])
    assert heights.waiting(tile()) == 21 + 7 + 21
