"""InfraOps: what stands outside the rules, and of what nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.matrix import matrix
from components.panels import offers
from components.panels.infraops import SOON
from components.panels.infraops_clusters import TERMINATES
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import named, things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY, UNTAGGED = "infraops.rules", "no environment tag"
SHOWN = ("resource", "rule", "environment", "result", "value", "wanted", "owner", "workspace")


@panel("What stands outside the rules", height=420)
def rules(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Clusters, SQL warehouses and the newest cluster of each job against each rule, by the tag of their environment. What a table
    does not say is not measured, never kept. Policies are written down since December 2025."""
    frame = frames["rules"]
    if frame.empty:
        return [Empty("0 clusters and SQL warehouses are there to be judged.")]
    drawn = matrix(
        by_environment(frame),
        look,
        row="rule",
        column="environment",
        failed="failed",
        unknown="not known",
        whole="things",
        of="resources",
    )
    said = said_of_rules(frame)
    outside = frame[frame["result"].ne("kept")]
    if outside.empty:
        return [said, drawn]
    rows = things_apart(outside.sort_values(["result", "rule"], kind="stable"), "resource", "resource_id")
    offered = offers.offered_of_kinds(rows, "resource", [_offer(row) for row in rows.itertuples()], frames)
    columns = {**offers.after_name(QUERY, SHOWN[:2]), **labelled(QUERY, SHOWN[2:])}
    things = {**things_of(QUERY), "state": offers.STATE}
    return [said, drawn, Grid(offered, columns, things=things, proposes={"propose": offers.button("resource")})]


def by_environment(frame: pd.DataFrame) -> pd.DataFrame:
    """How many things each rule is about in each environment (the tag), and how many of them failed and are not known."""
    rows = frame.assign(environment=named(frame["environment"], UNTAGGED), things=frame["things"].astype("int64"))
    sums = rows.pivot_table(index=["rule", "environment"], columns="result", values="things", aggfunc="sum")
    cells = sums.reindex(columns=["failed", "not known", "kept"]).fillna(0).astype("int64")
    return cells.assign(things=cells.sum(axis=1)).reset_index()


def said_of_rules(frame: pd.DataFrame) -> Finding:
    """The rows of infraops.rules in a sentence."""
    failed, unknown = frame[frame["result"].eq("failed")], frame[frame["result"].eq("not known")]
    things = len({*zip(failed["workspace_id"], failed["resource_kind"], failed["resource_id"], strict=True)})
    cannot = f"; {fmt.counted(int(unknown['things'].sum()), 'time')} nobody could tell" if len(unknown) else ""
    if failed.empty:
        return Finding(f"None of {fmt.counted(frame['rule'].nunique(), 'rule')} is broken{cannot}")
    broken = fmt.counted(failed["rule"].nunique(), "rule")
    breaks = "breaks" if things == 1 else "break"
    return Finding(f"{fmt.counted(things, 'resource')} {breaks} {broken}{cannot}", "watch")


def _offer(row: Any) -> Offer | None:
    """To stop by itself, where that is the rule; else to tell the owner, where it is known, what should be."""
    if row.result != "failed":
        return None
    why = f"{plain(row.resource, 80)} breaks the rule “{row.rule}”: it is {plain(row.value, 120)}, it should be {row.wanted}."
    if row.rule == "stops by itself":
        kind, name, minutes = {
            "warehouse": ("warehouse.set_autostop", "auto_stop_minutes", SOON),
            "cluster": ("cluster.set_autotermination", "auto_termination_minutes", TERMINATES),
        }[row.resource_kind]
        return Offer(kind, why, {name: minutes})
    if not isinstance(row.owner, str):
        return None
    subject = plain(f"{row.resource} breaks the rule “{row.rule}”", 120)
    return Offer("notify.owner", why, {"recipient": row.owner, "subject": subject, "text": why})
