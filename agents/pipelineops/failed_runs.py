"""Proposes to repair the failed run of a job that matters, when a second try is likely to do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from agents import proposing
from agents.detectors import quartz
from agents.pipelineops.repairs import TRANSIENT, UNKNOWN, Job, Repairs, repairs_of
from agents.proposing import BASIS, CURRENCY, Capability, Frames, Observation, money, said, text
from approvals.values.proposal import Agent, Benefit, Draft, Evidence, Ooda, Option, Scalar, Target
from queries.kinds import Param
from warehouse.interface import Ask, ask

AGENT = Agent(id="pipelineops.failed_run", version="1.0", principal="agent:pipelineops")
QUERY = "pipelineops.failed_runs"
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


def _params(now: dt.datetime) -> dict[str, Param]:
    today = now.date()
    return {
        "start": today - dt.timedelta(days=DAYS), "end": today + dt.timedelta(days=AHEAD), "workspaces": "",
        "currency": CURRENCY, "basis": BASIS, "limit": 200,
    }  # fmt: skip


def asks(now: dt.datetime) -> Mapping[str, Ask]:
    """Whether anything failed at all: the only question of a quiet round."""
    return {"newest": ask("pipelineops.newest_failure", start=_day(now, 2), end=_day(now, -1))}


def failures(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Which jobs' newest run failed, once something did within :data:`RECENT`."""
    newest = [proposing.moment(row.newest) for row in proposing.rows(frames["newest"])]
    return {"failed": ask(QUERY, **_params(now))} if any(at and now - at <= RECENT for at in newest) else {}


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What else must be known of the jobs that could be repaired: lineage is read for these only."""
    rows = [row for row in proposing.rows(frames["failed"]) if not _out_of_question(row, now)]
    if not rows:
        return {}
    named = ",".join(sorted(f"{row.workspace_id}/{row.job_id}" for row in rows))
    return {
        "readers": ask("pipelineops.job_readers", start=_day(now, DAYS), end=_day(now, -AHEAD), jobs=named),
        "schedules": ask("pipelineops.job_schedules", start=_day(now, 0), end=_day(now, -1), workspaces=""),
        "learned": ask("pipelineops.learned_deadlines", start=_day(now, 37), end=_day(now, 7), workspaces=""),
        "repairs": ask("pipelineops.repair_outcomes", start=_day(now, 90), end=_day(now, 0), workspaces=""),
    }


def _day(now: dt.datetime, back: int) -> dt.date:
    return now.date() - dt.timedelta(days=back)


@dataclass(frozen=True)
class _Known:
    """What is known beside the failed runs, by job."""

    declared: Mapping[Job, str]
    learned: Mapping[Job, str]
    readers: Mapping[Job, Any]
    schedules: Mapping[Job, Any]
    repairs: Repairs

    def next_run(self, job: Job, now: dt.datetime) -> tuple[dt.datetime | None, str]:
        """When the job's schedule starts it next within a day, if it does, and that in words."""
        plan = self.schedules.get(job)
        if plan is None or not text(plan.quartz):
            return None, "no schedule starts it again"
        try:
            found = quartz.fire_times(plan.quartz, text(plan.zone) or "UTC", now, now + RECENT)
        except quartz.NotUnderstood:
            return None, "when its schedule starts it next is not known: it cannot be read"
        soonest = next((at for at in found if at > now), None)
        said = (
            f"its next scheduled run starts at {soonest:%Y-%m-%d %H:%M} UTC"
            if soonest
            else "no scheduled run within a day"
        )
        return soonest, said


