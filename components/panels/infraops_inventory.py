"""InfraOps: which clusters and SQL warehouses there are, how each is set up, and what was changed in that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.panels import offers
from components.panels.changes import ADDED, with_proposals
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.names import things_apart, told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from spelling import folded
from things import ThingColumn

QUERY, CHANGES = "infraops.inventory", "infraops.compute_changes"
LOOKED_IN = (
    "resource",
    "owner",
    "made_by",
    "size",
    "runtime",
    "access_mode",
    "policy",
    "tags",
    "workspace",
    "resource_kind",
)
SHOWN = (
    "resource", "resource_kind", "owner", "made_by", "size", "runtime", "access_mode", "policy", "auto_stop_minutes", "tags",
    "workspace", "changed",
)  # fmt: skip
GONE = ("resource", "resource_kind", "deleted", "owner", "made_by", "size", "workspace")


def inventory_of(find: str) -> Panel:
    """The panel of the clusters and warehouses in which ``find`` is written somewhere; of all where it is empty."""

    @panel("What compute is there?", height=420)
    def inventory(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """The newest version of every SQL warehouse and of every cluster that people made; what was deleted in this period stands
        apart. Clusters of jobs live for a run: they are judged under Rules."""
        frame = things_apart(frames["inventory"], "resource", "resource_id")
        rows = frame[frame.apply(lambda row: _has(row, find), axis=1)] if find and len(frame) else frame
        there, gone = rows[rows["deleted"].isna()], rows[rows["deleted"].notna()]
        if there.empty and gone.empty:
            return [Empty(f"0 of {fmt.counted(len(frame), 'cluster or warehouse', 'clusters and warehouses')} has it.")]
        bodies: list[Body] = [_found(there, gone, find)]
        if len(there):
            made = [_untagged(row) for row in there.itertuples()]
            bodies.append(
                Grid(
                    offers.offered_of_kinds(there, "resource", made, frames),
                    offers.after_name(QUERY, SHOWN),
                    things={**things_of(QUERY), "state": offers.STATE},
                    proposes={"propose": offers.button("resource")},
                )
            )
        if len(gone):
            bodies.append(Grid(gone, labelled(QUERY, GONE), "deleted in this period", things=things_of(QUERY)))
        return bodies

    return inventory


def _has(row: Any, find: str) -> bool:
    return any(folded(find) in folded(row[name]) for name in LOOKED_IN if isinstance(row[name], str))


def _found(there: pd.DataFrame, gone: pd.DataFrame, find: str) -> Finding:
    kinds = there["resource_kind"].value_counts()
    said = f"{fmt.counted(int(kinds.get('cluster', 0)), 'cluster')}, {fmt.counted(int(kinds.get('warehouse', 0)), 'warehouse')}"
    bare, nobodys = int(there["tags"].isna().sum()), int(there["owner"].isna().sum())
    has = f" with “{plain(find, 20)}”" if find else ""
    deleted = f"; {len(gone):,} deleted in this period" if len(gone) else ""
    return Finding(f"{said}{has}: {bare:,} without a tag, {nobodys:,} without an owner{deleted}")


def _untagged(row: Any) -> Offer | None:
    if isinstance(row.tags, str) or not isinstance(row.owner, str):
        return None
    name = plain(row.resource, 80)
    text = f"{name} has no tag: nobody can say who pays for it. Please set the tag of its cost centre."
    subject = plain(f"{name} has no tag", 120)
    return Offer("notify.owner", text, {"recipient": row.owner, "subject": subject, "text": text})


@panel("Who changed which setting?", height=420)
def compute_changes(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Settings of SQL warehouses and clusters that became different, before → after, with who did it where the audit log says so, and
    the proposal that did. A version that is written again unchanged is no change."""
    frame = frames["compute_changes"]
    if frame.empty:
        return Empty("0 settings of clusters and SQL warehouses were changed in this period.")
    if "proposal_id" not in frame:
        frame = with_proposals(frame, ())
    names = told_apart(frame["name"], frame["workspace_id"], frame["thing_id"], frame["kind"])
    things = frame[["kind", "workspace_id", "thing_id"]].drop_duplicates()
    nobody = int(frame["who"].isna().sum())
    by = f"; of {nobody:,} nobody knows who" if nobody else ""
    said = f"{fmt.counted(len(frame), 'change')} of {fmt.counted(len(things), 'cluster or warehouse', 'clusters and warehouses')}{by}"
    shown = frame.assign(name=names, what=frame["what"].map(lambda what: change_in_words(what, look.names)))
    columns = {**labelled(CHANGES), **ADDED}
    return [
        Finding(said),
        Grid(
            shown, columns, things={**things_of(CHANGES), "proposal_title": ThingColumn("proposal", ("proposal_id",))}
        ),
    ]
