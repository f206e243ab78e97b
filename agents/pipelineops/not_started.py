"""Proposes to run a job once whose schedule is active and that did not start when it should have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.detectors.missed_starts import Starts, starts
from agents.detectors.quartz import NotUnderstood, fires
from agents.pipelineops.failed_runs import PROMISE, READER, READERS, SOON
from agents.pipelineops.known_jobs import KnownJobs, known_jobs
from agents.pipelineops.repairs import Job
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.coverage import Coverage
from warehouse.interface import Ask

DAYS = 28
FEW = 5  # starts before the gap below which no habit is known
CHANCE = 0.001  # that so many starts in a row were passed over by chance, below which it is none
CREDIT = (1, 200)  # starts passed over of starts, assumed before any of the account is counted
COMMON = 1 / 3  # of the jobs that did not start from which it is the account, not the job
WORK = Decimal(20)  # assumed worth of a run's work that is there again, to rank by only
METHOD = "Not put into money: what the job writes is as old as its last run, and whoever reads it waits."
SCHEDULES = window("pipelineops.job_schedules", days=DAYS + 2, ahead=3, workspaces="")
RUNS = window("pipelineops.run_ends", days=DAYS + 2, ahead=3, workspaces="", declared="")
NEWEST = window("pipelineops.success_by_job", days=30, ahead=4, workspaces="", limit=2000)


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """When they ran last, and who waits for them; nothing where every job started."""
    jobs = [job for job, one in _gaps(frames, now).items() if one.missed]
    return {"newest": NEWEST.ask(now), "readers": READERS.ask(now, jobs=",".join(map("/".join, jobs)))} if jobs else {}


def not_started(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job with a cron schedule: ``schedules`` are rows of pipelineops.job_schedules, ``runs`` of
    pipelineops.run_ends, ``newest`` of pipelineops.success_by_job. Pure."""
    known, gaps = known_jobs(frames), _gaps(frames, now)
    newest: dict[Job, Row] = {(row.workspace_id, row.job_id): row for row in rows(frames.get("newest"))}
    before = sum(one.before for one in gaps.values())
    passed = sum(one.before - one.made for one in gaps.values())
    rate = (passed + CREDIT[0]) / (before + CREDIT[1])
    stopped = sum(bool(one.missed) for one in gaps.values())
    common = f"{stopped} of {len(gaps)} jobs did not start: look at the account" if stopped > COMMON * len(gaps) else ""
    found = []
    for row in _in_force(frames):
        job: Job = (row.workspace_id, row.job_id)
        if job not in gaps:
            found.append(CAPABILITY.leaves(row, "when its schedule starts it is not known: it cannot be read"))
            continue
        found.append(_judged(row, gaps[job], newest.get(job), known, rate, common if stopped > 2 else "", now))
    return found


def _in_force(frames: Frames) -> list[Row]:
    every = [row for row in rows(frames["schedules"]) if moment(row.until) is None and moment(row.deleted) is None]
    return [row for row in every if text(row.quartz)]


def _gaps(frames: Frames, now: dt.datetime) -> dict[Job, Starts]:
    """What became of the starts of every job whose schedule can be read and is not paused."""
    coverage = frames["runs"].attrs.get("coverage", Coverage())
    until = min(coverage.until or now, now)
    seen: dict[Job, list[dt.datetime]] = {}
    for row in rows(frames["runs"]):
        times = sorted(int(one.split(" ", 1)[0]) for one in row.runs)
        seen[row.workspace_id, row.job_id] = [dt.datetime.fromtimestamp(at / 1000, dt.UTC) for at in times]
    found = {}
    for row in _in_force(frames):
        begin = max(now - dt.timedelta(days=DAYS), moment(row.since) or now)
        try:
            meant = [] if _paused(row) else _meant(row, begin, until)
        except NotUnderstood:
            continue
        job: Job = (row.workspace_id, row.job_id)
        found[job] = starts(meant, seen.get(job, []), until)
    return found


