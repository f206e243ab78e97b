"""Proposes to repair the failed run of a job that matters, when a second try is likely to do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, money, rows, text
from agents.pipelineops.known_jobs import KnownJobs, known_jobs
from agents.pipelineops.repairs import TRANSIENT, UNKNOWN, Job
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

DAYS, AHEAD = 30, 4  # the window ends after a decision must have come, so that a later run is seen then
RECENT = dt.timedelta(hours=24)  # since the failure: after that somebody has dealt with it, or nobody waits
SOON = dt.timedelta(hours=4)  # a scheduled run that starts earlier does the work before a decision would
PERMANENT = 3  # failures in a row that no second try mends
LIKELY = Decimal("0.6")  # chance of a repair from which it is proposed: one that failed is not enough against it
DEAR = Decimal(10)  # cost of a run that matters for that alone
PROMISE, READER = Decimal(50), Decimal(1)  # assumed worth of a kept deadline and of each reader, to rank by only
PLAYGROUND = re.compile(  # in a workspace's name
    r"(?:^|[^a-z])(?:dev|development|test|testing|tst|stage|staging|stg|qa|uat|sandbox|sbx|playground|poc|non-?_?prod|pre-?_?prod)"
    r"(?:$|[^a-z])"
)
METHOD = (
    "Once, not monthly: at most the cost of one run (its mean in 30 days, list price) is not spent again, "
    "because finished tasks are kept. The deadline kept and the readers served are not put into money."
)
FAILED = window(
    "pipelineops.failed_runs", days=DAYS, ahead=AHEAD, workspaces="", currency=CURRENCY, basis=BASIS, limit=200
)
READERS = window("pipelineops.job_readers", days=DAYS, ahead=AHEAD, workspaces="")
BESIDE = {
    "schedules": window("pipelineops.job_schedules", days=0, ahead=1, workspaces=""),
    "learned": window("pipelineops.learned_deadlines", days=37, ahead=-7, workspaces=""),
    "repairs": window("pipelineops.repair_outcomes", days=90, workspaces=""),
}


def failures(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Which jobs' newest run failed, once something did within :data:`RECENT`: a quiet round asks for the newest only."""
    newest = [moment(row.newest) for row in rows(frames["newest"])]
    return {"failed": FAILED.ask(now)} if any(at and now - at <= RECENT for at in newest) else {}


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What else must be known of the jobs that could be repaired: lineage is read for these only."""
    jobs = {f"{row.workspace_id}/{row.job_id}" for row in rows(frames["failed"]) if not _out_of_question(row, now)}
    if not jobs:
        return {}
    beside = {name: one.ask(now) for name, one in BESIDE.items()}
    return {"readers": READERS.ask(now, jobs=",".join(sorted(jobs))), **beside}


def failed_runs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job whose newest run failed. ``failed`` are rows of pipelineops.failed_runs; what else there may
    be, :func:`known_jobs` says. Pure."""
    known = known_jobs(frames)
    return [_judged(row, known, now) for row in rows(frames.get("failed"))]


def _out_of_question(row: Row, now: dt.datetime) -> str:
    """The first reason against a repair that the failed run itself gives; empty when there is none."""
    code, failures, ended = text(row.termination_code), int(row.failures), moment(row.ended)
    if bool(row.paused):
        return "the job is paused"
    if ended is None or now - ended > RECENT:
        return "it failed more than a day ago"
    if row.result_state == "TIMED_OUT":
        return "it ran into its time limit: the same work takes as long again"
    if int(row.attempts) > 1:
        return "repaired already, and failed again"
    if failures >= PERMANENT:
        return f"failed {failures} times in a row: its owner must look, a second try will not do"
    if moment(row.last_success) is None:
        return f"no run succeeded in {DAYS} days"
    return "" if code in TRANSIENT | UNKNOWN else f"{code} does not pass by itself"


def why_not(row: Row, chance: Decimal, matters: bool, next_run: dt.datetime | None, now: dt.datetime) -> str:
    """The first reason against a repair; empty when there is none."""
    if reason := _out_of_question(row, now):
        return reason
    if next_run is not None and next_run - now <= SOON:
        return f"its next scheduled run starts at {next_run:%H:%M} UTC: sooner than a repair is decided"
    if chance < LIKELY:
        return f"a repair after {text(row.termination_code) or 'such a failure'} succeeds with {chance}: less than {LIKELY}"
    return "" if matters else "no declared deadline, nobody reads what it writes, and a run costs little"


