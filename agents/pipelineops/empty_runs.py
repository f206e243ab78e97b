"""Tells the owner of a job whose runs succeed and write none of its tables."""

from __future__ import annotations

import datetime as dt
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

STILL = dt.timedelta(hours=36)  # since its newest empty run; one that does not run is another matter
LAG = dt.timedelta(hours=12)  # that lineage may take: a green run that is older and not empty has written
SURE = Decimal("0.9")  # that so many empty runs in a row are no habit of the job, from which it is told
GAIN = Decimal(50)  # assumed worth of knowing that what looks green is old, to rank by only
METHOD = "Not put into money: whoever reads its tables takes old rows for new ones, as every run is green."
EMPTY = window("pipelineops.wrote_nothing", days=58, ahead=1, workspaces="", limit=1000)


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """The runs of the jobs whose newest empty run is young, and whose they are; nothing where none is."""
    found = [job for job, rows in _by_job(frames).items() if now - rows[0].started <= STILL + dt.timedelta(days=1)]
    if not found:
        return {}
    asked = {jobs.history(job): jobs.HISTORY.ask(now, workspace_id=job[0], job_id=job[1]) for job in found[: jobs.MOST]}
    return {**asked, "owners": jobs.OWNERS.ask(now)}


def empty_runs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job with a green run that wrote nothing: ``empty`` are rows of pipelineops.wrote_nothing, the
    histories those of pipelineops.run_list. Pure."""
    return [_judged(job, found, frames, now) for job, found in _by_job(frames).items()]


def _by_job(frames: Frames) -> dict[Job, list[Row]]:
    """The empty runs since each job last wrote, the newest first."""
    found: dict[Job, list[Row]] = {}
    for row in sorted(rows(frames["empty"]), key=lambda one: one.started, reverse=True):
        found.setdefault(jobs.job_of(row), []).append(row)
    return {job: [one for one in own if one.last_wrote == own[0].last_wrote] for job, own in found.items()}


def _judged(job: Job, empty: list[Row], frames: Frames, now: dt.datetime) -> Observation:
    newest = empty[0]
    if jobs.history(job) not in frames:
        return CAPABILITY.leaves(newest, f"its newest empty run began on {newest.started:%Y-%m-%d}: long ago")
    since = [one for one in jobs.runs(frames, job) if one.started > newest.started and one.result_state == "SUCCEEDED"]
    if any(now - one.started > LAG for one in since):
        return CAPABILITY.leaves(newest, "a later run of it wrote again")
    if now - newest.started > STILL and not since:
        return CAPABILITY.leaves(newest, "it does not succeed any more: that is told of elsewhere")
    habit = (int(newest.runs) - int(newest.wrote) + 1) / (int(newest.runs) + 2)
    sure = share(1 - habit ** len(empty))
    if sure < SURE:
        why = f"{len(empty)} empty runs in a row, and {int(newest.wrote)} of {int(newest.runs)} before wrote: it may be its habit"
        return CAPABILITY.leaves(newest, why)
    return CAPABILITY.proposes(newest, now, _told(job, empty, sure, frames), began=moment(empty[-1].started))


def _told(job: Job, empty: list[Row], sure: Decimal, frames: Frames) -> Recommendation:
    newest, first, wrote = empty[0], empty[-1], moment(empty[0].last_wrote)
    assert wrote is not None
    name, before = text(newest.name)[:120] or job[1], f"{int(newest.wrote)} of {int(newest.runs)}"
    params = note(
        jobs.owner(frames, job),
        f"{name} succeeds and writes nothing since {wrote:%Y-%m-%d %H:%M} UTC",
        (
            f"Every run of {name} since {wrote:%Y-%m-%d %H:%M} UTC succeeded and wrote no table; until then {before} wrote.",
            f"The first empty one is run {first.run_id}, begun {first.started:%Y-%m-%d %H:%M} UTC.",
            "Its tables are as old as its last write, and whoever reads them is not told, as each run is green.",
            "Look at what the run reads and filters: is its source empty, a date in the future, a branch that is skipped?",
            "Check: the next run leaves a write in lineage (PipelineOps, Failures, Green but empty).",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="quality", currency=CURRENCY, method=METHOD),
        title="Its newest run succeeded and wrote nothing",
        scalars=(
            Scalar(column="last_wrote", observed=str(wrote)),
            Scalar(column="wrote", observed=Decimal(int(newest.wrote)), unit="runs"),
        ),
        observe=(
            f"{len(empty)} runs succeeded since {wrote:%Y-%m-%d %H:%M} UTC and wrote no table",
            f"until then {before} of its green runs wrote",
        ),
        orient=(
            "A green run says only that no task failed.",
            "Lineage comes hours late: runs that it may not know yet do not count.",
        ),
        expected="its owner looks at what the run reads, before somebody decides by old rows",
        nothing="the tables grow older while every run is green",
        why=f"Confidence {sure}: so many empty runs in a row at the job's own rate of them (Beta from an even start).",
        others=(
            Option(
                what="run the job again",
                expected="as green and as empty",
                rejected_because=f"{len(empty)} runs did the same",
            ),
        ),
    )


CAPABILITY = Capability(
    name="pipelineops.empty_run",
    version="1.0",
    kind="notify.owner",
    target=jobs.target,
    opens={"empty": EMPTY},
    then=(about,),
    evidence=EMPTY,
    match=("workspace_id", "job_id", "run_id"),
    incident="stopped",
    judge=empty_runs,
)
