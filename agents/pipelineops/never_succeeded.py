"""Proposes to pause the schedule of a job that has failed ever since it was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, REVIEW, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, money, rows, share, text
from agents.pipelineops.known_jobs import KnownJobs, known_jobs
from agents.pipelineops.repairs import Job
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

DAYS = 90
TRIED = dt.timedelta(days=7)  # since it failed first: until then somebody may still be at work on it
SURE = Decimal("0.9")  # that the next run fails, too, from which it is proposed: eight failures and no success
MONTH = 30
METHOD = (
    "What its failed runs cost by list price in the days since the first one, scaled to 30, and two standard errors of so "
    "many runs; runs on all-purpose compute have no cost of their own and are not in it. For the ranking a look at a failure "
    f"once a week is counted with {CURRENCY} {REVIEW}."
)
FAILING = window("pipelineops.never_succeeded", days=DAYS, ahead=4, workspaces="")
COSTS = window("pipelineops.failure_cost", days=DAYS, ahead=1, workspaces="", currency=CURRENCY, basis=BASIS, limit=500)
SCHEDULES = window("pipelineops.job_schedules", days=0, ahead=1, workspaces="")


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What starts them and what they cost; nothing where no job could be paused."""
    if all(_out_of_question(row, now) for row in rows(frames["failing"])):
        return {}
    return {"costs": COSTS.ask(now), "schedules": SCHEDULES.ask(now)}


def never_succeeded(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job that fails for more than a day: ``failing`` are rows of pipelineops.never_succeeded, ``costs``
    of pipelineops.failure_cost, ``schedules`` of pipelineops.job_schedules. Pure."""
    known = known_jobs(frames)
    costs: dict[Job, Row] = {(row.workspace_id, row.job_id): row for row in rows(frames.get("costs"))}
    return [_judged(row, known, costs, now) for row in rows(frames["failing"])]


def chance(failures: int) -> Decimal:
    """That the next run fails after ``failures`` and no success: the mean of a Beta distribution from an even start."""
    return share((failures + 1) / (failures + 2))


def _out_of_question(row: Row, now: dt.datetime) -> str:
    """The first reason against a pause that the failures give; empty when there is none."""
    since = moment(row.failing_since)
    if moment(row.last_success) is not None:
        return "it has succeeded before: what changed since is to be found, not its schedule to be paused"
    if since is None or now - since < TRIED:
        return f"it failed first less than {TRIED.days} days ago: somebody may still be at work on it"
    sure = chance(int(row.failures))
    return "" if sure >= SURE else f"{int(row.failures)} failures: the next fails with {sure}, less than {SURE}"


def _judged(row: Row, known: KnownJobs, costs: Mapping[Job, Row], now: dt.datetime) -> Observation:
    job: Job = (row.workspace_id, row.job_id)
    plan = known.schedules.get(job)
    if reason := _out_of_question(row, now):
        return CAPABILITY.leaves(row, reason)
    if plan is None or not text(plan.quartz):
        return CAPABILITY.leaves(row, "no cron schedule is known to start it")
    if text(plan.paused) and bool(plan.paused):
        return CAPABILITY.leaves(row, "its schedule is paused already")
    since = moment(row.failing_since)
    assert since is not None
    days = max((now - since).days, 1)
    spent = money(costs[job].cost) if job in costs else Decimal(0)
    monthly = (spent * MONTH / days).quantize(Decimal("0.01"))
    sure = chance(int(row.failures))
    value = worth(sure, monthly + REVIEW * MONTH / 7, Decimal(0))
    _, again = known.next_run(job, now)
    return CAPABILITY.proposes(row, now, _pause(row, spent, monthly, sure, again, value), began=since)


def _pause(row: Row, spent: Decimal, monthly: Decimal, sure: Decimal, again: str, value: Decimal) -> Recommendation:
    failures, code = int(row.failures), text(row.last_code) or "no code"
    cost = f"{CURRENCY} {spent} by now" if spent else "a cost that is not known: no run has one of its own"
    seen = (
        f"all of its {failures} runs since {row.failing_since:%Y-%m-%d %H:%M} UTC failed, the last one with {code}",
        f"no run succeeded in {DAYS} days",
        f"they came to {cost}",
        again,
    )
    spread = Decimal(str(round(2 / failures**0.5, 2)))
    return Recommendation(
        params={"paused": True},
        confidence=sure,
        worth=value,
        benefit=Benefit(
            kind="cost",
            low=(monthly * max(1 - spread, Decimal(0))).quantize(Decimal("0.01")),
            high=(monthly * (1 + spread)).quantize(Decimal("0.01")),
            currency=CURRENCY,
            method=METHOD,
        ),
        title="It has failed since its first run",
        scalars=(
            Scalar(column="failures", observed=Decimal(failures), threshold=Decimal(8), unit="runs"),
            Scalar(column="last_success", observed=None),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(
                "A schedule that only fails costs money and teaches people to look away from failures.",
                "Nobody can read what it never wrote: nothing is late because of the pause.",
                f"It runs as {text(row.owner)[:120] or 'nobody known'}, who may resume it when it is mended.",
            ),
            options=(
                Option(
                    what="pause its schedule",
                    expected=f"saves about {CURRENCY} {monthly} a month; it still runs by hand, and is resumed in one step",
                ),
                Option(
                    what="tell its owner",
                    expected="the job goes on failing until the message is read",
                    rejected_because=f"{failures} failures have told already",
                ),
                Option(
                    what="do nothing",
                    expected=f"the next run fails with a chance of {sure}; about {CURRENCY} {monthly} a month",
                    rejected_because="the money buys nothing",
                ),
            ),
            why=f"Confidence {sure}: after {failures} failures and no success the next fails, too (Beta from an even start). "
            "A pause changes no data and is taken back in one step.",
        ),
        narrative=f"{'; '.join(seen)}. A pause stops that until the job is mended; it is undone by resuming the schedule, and "
        "the job can be run by hand all the while.",
    )


CAPABILITY = Capability(
    name="pipelineops.never_succeeded",
    version="1.0",
    kind="job.pause_schedule",
    target=lambda row: Target(workspace_id=row.workspace_id, type="job", id=row.job_id, name=text(row.name)[:200]),
    opens={"failing": FAILING},
    then=(about,),
    evidence=FAILING,
    match=("workspace_id", "job_id"),
    incident="stopped",
    judge=never_succeeded,
)
