"""What is shown of those that things belong to: a person or service, a workspace, a cost centre."""

from __future__ import annotations

import pandas as pd

from components.text import format as fmt
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from things import ThingColumn

MOST = 50  # things of each product of a workspace
COSTLY = {
    "resource": ("Name", "text"), "resource_kind": ("Kind", "code"), "product": ("Product", "code"),
    "workspace": ("Workspace", "text"), "cost": ("Cost", "money"),
}  # fmt: skip


def owned_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """``5 jobs and 1 pipeline``: how many things of each kind."""
    counts = frame["resource_kind"].value_counts()
    kinds = [fmt.counted(int(count), str(kind).lower()) for kind, count in counts.items()]
    return " and ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))


owned = grid(
    "What is theirs",
    "things.owned",
    "Jobs and pipelines that run as them, warehouses and clusters that are theirs, as of now.",
    finding=owned_said,
    empty="Nothing of this region runs as them or is theirs.",
    key="owned",
    height=320,
)


@panel("What is in it", height=360)
def costly(frames: Frames, look: ViewContext) -> list[Body]:
    """The things that cost most in the period, the dearest first."""
    frame = frames["spend_tree"]
    frame = frame[frame["resource_id"].notna()].sort_values("cost", ascending=False, na_position="last")
    if frame.empty:
        return [Empty("Nothing of it was billed in this period.")]
    things = {
        "resource": ThingColumn("", ("workspace_id", "resource_id"), "resource_kind"),
        "workspace": ThingColumn("workspace", ("workspace_id",)),
    }
    named = things_apart(frame, "resource", "resource_id")
    first = named.iloc[0]
    most = f"{plain(first['resource'], 40)} costs most, {fmt.money(first['cost'], look.currency)}"
    said = f"{most}, of {fmt.counted(len(named), 'thing')} listed" if fmt.known(first["cost"]) else ""
    return [*([Finding(said)] if said else []), Grid(named, COSTLY, things=things)]
