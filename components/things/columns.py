"""What is shown of a table's columns: what they are, from which columns they are made and what is made from them."""

from __future__ import annotations

import pandas as pd

from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

MOST = 500  # columns, and pairs of columns
COLUMNS = "things.table_columns"


@panel("Its columns", height=360)
def columns(frames: Frames, look: ViewContext) -> list[Body]:
    """As the table is now, in its own order, with their tags."""
    frame = frames["table_columns"]
    if frame.empty:
        return [Empty("No column of it is known.", "They are listed of tables that this app may look into.")]
    tags = frame["tags"].map(
        lambda one: None if one is None or not len(one) else ", ".join(plain(tag, 80) for tag in one)
    )
    parts = [
        fmt.counted(len(frame), "column"),
        f"{int(tags.notna().sum()):,} tagged",
        f"{int(frame['masked'].sum()):,} masked",
    ]
    words = {True: "yes", False: "no"}
    shown = frame.assign(tags=tags, optional=frame["optional"].map(words), masked=frame["masked"].map(words))
    present = [name for name in labelled(COLUMNS) if shown[name].notna().any()]
    kinds = {name: (label, "text") for name, (label, _) in labelled(COLUMNS, present).items()}
    return [Finding(", ".join(parts)), Grid(shown, kinds)]


def lineage_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.table_column_lineage in a sentence: how many columns are made from, and go into, how many others."""
    parts = []
    for side, verb in (("made from", "made from columns of"), ("goes into", "used for columns of")):
        rows = frame[frame["side"] == side]
        known = fmt.counted(int(rows["column_name"].nunique()), "column")
        parts.append(
            f"{known} {verb} {fmt.counted(int(rows['other'].nunique()), 'other table or path', 'other tables or paths')}"
        )
    return "; ".join(parts)


lineage = grid(
    "Where its columns come from and go to",
    "things.table_column_lineage",
    "By column lineage: the columns that its own are written from, and those that are written from its own. What only reads "
    "it, as a person or a dashboard does, is among who reads it.",
    finding=lineage_said,
    empty="No column lineage of it is known in this period.",
    hint="What is read or written by code that Unity Catalog does not see leaves none.",
    key="column_lineage",
    height=320,
)
