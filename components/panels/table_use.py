"""DataOps: tables that nobody reads, and columns that are gone under those who read them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Said, capital, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Proposes

BUTTON = Proposes("table_name", "act")
_READERS = {"jobs": "job", "dashboards": "dashboard", "others": "other"}


@panel("Written and not read", height=420)
def unread(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Tables that are written again and again and that nobody but those who write them has read for 100 days: by name, by path,
    through views or with a credential for their files. Engines outside leave no trace."""
    query, rows = "dataops.unread", frames["unread"]
    if rows.empty:
        return Empty("Every table that is written again and again was read in 100 days.")
    apart = told_apart(rows["writer"], rows["workspace_id"].fillna(""), rows["writer_id"])
    known = rows.assign(writer=apart, act="ticket.open", propose="Propose")
    most = rows.iloc[0]
    of = f"{len(rows):,} of {int(most['tables']):,} written tables"
    said = f"Nobody has read {of} for 100 days; {plain(most['table_name'], 40)} first"
    columns = {**labelled(query), "propose": ("", "text")}
    return [Finding(said, "watch"), Grid(known, columns, things=things_of(query), proposes={"propose": BUTTON})]


@panel("Columns that are gone under their readers", height=320)
def gone_columns(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Columns that were read in the last 30 days and that their tables no longer have: dropped or renamed. Counted are those who
    read the column, not the table; who reads the files by their path leaves no column."""
    query, rows = "dataops.gone_columns", frames["gone_columns"]
    if rows.empty:
        return Empty("No column that was read in 30 days is gone.")
    known = rows.assign(act="ticket.open", propose="Propose")
    columns = {**labelled(query), "propose": ("", "text")}
    return [
        Finding(capital(_gone(rows)), "act"),
        Grid(known, columns, things=things_of(query), proposes={"propose": BUTTON}),
    ]


def gone_said(frames: Frames, look: ViewContext) -> Said:
    """The part of the first row about columns that are gone."""
    rows = frames["gone_columns"]
    if rows.empty:
        return Said("no column that is read is gone", "ok")
    which = things_of("dataops.gone_columns")["table_name"]
    return Said(_gone(rows), "act", (name_in(rows.iloc[0], "table_name", which),))


def _gone(rows: pd.DataFrame) -> str:
    """The column that most read, with who that is, and how many others are gone."""
    first = rows.iloc[0]
    readers = [fmt.counted(int(first[name]), word) for name, word in _READERS.items() if first[name]]
    more = f"; {len(rows) - 1:,} more" if len(rows) > 1 else ""
    name = f"column {plain(first['column_name'], 20)} of {plain(first['table_name'], 40)}"
    return f"{name} is gone; {', '.join(readers)} read it{more}"
