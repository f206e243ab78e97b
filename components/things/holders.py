"""What is shown of those that things belong to: a person or service, a workspace, a cost centre."""

from __future__ import annotations

from components.text import format as fmt
from components.text.names import things_apart
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Frames, Grid
from things import ThingColumn

MOST = 50  # things of each product of a workspace
COSTLY = {
    "resource": ("Name", "text"), "resource_kind": ("Kind", "code"), "product": ("Product", "code"),
    "workspace": ("Workspace", "text"), "cost": ("Cost", "money"),
}  # fmt: skip

owned = grid(
    "What is theirs",
    "things.owned",
    "Jobs and pipelines that run as them, warehouses and clusters that are theirs, as of now.",
    empty="Nothing of this region runs as them or is theirs.",
    key="owned",
    height=320,
)


@panel("What is in it", height=360)
def costly(frames: Frames, look: ViewContext) -> Body:
    """The things that cost most in the period, the dearest first."""
    frame = frames["spend_tree"]
    frame = frame[frame["resource_id"].notna()].sort_values("cost", ascending=False, na_position="last")
    if frame.empty:
        return Empty("Nothing of it was billed in this period.")
    things = {
        "resource": ThingColumn("", ("workspace_id", "resource_id"), "resource_kind"),
        "workspace": ThingColumn("workspace", ("workspace_id",)),
    }
    named = things_apart(frame, "resource", "resource_id")
    return Grid(named, COSTLY, caption=f"{fmt.counted(len(named), 'thing')}, by cost", things=things)
