"""What is shown of a schema or catalog: what is in it, and whether that is used."""

from __future__ import annotations

import pandas as pd

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.things import grants
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

QUERY = "things.contents"
MOST = 500


@panel("What is in it, and who uses it", height=420)
def contents(frames: Frames, look: ViewContext) -> list[Body]:
    """Its tables, or its schemas, as they are now; readers and writes are those of the period."""
    frame = frames["contents"]
    if frame.empty:
        return [Empty("Nothing is known to be in it.", "What is in it is listed where this app may look into it.")]
    of_tables = frame["part_kind"].iloc[0] == "table"
    hidden = ("tables", "read") if of_tables else ("type",)
    columns = [name for name in labelled(QUERY) if name not in hidden]
    return [said_of(frame), Grid(frame, labelled(QUERY, columns), things=things_of(QUERY))]


def said_of(frame: pd.DataFrame) -> Note:
    """The rows of things.contents in a sentence: how many tables, how many of them nobody read."""
    tables, read = int(frame["tables"].sum()), int(frame["read"].sum())
    parts = [fmt.counted(tables, "table")]
    if frame["part_kind"].iloc[0] == "schema":
        parts.insert(0, fmt.counted(len(frame), "schema"))
    unread = tables - read
    text = f"It holds {' with '.join(parts)}"
    if tables:
        text += f"; {unread:,} of them {'was' if unread == 1 else 'were'} read by nobody in this period"
    return Finding(f"{text}.", "watch" if tables and unread > tables / 2 else "plain")


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """That everybody may reach it, else that most of it is read by nobody, for the sentence."""
    if (wide := grants.finding(frames, look)) is not None:
        return wide
    frame = frames["contents"]
    said = said_of(frame) if len(frame) else None
    return said if said is not None and said.tone == "watch" else None
