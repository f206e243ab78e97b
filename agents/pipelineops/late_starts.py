"""Tells the owner of a job whose runs wait in the queue before they begin: it is late, and not because it works longer."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, rows, share, text
from agents.messages import note, telling
from agents.pipelineops import job_messages as jobs
from agents.pipelineops.repairs import Job
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

NEWEST, ENOUGH = 3, 2  # runs that are looked at, and waits in a row from which it is no chance
LEAST = 30.0  # seconds that a usual wait is taken for at least
CHANCE = 0.001  # of a wait so long, where waits are as they were, below which it is none of them
GAIN = Decimal(20)  # assumed worth of knowing that it is the queue, to rank by only
METHOD = "Not put into money: the work is done later by as long as the run waited."
RECENT = window("pipelineops.phases", days=2, ahead=1, workspaces="", limit=2000)
BASE = window("pipelineops.phases", days=35, ahead=-7, workspaces="", limit=2000)
COMPARE = window("pipelineops.run_compare", days=30, ahead=1, workspaces="")


def histories(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """The runs of the jobs that waited long in these days, and whose they are; nothing where none did."""
    found = [
        row for row in rows(frames["recent"]) if text(row.job_id) and _long(float(row.queue or 0), _usual(frames, row))
    ]
    asked = {
        jobs.history(jobs.job_of(row)): jobs.HISTORY.ask(now, workspace_id=row.workspace_id, job_id=row.job_id)
        for row in found[: jobs.MOST]
    }
    return {**asked, "owners": jobs.OWNERS.ask(now)} if asked else {}


def waits(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """How long each of their newest runs waited."""
    asked: dict[str, Ask] = {}
    for row in (one for one in rows(frames["recent"]) if text(one.job_id)):
        for run in _newest(frames, row):
            own = {"workspace_id": row.workspace_id, "job_id": row.job_id, "run_id": run.run_id}
            asked[_wait(run)] = COMPARE.ask(now, **own)
    return asked


def late_starts(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job that ran in these days: ``recent`` and ``base`` are rows of pipelineops.phases, the histories
    of pipelineops.run_list, the waits of pipelineops.run_compare. Pure."""
    return [_judged(row, frames, now) for row in rows(frames["recent"]) if text(row.job_id)]


def _usual(frames: Frames, row: Row) -> float:
    known = {jobs.job_of(one): one for one in rows(frames["base"]) if text(one.job_id) and text(one.queue)}
    one = known.get(jobs.job_of(row))
    return max(float(one.queue) if one is not None else 0.0, LEAST)


def _long(wait: float, usual: float) -> bool:
    """Whether a wait is none of those that are usual: they come as exponential ones do."""
    return math.exp(-wait / usual) < CHANCE


def _newest(frames: Frames, row: Row) -> list[Row]:
    """Its newest runs, the newest first."""
    return [one for one in reversed(jobs.runs(frames, jobs.job_of(row))) if one.result_state == "SUCCEEDED"][:NEWEST]


def _wait(run: Row) -> str:
    return f"run {run.run_id}"


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    job, usual = jobs.job_of(row), _usual(frames, row)
    if not text(row.queue) or not _long(float(row.queue), usual):
        return CAPABILITY.leaves(row, "its runs do not wait longer than usual")
    if job not in {jobs.job_of(one) for one in rows(frames["base"])}:
        return CAPABILITY.leaves(row, "how long it waits as a rule is not known: it is new")
    if jobs.history(job) not in frames:
        return CAPABILITY.leaves(row, f"more than {jobs.MOST} jobs wait: look at what they share")
    seen = []
    for run in _newest(frames, row):
        this = next((one for one in rows(frames.get(_wait(run))) if one.which == "this" and text(one.queue)), None)
        if this is None or not _long(float(this.queue), usual):
            break
        seen.append(this)
    if len(seen) < ENOUGH:
        return CAPABILITY.leaves(row, f"{len(seen)} of its newest runs in a row waited: it may be chance")
    return CAPABILITY.proposes(row, now, _told(job, row, seen, usual, frames), began=moment(seen[-1].started))


def _told(job: Job, row: Row, seen: list[Row], usual: float, frames: Frames) -> Recommendation:
    name, least = text(row.name)[:120] or job[1], min(float(one.queue) for one in seen)
    sure = share((len(seen) + 1) / (len(seen) + 2))
    wait = f"{least / 3600:.1f} h" if least >= 3600 else f"{least / 60:.0f} min"
    said = (
        f"its {len(seen)} newest runs waited {wait} or longer before they began; it was {usual:.0f} s at most as a rule"
    )
    params = note(
        jobs.owner(frames, job),
        f"{name} waits in the queue for {wait} before it begins",
        (
            f"Each of the newest runs of {name} waited {wait} or longer in the queue; before, a wait took about {usual:.0f} s.",
            "The run itself takes as long as ever: all that is late comes from the wait.",
            "Likely: its limit of concurrent runs, an overlap with its own last run, or a pool or quota that others use up then.",
            "Give it its own slot: start it at another time, raise the limit, or let it run on compute of its own.",
            "Check: queue time of its next run (PipelineOps, Runs, Waiting, setting up, working).",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="sla", currency=CURRENCY, method=METHOD),
        title="How long its runs waited in these days",
        scalars=(
            Scalar(
                column="queue",
                observed=Decimal(str(round(float(row.queue), 1))),
                threshold=Decimal(str(usual)),
                unit="s",
            ),
        ),
        observe=(said, f"in three days it waited {float(row.queue) / 60:.0f} min on average ({int(row.runs)} runs)"),
        orient=("The queue, not the run: faster compute would not make it earlier.",),
        expected="whoever knows the job finds what stands before it, and its work is done when it was before",
        nothing="it is done later every day by as long as it waits",
        why=f"Confidence {sure}: {len(seen)} runs in a row, none of which is a wait as they were (Beta from an even start).",
        others=(
            Option(
                what="run it now",
                expected="one more run in the same queue",
                rejected_because="it does start, only late",
            ),
        ),
    )


CAPABILITY = Capability(
    name="pipelineops.late_start",
    version="1.0",
    kind="notify.owner",
    target=jobs.target,
    opens={"recent": RECENT, "base": BASE},
    then=(histories, waits),
    evidence=RECENT,
    match=("workspace_id", "job_id"),
    incident="late",
    judge=late_starts,
)
