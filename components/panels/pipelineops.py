"""PipelineOps: did it run, on time, how often, at what cost."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import pandas as pd

from components.figures.bars import pareto, ranked
from components.figures.lines import burn_down
from components.figures.stacked import stacked
from components.panels.durations import worst
from components.panels.verdicts import OPEN, UNCLEAR, late_lately
from components.text import format as fmt
from components.text.codes import in_words, worded
from components.text.names import jobs_apart, told_apart
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled, offering, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn

JOB = {"name": ("Job", "text")}
OF_JOB = {"name": ThingColumn("job", ("workspace_id", "job_id"))}


@panel("Job days that may still be missed")
def budget(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """One job day in twenty may be missed; what is left of that, against an even pace."""
    if frames["burn"].empty:
        return [Empty("No job had a deadline in this period.")]
    burn = frames["burn"].assign(left=[math.floor(round(days, 6)) for days in frames["burn"]["left"]])
    left = int(burn["left"].iloc[-1])
    days = fmt.counted(abs(left), "job day")
    said = (
        f"{days} may still be missed: 1 in 20 is allowed" if left >= 0 else f"{days} missed beyond the allowed 1 in 20"
    )
    drawn = burn_down(burn, look, x="day", left="left", planned="planned", unit="number", of="job days", height=300)
    return [Finding(said), drawn]


@panel("Jobs by missed days", height=360)
def budgets(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Jobs by how many of their days may still be missed, worst first: one in twenty is allowed, in whole days."""
    columns = JOB | {
        "source": ("Deadline", "text"),
        "promised": ("Days", "count"),
        "kept": ("Kept", "count"),
        "missed": ("Missed", "count"),
        "allowed": ("Allowed", "count"),
        "left": ("May still be missed", "days left"),
    }
    frame = frames["budget"]
    if frame.empty:
        return Empty("No job had a deadline in this period.")
    allowed = pd.to_numeric(frame["allowed"]).map(lambda days: math.floor(round(days, 6))).astype("int64")
    frame = frame.assign(allowed=allowed, left=allowed - frame["missed"].astype("int64"))
    over = int((frame["left"] < 0).sum())
    return [
        Finding(f"{over:,} of {fmt.counted(len(frame), 'job')} missed more days than allowed"),
        Grid(jobs_apart(frame), columns, things=OF_JOB),
    ]