def _meant(plan: Row, begin: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    return [one.at for one in fires(plan.quartz, text(plan.zone) or "UTC", begin, until) if not one.skipped]


def _paused(row: Row) -> bool:
    return bool(text(row.paused)) and bool(row.paused)


def _judged(
    plan: Row, of: Starts, newest: Row | None, known: KnownJobs, rate: float, common: str, now: dt.datetime
) -> Observation:
    job: Job = (plan.workspace_id, plan.job_id)
    if _paused(plan):
        return CAPABILITY.leaves(plan, "its schedule is paused")
    if not of.missed:
        return CAPABILITY.leaves(plan, "it started when it should have")
    if common:
        return CAPABILITY.leaves(plan, common)
    if of.made < FEW or newest is None:
        return CAPABILITY.leaves(
            plan, f"{of.made} of {of.before} starts before: too few to tell that it should have run"
        )
    if rate ** len(of.missed) > CHANCE and job not in known.declared:
        return CAPABILITY.leaves(
            plan, f"one start was passed over, as {rate:.1%} of all are: the next one does the work"
        )
    next_run, again = known.next_run(job, now)
    if next_run is not None and next_run - now <= SOON and len(of.missed) < 2:
        return CAPABILITY.leaves(
            plan, f"its next scheduled run starts at {next_run:%H:%M} UTC: sooner than one is decided"
        )
    seen = known.readers.get(job)
    readers = int(seen.readers) if seen is not None else 0
    confidence = share((of.made + 1) / (of.before + 2))
    value = worth(confidence, WORK + (PROMISE if job in known.declared else 0) + READER * readers, WORK)
    grounds = (
        *([known.declared[job]] if job in known.declared else []),
        f"{readers} readers wait for what it writes" if readers else "nobody is seen to read what it writes",
    )
    row = plan._replace(name=text(plan.name) or text(newest.name))
    wanted = _run_once(row, of, newest, grounds, again, confidence, value)
    return CAPABILITY.proposes(row, now, wanted, began=of.missed[0])


def _run_once(
    plan: Row, of: Starts, newest: Row, grounds: Sequence[str], again: str, confidence: Decimal, value: Decimal
) -> Recommendation:
    missed, last = of.missed, moment(newest.last_started)
    assert last is not None
    times = f"{len(missed)} starts since" if len(missed) > 1 else "its start of"
    seen = (
        f"{times} {missed[0]:%Y-%m-%d %H:%M} UTC did not happen; it started last at {last:%Y-%m-%d %H:%M} UTC",
        f"its schedule {text(plan.quartz)} ({text(plan.zone) or 'UTC'}) is in force and not paused",
        f"before, {of.made} of {of.before} starts in {DAYS} days happened",
        again,
    )
    changed = moment(plan.since)
    edited = changed is not None and changed >= last
    return Recommendation(
        params={},
        confidence=confidence,
        worth=value,
        benefit=Benefit(kind="sla", currency=CURRENCY, method=METHOD),
        title="When the job ran last",
        scalars=(Scalar(column="last_started", observed=str(last)),),
        ooda=Ooda(
            observe=seen,
            orient=(
                *grounds,
                f"its schedule was changed at {changed:%Y-%m-%d %H:%M} UTC, after its last run"
                if edited
                else "no change of its schedule is recorded since its last run: why it did not start is not known",
                "a run by hand does the work; whether the schedule starts it again shows at the next start",
            ),
            options=(
                Option(what="run the job once, now", expected="what it writes is of today; a run can be cancelled"),
                Option(
                    what="tell its owner",
                    expected="the work is done when he has read it",
                    rejected_because="the work is due now; the run tells him, too",
                ),
                Option(
                    what="do nothing",
                    expected=f"{again}; until then what it writes is as old as {last:%Y-%m-%d %H:%M} UTC",
                    rejected_because=f"{len(missed)} starts in a row were passed over",
                ),
            ),
            why=f"Confidence {confidence}: {of.made} of {of.before} earlier starts happened, so it is meant to run. If it "
            "appends what it wrote before, a run of its own choice of data is right: whoever knows the job decides.",
        ),
        narrative=". ".join((*seen, *grounds, "Running it once does what was missed; a run can be cancelled")) + ".",
    )


CAPABILITY = Capability(
    name="pipelineops.not_started",
    version="1.0",
    kind="job.run_now",
    target=lambda row: Target(workspace_id=row.workspace_id, type="job", id=row.job_id, name=text(row.name)[:200]),
    opens={"schedules": SCHEDULES, "runs": RUNS},
    then=(about,),
    evidence=NEWEST,
    match=("workspace_id", "job_id"),
    max_age_s=24 * 3600,
    incident="stopped",
    judge=not_started,
)
