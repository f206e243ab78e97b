"""Proposes that jobs which run on all-purpose clusters run on a cluster of each run, which costs less an hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, day, money, rows, share, text
from agents.finops.kept_running import Hour, hours_of, only_for, ran, runs_of
from agents.finops.record import Record
from agents.spread import MONTH, SAID, a_month
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

KIND, QUERY = "job.set_compute", "finops.savings_all_purpose_jobs"
DAYS = 28  # whole weeks
HABIT = Decimal(10)  # saved a month: what ran there once, to try something, saves less
LOOKED_AT = 10  # jobs whose clusters are looked at, those that would save most
PRIOR = (7, 3)  # such changes that hold and that are taken back, before any is counted: assumed
METHOD = (
    "What the all-purpose cluster cost while it ran for this job alone, before others began or after they ended, its wait for an "
    "end included, less what the same runs cost at the price of job compute, list prices, an hour as in the last two days; {said}. "
    "Between others' work the cluster is taken to run all the same."
)
HOURS = window("things.cluster_hours", days=DAYS, workspaces="")
RUNS = window("pipelineops.run_list", days=DAYS, workspaces="", limit=5_000)
SHARES = window("finops.cluster_share", days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="", limit=500)
LATELY = 2  # days whose cost is that of an hour from now on: before, the cluster may have been of another size
SPENT = window(
    "things.cost_by_day", days=LATELY, currency=CURRENCY, basis=BASIS, workspaces="", cost_centers="", kind="cluster"
)
JOBS = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """The runs of the jobs that could move, and the hours and newest days' cost of the cluster that each runs on most."""
    able = sorted(
        (row for row in rows(frames["jobs"]) if not _out_of_question(row)), key=lambda row: -money(row.monthly_saving)
    )
    asked: dict[str, Ask] = {}
    for row in able[:LOOKED_AT]:
        if (cluster := _on(row, frames["shares"])) is not None:
            asked[_key(row)] = RUNS.ask(now, workspace_id=row.workspace_id, job_id=row.resource_id)
            asked[_place(row, cluster)] = HOURS.ask(now, workspace_id=row.workspace_id, cluster_id=cluster)
            asked[f"{_place(row, cluster)}/cost"] = SPENT.ask(now, workspace_id=row.workspace_id, id=cluster)
    return asked