def failed_runs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job whose newest run failed. Frames are rows of the questions of :func:`asks`,
    :func:`failures` and :func:`about`, as far as they were asked; ``declared`` (may be missing) has workspace_id,
    job_id, due_time, zone. Pure."""

    def by_job(name: str) -> dict[Job, Any]:
        return {(row.workspace_id, row.job_id): row for row in proposing.rows(frames.get(name, pd.DataFrame()))}

    declared = {job: f"due at {row.due_time} {row.zone} (declared)" for job, row in by_job("declared").items()}
    learned = {
        job: f"usually done {float(row.seconds) / 3600:.1f} h after its start (learned)"
        for job, row in by_job("learned").items()
    }
    schedules = {job: row for job, row in by_job("schedules").items() if proposing.moment(row.until) is None}
    repairs = repairs_of(proposing.rows(frames.get("repairs", pd.DataFrame())))
    known = _Known(declared, learned, by_job("readers"), schedules, repairs)
    return [_judged(row, known, now) for row in proposing.rows(frames.get("failed", pd.DataFrame()))]


def _out_of_question(row: Any, now: dt.datetime) -> str:
    """The first reason against a repair that the failed run itself gives; empty when there is none."""
    code, failures, ended = text(row.termination_code), int(row.failures), proposing.moment(row.ended)
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
    if proposing.moment(row.last_success) is None:
        return f"no run succeeded in {DAYS} days"
    return "" if code in TRANSIENT | UNKNOWN else f"{code} does not pass by itself"


def why_not(row: Any, chance: Decimal, matters: bool, next_run: dt.datetime | None, now: dt.datetime) -> str:
    """The first reason against a repair; empty when there is none."""
    if reason := _out_of_question(row, now):
        return reason
    if next_run is not None and next_run - now <= SOON:
        return f"its next scheduled run starts at {next_run:%H:%M} UTC: sooner than a repair is decided"
    if chance < LIKELY:
        return f"a repair after {text(row.termination_code) or 'such a failure'} succeeds with {chance}: less than {LIKELY}"
    return "" if matters else "no declared deadline, nobody reads what it writes, and a run costs little"


def _judged(row: Any, known: _Known, now: dt.datetime) -> Observation:
    job: Job = (row.workspace_id, row.job_id)
    entity, cost = f"{row.workspace_id}/run/{row.run_id}", money(row.cost_per_run)
    seen = known.readers.get(job)
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
        return Observation(entity, f"{reason}{' (a workspace to try things in)' if playground and not grounds else ''}")
    value = proposing.worth(chance, cost + (PROMISE if job in known.declared else 0) + READER * readers, cost)
    orient = (*matters, _twice(known.repairs.of_job(job)))
    return Observation(entity, draft=_draft(row, orient, chance, again, now), worth=value)


def _twice(repaired: tuple[int, int]) -> str:
    """What is known of whether the job's failed tasks may run twice."""
    tried, rescued = repaired
    if not tried:
        return "whether its failed tasks may safely run twice is not known: nobody repaired this job in 90 days"
    return f"its failed tasks were run twice {tried} times in 90 days, {rescued} times to a good end"


def _draft(row: Any, orient: tuple[str, ...], chance: Decimal, again: str, now: dt.datetime) -> Draft:
    code, cost, failures = text(row.termination_code) or "no code", money(row.cost_per_run), int(row.failures)
    tasks = [] if row.failed_tasks is None else [str(task) for task in row.failed_tasks]
    seen = (
        f"its newest run ended at {row.ended:%Y-%m-%d %H:%M} UTC as {row.result_state} ({code})",
        f"failed tasks: {', '.join(tasks)[:300] or 'not known'}",
        f"last success {row.last_success:%Y-%m-%d %H:%M} UTC; {failures} failures since",
        again,
    )
    return Draft(
        kind="job.repair_run",
        target=Target(workspace_id=row.workspace_id, type="run", id=row.run_id, name=text(row.name)[:200]),
        params={"rerun_all_failed_tasks": True}, agent=AGENT, confidence=chance,
        benefit=Benefit(
            kind="sla", low=Decimal(0), high=cost, currency=CURRENCY,
            method="Once, not monthly: at most the cost of one run (its mean in 30 days, list price) is not spent again, "
                   "because finished tasks are kept. The deadline kept and the readers served are not put into money.",
        ),
        evidence=(
            Evidence(
                title="The job's newest run failed and has not been run again", query=QUERY, params=said(_params(now)),
                match={"workspace_id": row.workspace_id, "job_id": row.job_id, "run_id": row.run_id},
                scalars=(
                    Scalar(column="result_state", observed=row.result_state),
                    Scalar(column="termination_code", observed=text(row.termination_code) or None),
                    Scalar(column="attempts", observed=Decimal(int(row.attempts)), tolerance=Decimal(0)),
                    Scalar(column="failures", observed=Decimal(failures), tolerance=Decimal(0),
                           threshold=Decimal(PERMANENT)),
                ),
                max_age_s=6 * 3600,
            ),
        ),
        ooda=Ooda(
            observe=seen, orient=(*orient, f"a repair after {code} succeeds with a chance of {chance}"),
            options=(
                Option(what="repair the run: its failed tasks again", expected=f"done with a chance of {chance}"),
                Option(what="run the whole job again", expected=f"the same chance, for about {CURRENCY} {cost}",
                       rejected_because="finished tasks would be done twice"),
                Option(what="do nothing", expected=f"{again}; until then: " + "; ".join(orient[:-1]),
                       rejected_because="what it writes stays as old as the last success"),
            ),
            why="Tasks that append without merging must not run twice: whoever knows the job decides.",
        ),
        narrative=". ".join((*seen, *orient))[:4_000],
    )  # fmt: skip


CAPABILITY = Capability(AGENT, asks, failed_runs, (failures, about))
