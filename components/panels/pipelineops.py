"""PipelineOps: did it run, on time, how often, at what cost."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.bars import pareto, ranked
from components.figures.heatmap import sla_heatmap
from components.figures.lines import burn_down, multiples
from components.figures.stacked import stacked
from components.panels.verdicts import DRAWN, OPEN, UNCLEAR, against, unjudged
from components.text import format as fmt
from components.text.names import jobs_apart, told_apart
from components.text.tokens import tokens
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Frames, Grid, Metric, Metrics, Note

JOB = {"name": ("Job", "text")}


@panel("This period")
def totals(frames: Frames, look: ViewContext) -> Body:
    """How many runs there were, how many failed, how many promised days were kept."""
    runs, days = frames["runs_by_day"], frames["days"]
    by_state = runs.groupby("state")["runs"].sum()
    failed = int(sum(by_state.get(state, 0) for state in ("FAILED", "ERROR", "TIMED_OUT")))
    done = failed + int(by_state.get("SUCCEEDED", 0))
    judged = days[~days["state"].isin(OPEN)]
    kept = float((judged["state"] == "met").mean()) if len(judged) else None
    bad = runs[runs["state"].isin(["FAILED", "ERROR", "TIMED_OUT"])].groupby("day")["runs"].sum()
    every = pd.date_range(runs["day"].min(), runs["day"].max()).date if len(runs) else ()
    return Metrics(
        [
            Metric("Runs", fmt.number(int(by_state.sum()))),
            Metric("Failed", fmt.number(failed), good="down", trend=tuple(float(bad.get(day, 0)) for day in every)),
            Metric("Success", fmt.percent((done - failed) / done if done else None)),
            Metric("Promised days kept", fmt.percent(kept)),
            Metric("Missing", fmt.number(int((judged["state"] == "missing").sum())), help="Due, but no run came."),
        ]
    )


@panel("On time, job by day", height=560)
def on_time(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Met is quiet; what was not kept gains ink. A learned deadline is a habit, not a promise, until declared."""
    days = frames["days"]
    if days.empty:
        return [Empty("No scheduled job has a deadline yet.", "Learned deadlines need ten successful runs in 30 days.")]
    learned = int((days.drop_duplicates("key")["source"] == "learned").sum())
    jobs = fmt.counted(days["key"].nunique(), "job is", "jobs are")
    said = Note(f"{learned:,} of {jobs} judged by a learned deadline; declare one below.")
    if (days["state"] == "pending").all():
        return [said, Empty("No promise is due yet.")]
    shown = jobs_apart(days).assign(
        detail=[f"{day.source} deadline, {against(day)}" for day in days.itertuples()],
        state=days["state"].replace(DRAWN),
    )
    return [
        said,
        *unjudged(days, frames),
        sla_heatmap(
            shown,
            look,
            row="key",
            label="name",
            day="day",
            state="state",
            detail="detail",
            keys=("workspace_id", "job_id"),
            across=900,
        ),
    ]