def _judged(row: Row, known: KnownJobs, now: dt.datetime) -> Observation:
    job: Job = (row.workspace_id, row.job_id)
    cost, seen = money(row.cost_per_run), known.readers.get(job)
    readers = int(seen.readers) if seen is not None else 0
    grounds = [known.declared[job]] if job in known.declared else []
    playground = bool(PLAYGROUND.search(text(row.workspace).lower()))
    if not playground and seen is not None and readers:
        grounds.append(f"{readers} readers of the {int(seen.tables)} tables it writes")
    if not playground and cost >= DEAR:
        grounds.append(f"a run costs {CURRENCY} {cost}")
    matters = [*grounds, *([known.learned[job]] if grounds and job in known.learned else [])]
    chance, (next_run, again) = known.repairs.chance(job, text(row.termination_code)), known.next_run(job, now)
    if reason := why_not(row, chance, bool(grounds), next_run, now):
        tried = " (a workspace to try things in)" if playground and not grounds else ""
        return CAPABILITY.leaves(row, f"{reason}{tried}")
    value = worth(chance, cost + (PROMISE if job in known.declared else 0) + READER * readers, cost)
    wanted = _repair(row, (*matters, known.runs_twice(job)), chance, again, value)
    return CAPABILITY.proposes(row, now, wanted, cause=job_of(row), began=moment(row.started))


def job_of(row: Row) -> Target:
    """The job that ran: what is wrong with it is one thing, however many of its runs failed."""
    return Target(workspace_id=row.workspace_id, type="job", id=row.job_id, name=text(row.name)[:200])


def _repair(row: Row, orient: tuple[str, ...], chance: Decimal, again: str, value: Decimal) -> Recommendation:
    cost, failures = money(row.cost_per_run), int(row.failures)
    code = text(row.termination_code) or "no code"
    tasks = [] if row.failed_tasks is None else [str(task) for task in row.failed_tasks]
    seen = (
        f"its newest run ended at {row.ended:%Y-%m-%d %H:%M} UTC as {row.result_state} ({code})",
        f"failed tasks: {', '.join(tasks)[:300] or 'not known'}",
        f"last success {row.last_success:%Y-%m-%d %H:%M} UTC; {failures} failures since",
        again,
    )
    none, most = Decimal(0), Decimal(PERMANENT)
    return Recommendation(
        params={"rerun_all_failed_tasks": True},
        confidence=chance,
        worth=value,
        benefit=Benefit(kind="sla", low=Decimal(0), high=cost, currency=CURRENCY, method=METHOD),
        title="The job's newest run failed and has not been run again",
        scalars=(
            Scalar(column="result_state", observed=row.result_state),
            Scalar(column="termination_code", observed=text(row.termination_code) or None),
            Scalar(column="attempts", observed=Decimal(int(row.attempts)), tolerance=none),
            Scalar(column="failures", observed=Decimal(failures), tolerance=none, threshold=most),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(*orient, f"a repair after {code} succeeds with a chance of {chance}"),
            options=(
                Option(what="repair the run: its failed tasks again", expected=f"done with a chance of {chance}"),
                Option(
                    what="run the whole job again",
                    expected=f"the same chance, for about {CURRENCY} {cost}",
                    rejected_because="finished tasks would be done twice",
                ),
                Option(
                    what="do nothing",
                    expected=f"{again}; until then: " + "; ".join(orient[:-1]),
                    rejected_because="what it writes stays as old as the last success",
                ),
            ),
            why="Tasks that append without merging must not run twice: whoever knows the job decides.",
        ),
        narrative=". ".join((*seen, *orient)),
    )


CAPABILITY = Capability(
    name="pipelineops.failed_run",
    version="1.0",
    kind="job.repair_run",
    target=lambda row: Target(workspace_id=row.workspace_id, type="run", id=row.run_id, name=text(row.name)[:200]),
    opens={"newest": window("pipelineops.newest_failure", days=2, ahead=1)},
    then=(failures, about),
    evidence=FAILED,
    match=("workspace_id", "job_id", "run_id"),
    max_age_s=6 * 3600,
    incident="stopped",
    urgent=True,  # tomorrow there is nothing left to repair
    judge=failed_runs,
)
