"""What is shown of a dashboard: how often it is looked at, and on which SQL warehouse."""

from __future__ import annotations

from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY = "things.dashboard_use"


@panel("How it is used", height=320)
def use(frames: Frames, look: ViewContext) -> list[Body]:
    """Statements that it sent, by UTC day and SQL warehouse: each of its pictures sends its own."""
    frame = frames["dashboard_use"]
    if frame.empty:
        return [
            Empty("No statement of it is recorded in this period.", "Nobody opened it, or it is of another region.")
        ]
    named = frame.assign(warehouse=frame["warehouse"].fillna(frame["warehouse_id"]))
    sent, failed, days = int(frame["statements"].sum()), int(frame["failed"].sum()), int(frame["day"].nunique())
    said = f"It sent {fmt.counted(sent, 'statement')} on {fmt.counted(days, 'day')}, {failed:,} failed"
    drawn = stacked(
        named,
        look,
        x="day",
        series="warehouse",
        value="statements",
        unit="number",
        things="statements",
        thing=things_of(QUERY)["warehouse"],
        height=220,
    )
    newest = named.sort_values(["day", "warehouse"], ascending=[False, True])
    return [
        Finding(f"{said}.", "watch" if failed else "plain"),
        drawn,
        Grid(newest, labelled(QUERY), things=things_of(QUERY)),
    ]
