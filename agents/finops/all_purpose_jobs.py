"""Proposes that jobs which run on all-purpose clusters run on a cluster of each run, which costs less an hour."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, money, rows, share, text
from agents.finops.record import Record
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target

KIND, QUERY = "job.set_compute", "finops.savings_all_purpose_jobs"
DAYS = 28  # whole weeks
HABIT = Decimal(10)  # saved a month: what ran there once, to try something, saves less
PART = Decimal("0.5")  # of the saving is left where starts of the new cluster and its idle end take the rest: assumed
PRIOR = (7, 3)  # such changes that hold and that are taken back, before any is counted: assumed
METHOD = (
    "The job's share of each hour of the cluster times the difference of the two list prices in that hour, in {days} days, for 30; "
    "the low end leaves half of it for the start of a cluster before each run, which is not known before it ran so. The "
    "all-purpose cluster is saved only where nobody else keeps it running."
)
JOBS = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")


def all_purpose_jobs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job that ran on an all-purpose cluster: ``jobs`` are rows of :data:`QUERY`, ``tracks`` those of
    :func:`approvals.reading.track.frame`. Pure."""
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    return [_judged(row, record, now) for row in rows(frames["jobs"])]


def _judged(row: Row, record: Record, now: dt.datetime) -> Observation:
    if not text(row.monthly_saving):
        return CAPABILITY.leaves(row, f"no price in {CURRENCY}: what it would save is not known")
    high = money(row.monthly_saving)
    if high < HABIT:
        return CAPABILITY.leaves(row, f"it would save {high} a month: it ran there seldom, or costs little")
    low = money(high * PART)
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
        f"the same hours cost {CURRENCY} {high} a month less at the price of job compute",
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
        benefit=Benefit(kind="cost", low=low, high=high, currency=CURRENCY, method=METHOD.format(days=DAYS)),
        title="It runs on an all-purpose cluster",
        scalars=(
            Scalar(column="monthly_saving", observed=high, tolerance=Decimal("0.5"), threshold=HABIT, unit=CURRENCY),
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
    version="1.0",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="job", id=row.resource_id, name=text(row.resource)[:200]
    ),
    opens={"jobs": JOBS},
    evidence=JOBS,
    match=("workspace_id", "resource_id"),
    judge=all_purpose_jobs,
)
