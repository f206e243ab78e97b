"""Overview: how the month goes, and what changed since yesterday."""

from __future__ import annotations

from components.text import format as fmt
from components.text.names import told_apart
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Frames, Grid, Note


@panel("What changed since yesterday", height=420)
def changes(frames: Frames, look: ViewContext) -> Body:
    """Most slowdowns, failures and cost steps begin with a change."""
    if frames["changes"].empty:
        return Empty(
            "Nothing changed in the last 24 hours.", "Jobs, privileges, clusters and warehouses were looked at."
        )
    frame = frames["changes"]
    subjects = told_apart(frame["subject"], frame["workspace_id"], frame["subject_id"])
    return Grid(frame.assign(subject=subjects), labelled("overview.changes", ("at", "kind", "subject", "detail")))


@panel("This month")
def month(frames: Frames, look: ViewContext) -> Body:
    """The bill so far and where the month is likely to end."""
    if frames["forecast_total"].empty:
        return Empty("Where the month ends is not known yet.", "A forecast needs seven weeks of billing data.")
    total = frames["forecast_total"].iloc[0]
    spent, low, middle, high = (fmt.money(total[name], look.currency) for name in ("spent", "p10", "p50", "p90"))
    return Note(f"Month to date {spent}, likely {middle} at its end ({low} to {high} in 8 of 10 months like it).")
