"""The deadlines that people declared."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.text import format as fmt
from components.text.names import jobs_apart
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from things import ThingColumn

COLUMNS = {
    "name": ("Job", "text"),
    "due_time": ("Done by", "text"),
    "zone": ("Time zone", "text"),
    "declared_at": ("Declared", "time"),
    "declared_by": ("By", "text"),
}
THINGS = {
    "name": ThingColumn("job", ("workspace_id", "job_id")),
    "declared_by": ThingColumn("principal", ("declared_by",)),
}
JOB = ["workspace_id", "job_id"]


@panel("Declared deadlines", height=240)
def declared(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """What people promised of a job: it judges the job's days in place of its habit."""
    # ``declared`` are rows of :func:`approvals.deciding.deadlines.frame`, ``job_schedules`` say what the jobs are called.
    rows, named = frames["declared"], frames["job_schedules"].drop_duplicates(JOB, keep="last")[[*JOB, "name"]]
    if rows.empty:
        jobs = fmt.counted(len(named), "job")
        return Empty(f"0 of {jobs} have a declared deadline: each is judged by its habit.", "Declare some below.")
    found = rows.merge(named, on=JOB, how="left")
    found["name"] = found["name"].where(found["name"].notna(), found["job_id"])
    found["declared_at"] = pd.to_datetime(found["declared_at"], utc=True)
    shown = jobs_apart(found.sort_values(["name", *JOB], ignore_index=True))
    jobs = fmt.counted(len(shown), "job has a declared deadline", "jobs have declared deadlines")
    newest = shown["declared_at"].max().to_pydatetime()
    return [Finding(f"{jobs}, the newest of {fmt.moment(newest, look.zone)}"), Grid(shown, COLUMNS, things=THINGS)]