@panel("Missed and late", height=360)
def missed(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Each day on which a job did not keep its deadline, newest first; the day is that of the deadline's own zone."""
    days = frames["days"]
    if days["state"].isin(OPEN).all():
        unknown = (days["state"] != "pending").any()
        return Empty(
            f"None of {fmt.counted(len(days), 'job day')} could be judged."
            if unknown
            else "No job had a deadline in this period."
        )
    bad = jobs_apart(days[~days["state"].isin(["met", *OPEN])]).sort_values(["day", "name"], ascending=[False, True])
    if bad.empty:
        left = int(days["state"].isin(["unknown", UNCLEAR]).sum())
        hint = f"{fmt.counted(left, 'job day')} could not be judged." if left else ""
        kept = fmt.counted(int((days["state"] == "met").sum()), "job day")
        return Empty(f"All {kept} {'that could be judged ' if left else ''}were on time.", hint)
    columns = {
        "day": ("Day", "date"),
        **JOB,
        "state": ("State", "text"),
        "due": ("Due", "time"),
        "ended": ("Ended", "time"),
        "source": ("Deadline", "text"),
    }
    late = int((bad["state"] == "late").sum())
    jobs = fmt.counted(bad["key"].nunique(), "job")
    said = f"{fmt.counted(len(bad), 'job day')} of {jobs} missed the deadline: {late:,} late, {len(bad) - late:,} failed or not run"
    return [Finding(said), Note(late_lately(bad, days["day"].max())), Grid(bad, columns, things=OF_JOB)]


def runs_of(today: dt.date | None) -> Panel:
    """The panel of the runs of each day; ``today`` is not over."""

    @panel("Runs per day")
    def runs(frames: Frames, look: ViewContext) -> Body:
        """How the day's runs ended; a hatched day is not over."""
        ink = tokens(look.theme)
        colours = {
            "SUCCEEDED": ink.series[0],
            "FAILED": ink.act,
            "ERROR": ink.act,
            "TIMED_OUT": ink.watch,
            "SKIPPED": ink.unknown,
            "CANCELLED": ink.unknown,
            "RUNNING": ink.series[2],
        }
        return _by_state(worded(frames["runs_by_day"], "pipelineops.runs_by_day"), "runs", colours, look, today)

    return runs


runs = runs_of(None)


@panel("Why runs fail")
def codes(frames: Frames, look: ViewContext) -> Body:
    """Termination codes by count: few causes make most of it."""
    frame = frames["termination_codes"]
    said = frame["code"].map(in_words, na_action="ignore")
    return pareto(frame.assign(said=said), look, label="said", value="runs", of="runs", detail="code")


@panel("What failures cost")
def failure_cost(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The money of runs that failed in the end, by job."""
    frame = frames["failure_cost"]
    if frame.empty:
        return [Empty("No run failed in this period.")]
    unknown = int(frame["unpriced_runs"].sum())
    bare = fmt.counted(unknown, "failed run has no cost of its own", "failed runs have no cost of their own")
    said = [Note(f"{bare} (all-purpose compute).")] if unknown else []
    return [*said, ranked(jobs_apart(frame), look, label="name", value="cost", thing=OF_JOB["name"], top=12)]


repairs = grid(
    "Repairs and retries",
    "pipelineops.repairs",
    "Runs that needed another attempt, and what they cost.",
    finding=lambda rows, _: (
        f"{fmt.counted(int(rows['repaired_runs'].sum()), 'run')} needed another attempt; "
        f"{int(rows['rescued'].sum()):,} succeeded in the end"
    ),
    empty="No run was repaired in this period.",
)


failing = grid(
    "Failing for more than a day",
    "pipelineops.never_succeeded",
    "Jobs that have not succeeded since, longest first.",
    columns=("name", "owner", "failing_since", "failures", "last_code", "last_success"),
    finding=lambda rows, _: worst(
        rows,
        "job has failed for more than a day",
        "jobs have failed for more than a day",
        "days",
        lambda job: f"for {fmt.duration(job.days * 86400)}",
    ),
    empty="No job has been failing for more than 1 day.",
    key="failing",
    offers="job.pause_schedule",
)


failing_pipelines = grid(
    "Pipelines that fail for more than a day",
    "pipelineops.failing_pipelines",
    "Declarative pipelines of which no update has completed since, longest first.",
    columns=("name", "owner", "failing_since", "failures", "last_success"),
    finding=lambda rows, _: worst(
        rows,
        "pipeline has failed for more than a day",
        "pipelines have failed for more than a day",
        "days",
        lambda one: f"for {fmt.duration(one.days * 86400)}",
    ),
    empty="No pipeline has been failing for more than 1 day.",
    offers="pipeline.validate",
)


def wrote_nothing_since(start: dt.date) -> Panel:
    """The panel of the green runs that wrote nothing since ``start`` (UTC); its frame goes further back."""

    @panel("Green but empty")
    def wrote_nothing(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
        """Jobs whose runs succeeded and wrote nothing, though they write tables as a rule. Lineage comes some hours late."""
        query, runs = "pipelineops.wrote_nothing", frames["wrote_nothing"]
        runs = runs[runs["started"] >= pd.Timestamp(start, tz="UTC")].sort_values("started", ascending=False)
        if runs.empty:
            return Empty("No job that writes tables as a rule succeeded without writing one in this period.")
        jobs = runs.assign(empty=runs.groupby(["workspace_id", "job_id"])["run_id"].transform("size"))
        jobs = jobs_apart(jobs.drop_duplicates(["workspace_id", "job_id"]))
        columns = {
            **labelled(query, ("name",)),
            "empty": ("Empty runs", "count"),
            "started": ("The newest", "time"),
            **labelled(query, ("last_wrote",)),
        }
        newest = f"{plain(jobs.iloc[0]['name'], 40)} succeeded"
        said = f"{newest} {fmt.counted(int(jobs.iloc[0]['empty']), 'time')} without writing a table"
        others = f"; {fmt.counted(len(jobs) - 1, 'other job')} too" if len(jobs) > 1 else ""
        return [Finding(said + others, "watch"), offering(Grid(jobs, columns, things=OF_JOB), "notify.owner")]

    return wrote_nothing


success = grid(
    "Success by job",
    "pipelineops.success_by_job",
    "Share of finished runs that succeeded, worst first.",
    key="success",
    columns=("name", "success_ratio", "runs", "failed", "last_state", "last_started", "owner"),
    finding=lambda rows, _: (
        f"{fmt.percent(rows['succeeded'].sum() / max(rows['runs'].sum(), 1))} of "
        f"{fmt.counted(int(rows['runs'].sum()), 'finished run')} succeeded; "
        f"{int((rows['success_ratio'] < 0.5).sum()):,} of {fmt.counted(len(rows), 'job')} mostly failed"
    ),
    empty="No run finished in this period.",
    height=420,
)


@panel("Most expensive jobs", height=420, waits=800)
def job_costs(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Jobs by cost, and which grow."""
    frame = jobs_apart(frames["job_costs"])
    drawn = ranked(frame, look, label="name", value="cost", thing=OF_JOB["name"], top=12)
    if frame.empty:
        return [drawn]
    caption = f"Change {look.versus}" if "change" in frame else ""
    return [
        drawn,
        Grid(
            frame,
            labelled("pipelineops.job_costs", present=frame.columns),
            caption,
            things=things_of("pipelineops.job_costs"),
        ),
    ]


@panel("Jobs on all-purpose compute")
def all_purpose(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """They would cost less on job compute; their cost is billed with the cluster."""
    if frames["all_purpose_jobs"].empty:
        return Empty("No job ran on all-purpose compute in this period.")
    frame = jobs_apart(frames["all_purpose_jobs"])
    clusters = told_apart(frame["cluster"], frame["workspace_id"], frame["cluster_id"]).where(
        frame["cluster_id"].notna()
    )
    hours = fmt.duration(float(frame["hours"].astype(float).sum()) * 3600)
    jobs = fmt.counted(frame["name"].nunique(), "job")
    query = "pipelineops.all_purpose_jobs"
    return [
        Finding(f"{jobs} ran for {hours} on all-purpose compute; job compute would cost less"),
        offering(Grid(frame.assign(cluster=clusters), labelled(query), things=things_of(query)), "ticket.open"),
    ]


def updates_of(today: dt.date | None) -> Panel:
    """The panel of the pipeline updates of each day; ``today`` is not over."""

    @panel("Pipeline updates")
    def updates(frames: Frames, look: ViewContext) -> Body:
        """Declarative pipelines: how the day's updates ended; a hatched day is not over."""
        ink = tokens(look.theme)
        colours = {"COMPLETED": ink.series[0], "FAILED": ink.act, "CANCELED": ink.unknown, "RUNNING": ink.series[2]}
        return _by_state(
            worded(frames["pipeline_updates"], "pipelineops.pipeline_updates"), "updates", colours, look, today
        )

    return updates


updates = updates_of(None)


def _by_state(days: pd.DataFrame, what: str, colours: dict[str, str], look: ViewContext, today: dt.date | None) -> Body:
    """Bars of the ``what`` of each day by how they ended."""
    return stacked(
        days,
        look,
        x="day",
        series="state",
        value=what,
        unit="count",
        colours={in_words(state): colour for state, colour in colours.items()},
        things=what,
        marked={today: "so far"} if today in set(days["day"]) else {},
    )
