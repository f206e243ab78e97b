"""UserOps: whose statements are slow, fail or queue."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.called import called
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from things import thing_of

QUERY = "userops.slow_sources"


@panel("Slow, failed, queued", height=360)
def slow_sources(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """People, dashboards and tools by the hours that their slow and failed statements and the queue took. A statement counts
    for its person, its dashboard and its tool. Of single people each sees only themselves, those who help see all."""
    rows: pd.DataFrame = frames["slow_sources"]
    if rows.empty:
        return Empty(
            "No statement of a person was slow, failed or queued in this period, among those who sent ten or more."
        )
    tops = [group.iloc[0] for _, group in rows.groupby("source_kind", sort=True)]
    first = max(tops, key=lambda one: float(one["hours"]) if one["source_kind"] != "tool" else -1.0)
    thing = thing_of(things_of(QUERY)["source"], dict(first))
    name = called(thing, str(first["source"]), look.names) if thing else str(first["source"])
    said = (
        f"{fmt.number(float(first['hours']))} h by {plain(name, 50)}: {int(first['slow']):,} of"
        f" {int(first['statements']):,} slow, {int(first['failed']):,} failed, {int(first['queued']):,} queued"
    )
    last = rows.assign(last=rows["source_kind"].eq("tool")).sort_values("last", kind="stable")  # a tool is everybody
    return [Finding(said), Grid(last, labelled(QUERY), things=things_of(QUERY))]
