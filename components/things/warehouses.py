"""What is shown of a SQL warehouse: when it works and runs without work, how long people wait, who uses it."""

from __future__ import annotations

import pandas as pd

from components.figures.change_marks import with_changes
from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn

DAYS = 6  # of hours before today: with today no more than seven


@panel("When it works")
def hours(frames: Frames, look: ViewContext) -> list[Body]:
    """Each clock hour (UTC) of the last seven days: the part in which a statement ran, and the part without any."""
    frame = frames["warehouse_hours"]
    if frame.empty:
        return [
            Empty("It did not run in the last seven days.", "Or its events and statements are those of another region.")
        ]
    ink, words = tokens(look.theme), {"busy": "busy", "idle": "without work"}
    long = frame.rename(columns=words).melt("hour", list(words.values()), "part", "share")
    long["minutes"] = long["share"] * 60
    drawn = stacked(
        long,
        look,
        x="hour",
        series="part",
        value="minutes",
        unit="number",
        things="minutes",
        height=220,
        colours={"busy": ink.series[0]},
        idle="without work",
    )
    return [said_of(frame), with_changes(drawn, frames.get("changes"), look)]


def said_of(frame: pd.DataFrame) -> Note:
    """The rows of things.warehouse_hours in a sentence."""
    busy, idle = float(frame["busy"].sum()), float(frame["idle"].sum())
    share = idle / (busy + idle) if busy + idle else 0.0
    text = f"It ran {fmt.number(busy + idle)} h in the last seven days, {fmt.percent(share, 0)} of them without work."
    return Finding(text, "watch" if share > 0.5 and idle >= 5 else "plain")


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """The worst that its hours tell, for the sentence."""
    frame = frames["warehouse_hours"]
    said = said_of(frame) if len(frame) else None
    return said if said is not None and said.tone == "watch" else None


@panel("Who waits for it")
def waits(frames: Frames, look: ViewContext) -> list[Body]:
    """Statements and their waits by day: in the queue while it was full, and until it had started."""
    frame = frames["warehouse_waits"]
    if frame.empty:
        return [Empty("Nobody sent it a statement in this period.")]
    queued, starting = float(frame["queued"].sum()), float(frame["starting"].sum())
    text = f"Statements waited {fmt.duration(queued)} in its queue and {fmt.duration(starting)} for its start."
    newest = frame.sort_values("day", ascending=False)
    return [Finding(text, "watch" if queued >= 3600 else "plain"), Grid(newest, labelled("things.warehouse_waits"))]


def users(workspace: str) -> Panel:
    """The panel of those who use a warehouse of ``workspace``."""

    @panel("Who uses it")
    def warehouse_users(frames: Frames, look: ViewContext) -> list[Body]:
        """Jobs, pipelines, dashboards and people by the statements that they sent."""
        frame = frames["warehouse_users"]
        if frame.empty:
            return [Empty("Nobody sent it a statement in this period.")]
        sent = int(frame["statements"].sum())
        said = Finding(f"{fmt.counted(len(frame), 'user')} sent it {fmt.counted(sent, 'statement')}")
        things = {
            "consumer": ThingColumn("", ("workspace_id", "consumer_id"), "consumer_kind"),
            "owner": ThingColumn("principal", ("owner",)),
        }
        return [said, Grid(frame.assign(workspace_id=workspace), USERS, things=things)]

    return warehouse_users


USERS = {
    "consumer": ("Who", "text"), "consumer_kind": ("Kind", "text"), "owner": ("Runs as", "text"),
    "statements": ("Statements", "count"), "last_used": ("Last used", "time"),
}  # fmt: skip
