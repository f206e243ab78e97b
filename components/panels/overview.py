"""Overview: how the month goes, and what changed since yesterday."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn

SUBJECT = ThingColumn("", ("workspace_id", "subject_id"), "opens")


@panel("What changed since yesterday", height=420)
def changes(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Most slowdowns, failures and cost steps begin with a change."""
    if frames["changes"].empty:
        return Empty(
            "Nothing changed in the last 24 hours.", "Jobs, privileges, clusters and warehouses were looked at."
        )
    frame = frames["changes"]
    subjects = told_apart(frame["subject"], frame["workspace_id"], frame["subject_id"])
    kinds = frame["kind"].value_counts()
    said = f"{fmt.counted(len(frame), 'change')} in the last 24 hours; {kinds.iloc[0]:,} × {plain(kinds.index[0], 40)}"
    opens = pd.Series(map(_kind, frame["kind"], frame["subject_id"]), frame.index, dtype=object)
    columns = labelled("overview.changes", ("at", "kind", "subject", "detail"))
    return [
        Finding(said),
        Grid(frame.assign(subject=subjects, opens=opens), columns, things={"subject": SUBJECT}),
    ]


def _kind(change: str, subject: str | None) -> str | None:
    """What kind of thing changed, by the first word of the change; a privilege is on a table where its name has three parts."""
    word = change.split(" ")[0]
    return word if word != "privilege" else "table" if str(subject).count(".") == 2 else None


@panel("This month")
def month(frames: Frames, look: ViewContext) -> Body:
    """The bill so far and where the month is likely to end."""
    if frames["forecast_total"].empty:
        return Empty("Too few complete days for a forecast of the month: it needs 49 in a row.")
    total = frames["forecast_total"].iloc[0]
    spent, low, middle, high = (fmt.money(total[name], look.currency) for name in ("spent", "p10", "p50", "p90"))
    return Note(f"Month to date {spent}, likely {middle} at its end ({low} to {high} in 8 of 10 months like it).")
