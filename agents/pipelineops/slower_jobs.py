"""Tells the owner of a job that has become slower, since when, and what changed then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, rows, share, text
from agents.detectors import rank_sum
from agents.messages import note, telling
from agents.pipelineops import job_messages as jobs
from agents.pipelineops.repairs import Job
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

BASE = dt.timedelta(days=35)
FEW, LEAST, MOST = 10, 3, 16  # runs before and since at least; runs among which it began
CLEAR = (
    3.1  # standard deviations by which later runs are longer, of ranks, from which it is no chance (one in a thousand)
)
AROUND = dt.timedelta(days=2)  # before the first slow run, in which a change may be the cause
WAITS = 0.5  # part of the longer time that is spent in the queue from which that is the matter
GAIN = Decimal(20)  # assumed worth of knowing since when, to rank by only
METHOD = "Not put into money: each run is paid for longer, and whoever waits for it waits longer."
SLOWER = window("pipelineops.duration_regression", days=35, workspaces="")
PHASES = {
    "recent": window("pipelineops.phases", days=7, ahead=1, workspaces="", limit=2000),
    "before": window("pipelineops.phases", days=35, ahead=-7, workspaces="", limit=2000),
}
CHANGES = window("things.changes", days=35, ahead=1, limit=50)


@dataclass(frozen=True)
class Slower:
    """Runs that began at ``since`` or later took ``now`` (seconds), those before them ``then``; ``sure`` is the chance that one
    of now takes longer than one of then."""

    since: dt.datetime
    then: list[float]
    now: list[float]
    sure: float


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Runs and changes of the jobs that became slower, and where their time goes; nothing where none did."""
    asked: dict[str, Ask] = {}
    for row in rows(frames["slower"])[: jobs.MOST]:
        job = jobs.job_of(row)
        asked[jobs.history(job)] = jobs.HISTORY.ask(now, workspace_id=job[0], job_id=job[1])
        asked[_changes(job)] = CHANGES.ask(now, kind="job", id=job[1], workspaces=job[0])
    phases = {name: one.ask(now) for name, one in PHASES.items()}
    return {**asked, **phases, "owners": jobs.OWNERS.ask(now)} if asked else {}


def slower_jobs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job of ``slower``, rows of pipelineops.duration_regression; ``recent`` and ``before`` are rows of
    pipelineops.phases, the histories of pipelineops.run_list, the changes of things.changes. Pure."""
    return [_judged(row, frames, now) for row in rows(frames["slower"])]


def _changes(job: Job) -> str:
    return f"changes {'/'.join(job)}"


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    job = jobs.job_of(row)
    if jobs.history(job) not in frames:
        return CAPABILITY.leaves(row, f"more than {jobs.MOST} jobs became slower: look at what they share")
    longer, waits = (
        float(row.recent_p50) - float(row.base_p50),
        _queue(frames, "recent", job) - _queue(frames, "before", job),
    )
    if waits >= WAITS * longer:
        return CAPABILITY.leaves(row, "the longer time is spent waiting in the queue: that is told of as a late start")
    today = dt.datetime.combine(now.date(), dt.time(), dt.UTC)
    good = [one for one in jobs.runs(frames, job) if _is_good(one) and one.started >= today - BASE]
    took = [float(one.elapsed) for one in good]
    if len(took) < FEW + LEAST:
        return CAPABILITY.leaves(row, f"{len(took)} runs ended well in {BASE.days} days: too few for a usual time")
    place = rank_sum.since(took, LEAST, MOST)
    found = rank_sum.larger(took[:place], took[place:])
    if found.z < CLEAR:
        return CAPABILITY.leaves(row, "no day divides its runs clearly into shorter and longer ones: they vary")
    if took[-1] <= median(took[:place]):
        return CAPABILITY.leaves(row, "its newest run was as fast as before")
    return CAPABILITY.proposes(
        row, now, _told(row, Slower(good[place].started, took[:place], took[place:], found.share), frames)
    )


def _is_good(run: Row) -> bool:
    return run.result_state == "SUCCEEDED" and float(run.elapsed) > 0


def _queue(frames: Frames, name: str, job: Job) -> float:
    found = (float(one.queue) for one in rows(frames.get(name)) if jobs.job_of(one) == job and text(one.queue))
    return next(found, 0.0)


def _minutes(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min"


def _told(row: Row, of: Slower, frames: Frames) -> Recommendation:
    job, name, since = jobs.job_of(row), text(row.name)[:120] or row.job_id, of.since
    sure, before = share(of.sure), _minutes(median(of.then))
    near = [one for one in rows(frames.get(_changes(job))) if since - AROUND <= one.at <= since]
    what = "; ".join(f"{text(one.what)[:80]} at {one.at:%Y-%m-%d %H:%M} UTC" for one in near[:2])
    changed = (
        f"Changed shortly before: {what}." if what else "No change of its settings is recorded in the two days before."
    )
    now_takes = f"half of its {len(of.now)} runs since took {_minutes(median(of.now))} or more; of the {len(of.then)} before {before}"
    params = note(
        jobs.owner(frames, job),
        f"{name} takes longer since {since:%Y-%m-%d %H:%M} UTC",
        (
            f"Runs of {name} take clearly longer since {since:%Y-%m-%d %H:%M} UTC: before, half of them were done in {before}.",
            f"{changed} It does not wait in the queue: it works longer.",
            "Likely: more input than before, a join or filter that lost its pruning, smaller or fewer machines, files that grew many.",
            "Look at PipelineOps, Compare: the newest run against one from before, task by task.",
            f"Check: its next runs take about {before} again (PipelineOps, Runs, Slower).",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="time", currency=CURRENCY, method=METHOD),
        title="It takes longer than in the weeks before",
        scalars=(
            Scalar(column="ratio", observed=Decimal(str(round(float(row.ratio), 3))), threshold=Decimal("1.3")),
            Scalar(column="base_p50", observed=Decimal(str(round(float(row.base_p50), 1))), unit="s"),
        ),
        observe=(
            now_takes,
            f"a run since {since:%Y-%m-%d} takes longer than one before with a chance of {sure}",
        ),
        orient=(changed, "It works longer; its wait in the queue is as before."),
        expected="whoever knows the job finds what grew, before its deadline is missed",
        nothing="each run is paid for longer, and what comes after it starts later",
        why=f"Confidence {sure}: by the ranks of {len(of.now)} runs since and of the job's own {len(of.then)} before.",
        others=(
            Option(
                what="give it larger machines",
                expected="shorter runs, if it is compute that it lacks",
                rejected_because="what grew is not known: it may be paid for in vain",
            ),
        ),
    )


CAPABILITY = Capability(
    name="pipelineops.slower_job",
    version="1.0",
    kind="notify.owner",
    target=jobs.target,
    opens={"slower": SLOWER},
    then=(about,),
    evidence=SLOWER,
    match=("workspace_id", "job_id"),
    judge=slower_jobs,
)
