"""What is shown of the nights of a job: how long what it needs and it took in all, what of it was waiting, and before whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from components.figures.stacked import stacked
from components.frame.page import Page
from components.sections.night_choice import MOST, NIGHTS
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.things.asks import lately
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Lead, Leading, Note, Rows
from things import Thing, ThingColumn

LONG = 900  # seconds, from which on a wait holds up
Judge = Callable[[pd.DataFrame, str, str], pd.DataFrame]  # agents.detectors.night_habits.job_nights
COLUMNS = {
    "run": ("Began", "text"), "by_name": ("Held up before", "text"), "held": ("Waited there", "seconds"), "by_table": ("For", "text"),
    "whole": ("In all", "seconds"), "waited": ("Of it waiting", "seconds"), "earlier": ("Could begin sooner by", "seconds"),
    "steps": ("Runs on the way", "count"), "result_state": ("State", "code"),
}  # fmt: skip
THINGS = {
    "run": ThingColumn("run", ("workspace_id", "runner_id", "run_id")),
    "by_name": ThingColumn("", ("by_workspace", "by_id"), "by_kind"),
    "by_table": ThingColumn("table", ("by_table",)),
}


@panel("What its nights wait for", height=300, waits=620)
def nights(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Its runs of the last days, each with the runs that it waited for through tables: from the begin of the first to its own end,
    and what of it was waiting though what was needed was there. What is read by a path that is no table's is not here."""
    rows = frames["job_nights"]
    if rows.empty:
        return [Empty(f"0 runs of it ended in the last {NIGHTS} days.")]
    told = rows.assign(result_state=rows["state"], run=[fmt.moment(at, look.zone) for at in rows["started"]])
    said = said_of(rows, look)
    if rows["steps"].le(1).all():
        paths = int(rows["by_path"].gt(0).sum())
        return [said, Note(f"{paths:,} of them read or write paths that are no table's.")] if paths else [said]
    parts = pd.concat(
        [
            rows.assign(part="worked", seconds=(rows["whole"] - rows["waited"]).clip(lower=0.0)),
            rows.assign(part="waited", seconds=rows["waited"]),
        ]
    )
    ink = tokens(look.theme)
    colours = {"worked": ink.series[0], "waited": ink.border}
    drawn = stacked(
        parts, look, x="started", series="part", value="seconds", unit="seconds", colours=colours, height=200
    )
    way = Lead("The way of a night", "pipelineops.py", "Night", "night")
    return [said, drawn, Leading("", leads=(way,)), Grid(told, COLUMNS, things=THINGS)]


def said_of(rows: pd.DataFrame, look: ViewContext) -> Finding:
    """``4 of 8 runs were held up for 15 m or more; longest 3 h before clean, 28 Nov 07:00``."""
    held = rows[rows["held"].fillna(0.0).ge(LONG)]
    runs = fmt.counted(len(rows), "run")
    if rows["steps"].le(1).all():
        return Finding(f"None of {runs} waited for another run")
    if held.empty:
        return Finding(f"None of {runs} was held up for {fmt.duration(LONG)} or more", "ok")
    worst = held.sort_values("held", ascending=False, kind="stable").iloc[0]
    before = "it" if worst["by_id"] == worst["runner_id"] else plain(worst["by_name"], 30)
    most = f"longest {fmt.duration(float(worst['held']))} before {before}, {fmt.moment(worst['started'], look.zone)}"
    does = "was" if len(held) == 1 else "were"
    return Finding(f"{len(held):,} of {runs} {does} held up for {fmt.duration(LONG)} or more; {most}", "watch")


def of_job(page: Page, thing: Thing, judge: Judge) -> Rows:
    """The row of the nights of ``thing``; none for what is no job."""
    if thing.kind != "job":
        return []
    asked = lately(page, thing, "pipelineops.night_steps", NIGHTS + 1, limit=MOST)

    def derived(frames: Frames) -> Frames:
        made = {"job_nights": judge(frames["night_steps"], thing.workspace, thing.id)}
        return Frames({**frames, **made}, {**frames.coverage, "job_nights": frames.covered("night_steps")})

    return [[nights.tile(asked, derive=derived, variant=thing.address)]]
