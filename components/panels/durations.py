"""PipelineOps, how long it takes: what still runs, what has become slower, where the time goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from components.figures.lines import multiples
from components.figures.stacked import stacked
from components.panels.failed_runs import RUN, with_proposals
from components.text import format as fmt
from components.text.names import jobs_apart
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Proposes
from things import ThingColumn

OVER = 2  # times its usual: from then on a run that is still running is worth a look
CANCEL = "job.cancel_run"


def worst(rows: pd.DataFrame, one: str, many: str, by: str, says: Callable[[Any], str]) -> str:
    """How many rows there are, and what the one with most of ``by`` ``says``."""
    said = fmt.counted(len(rows), one, many)
    for row in rows[rows[by].notna()].sort_values(by, ascending=False, kind="stable").head(1).itertuples():
        said += f"; {plain(row.name, 40)} {says(row)}"
    return said


def _usual(job: Any) -> str:
    return f"for {fmt.duration(job.elapsed)}, {fmt.number(job.ratio)} times its usual"


@panel("Still running")
def running(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Runs without an end, against what is usual for the job; those that take more than twice as long are red, and can be
    proposed to be cancelled."""
    query, frame = "pipelineops.running_now", frames["running_now"]
    if frame.empty:
        return Empty("No run is without an end: 30 days were looked at.")
    rows = with_proposals(jobs_apart(frame), frames)
    over = rows["ratio"].gt(OVER).fillna(False)
    known = rows.get("proposal", pd.Series(None, rows.index, dtype=object))
    shown = rows.assign(
        over=over,
        run=[fmt.moment(None if pd.isna(at) else at.to_pydatetime(), look.zone) for at in rows["started"]],
        run_of=rows["name"],
        kind=CANCEL,
        propose=pd.Series("Cancel …", rows.index, dtype=object).where(over & known.isna(), None),
    )
    things = {**things_of(query), "run": RUN, "run_of": RUN, "proposal": ThingColumn("proposal", ("proposal_id",))}
    columns = {"name": ("Job", "text"), "run": ("Run", "text"), **labelled(query, ("elapsed", "usual", "ratio"))}
    columns |= {"propose": ("", "text")} | ({"proposal": ("Proposal", "text")} if "proposal" in rows else {})
    said = worst(rows, "run is running", "runs are running", "ratio", _usual)
    red = {"over": f"color: {tokens(look.theme).act}; font-weight: 700"}
    return [
        Finding(said),
        Grid(shown, columns, things=things, styles=red, proposes={"propose": Proposes("run_of", "kind")}),
    ]


slower = grid(
    "Slower than before",
    "pipelineops.duration_regression",
    "Jobs whose last week takes at least 1.3 times as long as the weeks before.",
    key="slower",
    columns=("name", "base_p50", "recent_p50", "ratio", "recent_runs"),
    finding=lambda rows, _: worst(
        rows, "job is slower", "jobs are slower", "ratio", lambda job: f"takes {fmt.number(job.ratio)} times as long"
    ),
    empty="No job has become slower in this period.",
    hint="1.3 times and two minutes are the limits.",
    offers="notify.owner",
)


@panel("Duration of the busiest jobs", height=360)
def durations(frames: Frames, look: ViewContext) -> Body:
    """The 95th percentile per day, all on one scale."""
    frame = frames["duration_by_day"]
    return multiples(
        jobs_apart(frame),
        look,
        panel="name",
        x="day",
        value="p95",
        unit="seconds",
        thing=things_of("pipelineops.duration_by_day")["name"],
    )


PHASES = {"queue": "Queued", "setup": "Setting up", "execution": "Working", "cleanup": "Cleaning up"}


@panel("Waiting, setting up or working")
def phases(frames: Frames, look: ViewContext) -> Body:
    """Where the time of the longest jobs goes."""
    frame = frames["phases"].head(14)
    if frame.empty:
        return Empty("No phase times in this period.", "Databricks records them since December 2025.")
    long = jobs_apart(frame).melt(
        id_vars=["name", "workspace_id", "job_id"], value_vars=list(PHASES), var_name="phase", value_name="seconds"
    )
    long["phase"] = long["phase"].map(PHASES)
    return stacked(
        long,
        look,
        x="name",
        series="phase",
        value="seconds",
        unit="seconds",
        axis="name",
        thing=things_of("pipelineops.phases")["name"],
    )
