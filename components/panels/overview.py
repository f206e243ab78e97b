"""Overview: what changed since yesterday."""

from __future__ import annotations

from components.text.names import told_apart
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Frames, Grid


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
