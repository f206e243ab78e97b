"""What is shown of a Genie space: how often it is asked, by how many, and what they think of the answers."""

from __future__ import annotations

from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY = "things.space_days"


@panel("How it is asked", height=320)
def days(frames: Frames, look: ViewContext) -> list[Body]:
    """Questions by UTC day, from the audit log, and the thumbs they got."""
    frame = frames["space_days"]
    if frame.empty:
        return [Empty("Nobody asked it in this period.", "Questions are in the audit log of its workspace.")]
    asked, liked, not_liked = (int(frame[name].sum()) for name in ("asked", "liked", "disliked"))
    most = fmt.counted(int(frame["people"].max()), "person", "people")
    said = f"Asked {fmt.counted(asked, 'time')} on {fmt.counted(len(frame), 'day')}, at most by {most} a day"
    if liked + not_liked:
        said += f"; {not_liked:,} of {fmt.counted(liked + not_liked, 'thumb')} down"
    drawn = stacked(
        frame.assign(what="questions"),
        look,
        x="day",
        series="what",
        value="asked",
        unit="number",
        things="questions",
        height=220,
    )
    newest = frame.sort_values("day", ascending=False)
    return [Finding(f"{said}.", "watch" if not_liked > liked else "plain"), drawn, Grid(newest, labelled(QUERY))]
