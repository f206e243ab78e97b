"""FinOps: which resources lost their tags, and what they have cost since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.panels import offers
from components.panels.amounts import worth
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

LOST = {"centre": "cost centre", "team": "team"}  # frame -> the tag that was lost
LOST_COLUMNS = ("tag_value", "last_tagged", "days", "cost", "owner")


@panel("Tags that were lost")
def lost_tags(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Resources that named a cost centre or a team until then and none since, by what they have cost without it. This period
    and the 60 days before it are looked at."""
    query = "finops.lost_tags"
    both = pd.concat([frames[name].assign(tag=tag) for name, tag in LOST.items()], ignore_index=True)
    lost = both.sort_values("cost", ascending=False, na_position="last", kind="stable")
    lost["resource"] = told_apart(lost["resource"], lost["workspace_id"], lost["resource_kind"], lost["resource_id"])
    if lost.empty:
        return Empty("No resource lost its cost centre or team.")
    once = lost.drop_duplicates(["workspace_id", "resource_kind", "resource_id"])  # who lost both cost that once
    first = plain(once.iloc[0]["resource"], 40)
    who = first if len(once) == 1 else f"{len(once):,} resources, {first} first,"
    said = f"{who} lost the tag and cost {fmt.money(worth(once['cost']), look.currency)} since"
    lost = offers.offered_of_kinds(lost, "resource", [_tag_again(row, look) for row in lost.itertuples()], frames)
    columns = {**offers.after_name(query, ("resource",)), "tag": ("Tag", "text"), **labelled(query, LOST_COLUMNS)}
    things = {**things_of(query), "state": offers.STATE}
    return [Finding(said, "watch"), Grid(lost, columns, things=things, proposes={"propose": offers.button("resource")})]


def _tag_again(row: Any, look: ViewContext) -> Offer | None:
    """To ask the owner for the tag: those of compute and jobs are set where they are defined."""
    if not isinstance(row.owner, str):
        return None
    name, cost = plain(row.resource, 80), fmt.money(row.cost, look.currency)
    was = f"“{plain(row.tag_value, 60)}”" if isinstance(row.tag_value, str) else "one"
    lost = f"{name} lost the tag of its {row.tag} on {fmt.day(row.last_tagged.date())}; it was {was}."
    text = f"{lost} It has cost {cost} since. Please set it again."
    subject = plain(f"{name} lost the tag of its {row.tag}", 120)
    return Offer("notify.owner", text, {"recipient": row.owner, "subject": subject, "text": text})