def all_purpose_jobs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job that ran on an all-purpose cluster: ``jobs`` are rows of :data:`QUERY`, ``shares`` of
    finops.cluster_share, ``workspace/job/id`` of pipelineops.run_list, ``workspace/cluster/id`` of things.cluster_hours,
    ``workspace/cluster/id/cost`` of things.cost_by_day, ``tracks`` those of :func:`approvals.reading.track.frame`. Pure."""
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    return [_judged(row, frames, record, now) for row in rows(frames["jobs"])]


def _key(row: Row) -> str:
    return f"{row.workspace_id}/job/{row.resource_id}"


def _place(row: Row, cluster: str) -> str:
    return f"{row.workspace_id}/cluster/{cluster}"


def _on(row: Row, shares: pd.DataFrame) -> str | None:
    """The cluster on which the job cost most; None where that is not known."""
    own = [one for one in rows(shares) if (one.workspace_id, one.job_id) == (row.workspace_id, row.resource_id)]
    return max(own, key=lambda one: (money(one.cost), one.cluster_id)).cluster_id if own else None


def _out_of_question(row: Row) -> str:
    if not text(row.monthly_saving):
        return f"no price in {CURRENCY}: what it would save is not known"
    high = money(row.monthly_saving)
    return f"it would save {high} a month: it ran there seldom, or costs little" if high < HABIT else ""


def saved(row: Row, frames: Frames, now: dt.datetime) -> list[float] | None:
    """What each of the last days would have cost less; None where the hours of its cluster are not known."""
    cluster = _on(row, frames["shares"])
    measured, started = frames.get(_place(row, cluster or "")), frames.get(_key(row))
    if cluster is None or measured is None or measured.empty or started is None:
        return None
    billed = [
        one for one in rows(frames["shares"]) if (one.workspace_id, one.cluster_id) == (row.workspace_id, cluster)
    ]
    own = float(sum(money(one.cost) for one in billed if one.job_id == row.resource_id))
    hours, runs = hours_of(measured), runs_of(started)
    whole = float(sum(money(one.cost) for one in billed)) * 60 / sum(one.minutes for one in hours)
    rate = an_hour(frames.get(f"{_place(row, cluster)}/cost"), hours) or whole
    cheaper = 1 - float(money(row.monthly_saving)) * DAYS / MONTH / own if own else 1.0  # what is left of the price
    alone, first = only_for(hours, runs), now.date() - dt.timedelta(days=DAYS)
    days = [first + dt.timedelta(days=n) for n in range(DAYS)]
    return [rate * (alone.get(one, 0.0) - max(cheaper, 0.0) * ran(runs, one)) for one in days]


def an_hour(costs: pd.DataFrame | None, hours: Sequence[Hour]) -> float:
    """What an hour of the cluster costs, by the whole days of ``costs`` (rows of things.cost_by_day); 0 where it did not run."""
    spent = (
        {at: float(money(one.cost)) for one in rows(costs) if one.complete and (at := day(one.usage_date))}
        if costs is not None
        else {}
    )
    ran_then = sum(one.minutes for one in hours if one.at.date() in spent)
    return sum(spent.values()) * 60 / ran_then if ran_then else 0.0


def _judged(row: Row, frames: Frames, record: Record, now: dt.datetime) -> Observation:
    if reason := _out_of_question(row):
        return CAPABILITY.leaves(row, reason)
    days = saved(row, frames, now)
    if days is None:
        return CAPABILITY.leaves(
            row, "the hours of its cluster are not known, or others save more: looked at next time"
        )
    if sum(days) <= 0:
        return CAPABILITY.leaves(row, "others keep its cluster running: moving it would save nothing")
    low, high = a_month(days)
    confidence = share(record.chance)
    value = worth(confidence, (low + high) / 2, low)
    if value <= 0:
        return CAPABILITY.leaves(row, f"would save {low} to {high} a month: not worth a look", value)
    return CAPABILITY.proposes(row, now, _moved(row, (low, high), record, confidence, value))


def _moved(
    row: Row, gain: tuple[Decimal, Decimal], record: Record, confidence: Decimal, value: Decimal
) -> Recommendation:
    low, high = gain
    observed = (
        f"its runs of {DAYS} days are billed at the all-purpose price: {text(row.evidence)[:300]}",
        "its cluster ran for it alone in some of these hours; a cluster of each run costs less an hour, and ends with it",
    )
    oriented = (
        "An all-purpose cluster is for people who work on it; a job alone gets nothing for the higher price.",
        "Each run then starts with its cluster, some minutes later; libraries that were installed on the shared one by hand are "
        "missing, and what other tasks left in its memory is not there.",
        "The cluster of the run has the machines, runtime and settings of the one it runs on now.",
    )
    return Recommendation(
        params={},
        confidence=confidence,
        worth=value,
        benefit=Benefit(
            kind="cost", low=low, high=high, currency=CURRENCY, method=METHOD.format(said=SAID.format(n=DAYS))
        ),
        title="It runs on an all-purpose cluster",
        scalars=(
            Scalar(
                column="monthly_saving",
                observed=money(row.monthly_saving),
                tolerance=Decimal("0.5"),
                threshold=HABIT,
                unit=CURRENCY,
            ),
        ),
        ooda=Ooda(
            observe=observed,
            orient=oriented,
            options=(
                Option(what="a cluster of each run", expected=f"saves {CURRENCY} {low} to {high} a month"),
                Option(
                    what="serverless",
                    expected="no start to wait for; what it costs is known after a trial only",
                    rejected_because="whether its tasks may run there is in no table",
                ),
                Option(
                    what="do nothing",
                    expected=f"costs {CURRENCY} {(low + high) / 2 / 30:.2f} a day",
                    rejected_because="the money buys nothing",
                ),
            ),
            why=f"It is taken back in one step. Confidence {confidence}: what {record} gives.",
        ),
        narrative=f"{'. '.join(observed)}. {' '.join(oriented)} It is undone by naming the all-purpose cluster again.",
    )


CAPABILITY = Capability(
    name="finops.all_purpose_job",
    version="2.1",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="job", id=row.resource_id, name=text(row.resource)[:200]
    ),
    opens={"jobs": JOBS, "shares": SHARES},
    then=(about,),
    evidence=JOBS,
    match=("workspace_id", "resource_id"),
    judge=all_purpose_jobs,
)
