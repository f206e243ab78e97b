"""What is shown of a table: who reads and who writes it."""

from __future__ import annotations

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from queries.catalogue import catalogue

MOST = 300  # who is listed


@panel("Who reads and writes it", height=360)
def users(frames: Frames, look: ViewContext) -> list[Body]:
    """From lineage and from requests to Unity Catalog, by name, by the path of its storage, or as it is shared."""
    frame = frames["table_users"]
    if frame.empty:
        return [Empty("Nobody read or wrote it in this period.")]
    readers, writers = int((frame["reads"] > 0).sum()), int((frame["writes"] > 0).sum())
    said = f"{fmt.counted(readers, 'reader')} and {fmt.counted(writers, 'writer')} in this period."
    things = catalogue()["things.table_users"].things
    return [Finding(said), Grid(frame, labelled("things.table_users"), things=things)]
