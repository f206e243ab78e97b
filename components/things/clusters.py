"""What is shown of a cluster: when it runs, when it runs without work, how busy its machines are."""

from __future__ import annotations

import pandas as pd

from components.figures.change_marks import with_changes
from components.figures.lines import lines
from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Note

DAYS = 6  # of hours before today: with today no more than seven
FULL = 0.9  # of a machine's memory: what is near it cannot be made smaller
WASTE = 5  # hours without work that are worth a look, where they are half of all


@panel("When it runs, and how busy it is", height=520)
def hours(frames: Frames, look: ViewContext) -> list[Body]:
    """Each clock hour (UTC) of the last seven days: minutes with and without work, then the CPU that its machines used and
    the memory of the fullest one. Without work: every machine under 5 % CPU and at most 80 % memory."""
    frame = frames["cluster_hours"]
    if frame.empty:
        return [
            Empty(
                "None of its machines was measured in the last seven days.",
                "It did not run, it is of another region, or its machines lived for less than about ten minutes.",
            )
        ]
    ink = tokens(look.theme)
    parts = frame.assign(busy=frame["minutes"] - frame["idle_minutes"]).rename(columns={"idle_minutes": "without work"})
    drawn = stacked(
        parts.melt("hour", ["busy", "without work"], "part", "minutes_of"),
        look,
        x="hour",
        series="part",
        value="minutes_of",
        things="minutes",
        unit="number",
        height=200,
        colours={"busy": ink.series[0]},
        idle="without work",
    )
    used = lines(
        _gapped(frame),
        look,
        x="hour",
        columns={"cpu": "CPU, mean", "memory": "memory, fullest machine"},
        unit="ratio",
        height=200,
    )
    changes = frames.get("changes")
    return [said_of(frame), with_changes(drawn, changes, look), with_changes(used, changes, look)]


def _gapped(frame: pd.DataFrame) -> pd.DataFrame:
    """With a row for every hour: a line must not bridge the hours in which it did not run."""
    every = pd.date_range(frame["hour"].min(), frame["hour"].max(), freq="h", name="hour")
    return frame.set_index("hour").reindex(every).reset_index()


def said_of(frame: pd.DataFrame) -> Note:
    """The rows of things.cluster_hours in a sentence."""
    ran, idle = float(frame["minutes"].sum()) / 60, float(frame["idle_minutes"].sum()) / 60
    cpu = float((frame["cpu"] * frame["minutes"]).sum() / frame["minutes"].sum())
    memory = float(frame["memory"].max())
    text = f"It ran {fmt.number(ran)} h in the last seven days, {fmt.percent(idle / ran, 0)} of them without work"
    used = f"CPU {fmt.percent(cpu, 0)} on average, memory at most {fmt.percent(memory, 0)}"
    wasted = idle > ran / 2 and idle >= WASTE
    return Finding(f"{text}; {used}.", "watch" if wasted or memory >= FULL else "plain")


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """The worst that its hours tell, for the sentence."""
    frame = frames["cluster_hours"]
    said = said_of(frame) if len(frame) else None
    return said if said is not None and said.tone == "watch" else None


def jobs_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.cluster_jobs in a sentence: how many jobs, and which works most on it."""
    first = frame.iloc[0]
    share = f", {fmt.percent(first['part'], 0)} of the time of all tasks" if fmt.known(first["part"]) else ""
    return f"{fmt.counted(len(frame), 'job')} ran on it; {plain(first['job'], 60)} most{share}"


jobs = grid(
    "Which jobs run on it",
    "things.cluster_jobs",
    "By the tasks that named it among their compute. What people run on it from notebooks is in no system table.",
    finding=jobs_said,
    empty="No task of a job is known to have run on it in this period.",
    key="cluster_jobs",
    height=280,
)
