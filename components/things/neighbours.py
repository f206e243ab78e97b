"""Whose work a job or pipeline needs, and who needs its."""

from __future__ import annotations

import pandas as pd

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.grid import grid

MOST = 200  # on both sides together


def said_of(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.neighbours in a sentence: how many stand on each side."""
    needs, needed = (int((frame["side"] == side).sum()) for side in ("it needs", "needs it"))
    before = f"It needs what {fmt.counted(needs, 'other')} " + ("writes" if needs == 1 else "write")
    after = f"{fmt.counted(needed, 'other')} " + ("needs" if needed == 1 else "need")
    return f"{before}; {after} what it writes"


neighbours = grid(
    "What it needs, and who needs it",
    "things.neighbours",
    "Jobs, pipelines, dashboards and people that share a table with it: those who write what it reads, and those who read "
    "what it writes. What is read by its path only leaves no lineage.",
    finding=said_of,
    empty="Nobody is known to write what it reads, or to read what it writes, in this period.",
    key="neighbours",
    height=280,
)