@panel("Error budget")
def budget(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """One promised day in twenty may be missed; what is left of that, against an even pace."""
    if frames["burn"].empty:
        return [Empty("No promised day in this period.")]
    return [burn_down(frames["burn"], look, x="day", left="left", planned="planned", unit="number", height=240)]


@panel("Who spent the budget", height=360)
def budgets(frames: Frames, look: ViewContext) -> Body:
    """Jobs by what is left of their error budget, worst first."""
    columns = JOB | {
        "source": ("Deadline", "text"),
        "promised": ("Days", "count"),
        "kept": ("Kept", "count"),
        "missed": ("Missed", "count"),
        "allowed": ("Allowed", "number"),
        "left": ("Left", "number"),
    }
    frame = frames["budget"]
    return Grid(jobs_apart(frame), columns) if len(frame) else Empty("No promised day in this period.")


@panel("Missed and late", height=360)
def missed(frames: Frames, look: ViewContext) -> Body:
    """Each day on which a job did not keep its deadline, newest first; the day is that of the deadline's own zone."""
    days = frames["days"]
    if days["state"].isin(OPEN).all():
        unknown = (days["state"] != "pending").any()
        return Empty("No promised day could be judged." if unknown else "No promised day in this period.")
    bad = jobs_apart(days[~days["state"].isin(["met", *OPEN])]).sort_values(["day", "name"], ascending=[False, True])
    if bad.empty:
        left = int(days["state"].isin(["unknown", UNCLEAR]).sum())
        hint = f"{fmt.counted(left, 'job day')} could not be judged." if left else ""
        return Empty(
            "Every promised day that could be judged was kept." if left else "Every promised day was kept.", hint
        )
    columns = {
        "day": ("Day", "date"),
        **JOB,
        "state": ("State", "text"),
        "due": ("Due", "time"),
        "ended": ("Ended", "time"),
        "source": ("Deadline", "text"),
    }
    return Grid(bad, columns)


@panel("Runs per day")
def runs(frames: Frames, look: ViewContext) -> Body:
    """How the day's runs ended."""
    ink = tokens(look.theme)
    colours = {
        "SUCCEEDED": ink.series[0],
        "FAILED": ink.act,
        "ERROR": ink.act,
        "TIMED_OUT": ink.watch,
        "SKIPPED": ink.unknown,
        "CANCELLED": ink.unknown,
        "RUNNING": ink.info,
    }
    return stacked(frames["runs_by_day"], look, x="day", series="state", value="runs", unit="count", colours=colours)


running = grid(
    "Still running",
    "pipelineops.running_now",
    "Runs without an end, against what is usual for the job.",
    empty="Nothing is running.",
    key="running",
)


slower = grid(
    "Slower than before",
    "pipelineops.duration_regression",
    "Jobs whose last week takes at least 1.3 times as long as the weeks before.",
    key="slower",
    columns=("name", "base_p50", "recent_p50", "ratio", "recent_runs"),
    empty="No job has become slower.",
    hint="1.3 times and two minutes are the limits.",
)


@panel("Duration of the busiest jobs", height=360)
def durations(frames: Frames, look: ViewContext) -> Body:
    """The 95th percentile per day, all on one scale."""
    frame = frames["duration_by_day"]
    return multiples(jobs_apart(frame), look, panel="name", x="day", value="p95", unit="seconds")


PHASES = {"queue": "queued", "setup": "setting up", "execution": "working", "cleanup": "cleaning up"}


@panel("Waiting, setting up or working")
def phases(frames: Frames, look: ViewContext) -> Body:
    """Where the time of the longest jobs goes."""
    frame = frames["phases"].head(14)
    if frame.empty:
        return Empty("No phase times yet.", "Databricks records them since December 2025.")
    long = jobs_apart(frame).melt(id_vars="name", value_vars=list(PHASES), var_name="phase", value_name="seconds")
    long["phase"] = long["phase"].map(PHASES)
    return stacked(long, look, x="name", series="phase", value="seconds", unit="seconds", axis="name")


@panel("Why runs fail")
def codes(frames: Frames, look: ViewContext) -> Body:
    """Termination codes by count: few causes make most of it."""
    return pareto(frames["termination_codes"], look, label="code", value="runs")


@panel("What failures cost")
def failure_cost(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The money of runs that failed in the end, by job."""
    frame = frames["failure_cost"]
    if frame.empty:
        return [Empty("No run failed.")]
    unknown = int(frame["unpriced_runs"].sum())
    bare = fmt.counted(unknown, "failed run has no cost of its own", "failed runs have no cost of their own")
    said = [Note(f"{bare} (all-purpose compute).")] if unknown else []
    return [*said, ranked(jobs_apart(frame), look, label="name", value="cost", top=12)]


repairs = grid(
    "Repairs and retries",
    "pipelineops.repairs",
    "Runs that needed another attempt, and what they cost.",
    empty="No run was repaired.",
)


failing = grid(
    "Failing for more than a day",
    "pipelineops.never_succeeded",
    "Jobs that have not succeeded since, longest first.",
    columns=("name", "owner", "failing_since", "days", "failures", "last_code", "last_success"),
    empty="No job has been failing for more than a day.",
    key="failing",
)


success = grid(
    "Success by job",
    "pipelineops.success_by_job",
    "Share of finished runs that succeeded, worst first.",
    key="success",
    columns=("name", "success_ratio", "runs", "failed", "last_state", "last_started", "owner"),
    empty="No finished run.",
    height=420,
)


@panel("Most expensive jobs", height=420)
def job_costs(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Jobs by cost, and which grow."""
    frame = jobs_apart(frames["job_costs"])
    drawn = ranked(frame, look, label="name", value="cost", top=12)
    if frame.empty:
        return [drawn]
    caption = f"Change {look.versus}" if "change" in frame else ""
    return [drawn, Grid(frame, labelled("pipelineops.job_costs", present=frame.columns), caption)]


@panel("Jobs on all-purpose compute")
def all_purpose(frames: Frames, look: ViewContext) -> Body:
    """They would cost less on job compute; their cost is billed with the cluster."""
    if frames["all_purpose_jobs"].empty:
        return Empty("No job runs on all-purpose compute.")
    frame = jobs_apart(frames["all_purpose_jobs"])
    clusters = told_apart(frame["cluster"], frame["workspace_id"], frame["cluster_id"]).where(
        frame["cluster_id"].notna()
    )
    return Grid(frame.assign(cluster=clusters), labelled("pipelineops.all_purpose_jobs"))


@panel("Pipeline updates")
def updates(frames: Frames, look: ViewContext) -> Body:
    """Declarative pipelines: how the day's updates ended."""
    ink = tokens(look.theme)
    colours = {"COMPLETED": ink.series[0], "FAILED": ink.act, "CANCELED": ink.unknown, "RUNNING": ink.info}
    return stacked(
        frames["pipeline_updates"], look, x="day", series="state", value="updates", unit="count", colours=colours
    )
