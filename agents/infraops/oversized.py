"""Proposes fewer workers for all-purpose clusters that use half of theirs or less at their height: one step at a time."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, money, rows, share, text
from agents.finops.record import Record
from agents.settled import CHANGES, changes_of, unsettled
from agents.spread import SAID, a_month, whole_days
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

KIND, QUERY, COST = "cluster.resize", "infraops.cluster_use", "things.cost_by_day"
DAYS = 28  # whole weeks
LOOKED_AT = 10  # clusters whose days are read, the dearest
CPU_ROOM, MEMORY_ROOM = 1.2, 1.25  # times the height: what providers of such advice leave free
FULL = 0.8  # of the memory at its height: what is fuller is not made smaller, whatever its CPU does
SEEN, ENOUGH = 3, 7  # days measured: fewer say nothing; fewer than enough make half as sure
WATCHED = 0.5  # share of the billed time that was measured, below which its height may have been missed
PRIOR = (8, 2)  # such changes that hold and that are taken back, before any is counted: assumed
METHOD = (
    "What the workers that go cost on each of the last {n} days that are billed, list price, machines of a cluster costing alike; "
    f"{SAID}. The cloud's machines come on top."
)
USE = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")
SPENT = window(COST, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="", cost_centers="", kind="cluster")


def needed(row: Row) -> int:
    """The workers on which the load at its height (99 % of the minutes) would fit with room to spare; one at least."""
    height = max(float(row.cpu_peak) * CPU_ROOM, float(row.memory_peak) * MEMORY_ROOM)
    return max(1, math.ceil(float(row.machines) * height - 1e-9))


def step(row: Row) -> int:
    """The workers after one step: what is needed, at most one size (a half) less than it has."""
    return max(needed(row), math.ceil(_floor(row) / 2))


def _floor(row: Row) -> int:
    """The workers that it has whatever the load is."""
    return int(row.workers_least) if bool(row.autoscales) else int(row.workers)


def days_of(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What each day cost of the clusters that could be smaller."""
    able = [row for row in rows(frames["use"]) if not why_not(row)]
    dearest = sorted(able, key=lambda row: (-money(row.cost_a_day), row.cluster_id))[:LOOKED_AT]
    return {_key(row): SPENT.ask(now, workspace_id=row.workspace_id, id=row.cluster_id) for row in dearest}


def oversized(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per all-purpose cluster that has workers: ``use`` are rows of :data:`QUERY`, ``changed`` of
    infraops.compute_changes, ``workspace/cluster`` of :data:`COST`, ``tracks`` those of
    :func:`approvals.reading.track.frame`. Pure."""
    record, changed = Record.of(frames.get("tracks"), KIND, PRIOR), changes_of(frames.get("changed"), "cluster")
    return [
        _judged(row, frames.get(_key(row)), changed.get((row.workspace_id, row.cluster_id)), record, now)
        for row in rows(frames["use"])
        if row.role in ("workers", "not measured")
    ]


def _key(row: Row) -> str:
    return f"{row.workspace_id}/{row.cluster_id}"


def why_not(row: Row) -> str:
    """The first reason against fewer workers that its use gives; empty when there is none."""
    if row.role != "workers" or pd.isna(row.cpu_peak) or pd.isna(row.workers):
        return "not measured"
    if float(row.swapping) > 0:
        return "it swaps: it lacks memory, whatever its CPU does"
    if float(row.memory_peak) >= FULL:
        return f"its memory is full at its height ({float(row.memory_peak):.0%})"
    if int(row.days) < SEEN:
        return f"measured on {int(row.days)} days only"
    if float(row.measured) < WATCHED:
        return f"only {float(row.measured):.0%} of its billed time was measured: its height may be missing"
    if bool(row.autoscales) and float(row.machines) > _floor(row):
        return f"it scales by itself from {_floor(row)} to {int(row.workers)} workers"
    if 2 * needed(row) > _floor(row):
        return f"at its height it needs {needed(row)} of its {_floor(row)} workers, with room to spare"
    return "" if money(row.cost_a_day) > 0 else f"no price in {CURRENCY}: what it would save is not known"


def _judged(
    row: Row, days: pd.DataFrame | None, changes: list[Row] | None, record: Record, now: dt.datetime
) -> Observation:
    reason = (
        why_not(row) or unsettled(changes, now) or ("" if days is not None else "others cost more: looked at next time")
    )
    if reason:
        return CAPABILITY.leaves(row, reason)
    assert days is not None
    fewer, costs = step(row), whole_days(days, now.date() - dt.timedelta(days=DAYS))
    gone = (_floor(row) - fewer) / (_floor(row) + 1)
    low, high = a_month([one * gone for one in costs])
    seen = int(row.days)
    sure = (seen + 1) / (seen + 4) * (1 if seen >= ENOUGH else 0.5)
    confidence = share(min(sure, record.chance))
    value = worth(confidence, (low + high) / 2, money(row.cost_a_day))
    if value <= 0:
        return CAPABILITY.leaves(row, f"would save {low} to {high} a month: not worth a look", value)
    return CAPABILITY.proposes(row, now, _fewer(row, fewer, (low, high), len(costs), record, confidence, value))


def _fewer(
    row: Row, fewer: int, gain: tuple[Decimal, Decimal], known: int, record: Record, confidence: Decimal, value: Decimal
) -> Recommendation:
    (low, high), has, need = gain, _floor(row), needed(row)
    observed = (
        f"its {int(row.machines)} workers use {float(row.cpu_peak):.0%} of the CPU and {float(row.memory_peak):.0%} of the memory "
        f"at their height (99 % of the minutes of {int(row.days)} days), without swapping",
        f"{need} of {has} workers would do with {CPU_ROOM - 1:.0%} of CPU and {MEMORY_ROOM - 1:.0%} of memory to spare",
        f"it costs {CURRENCY} {money(row.cost_a_day)} a day",
    )
    oriented = (
        "Workers without work are billed like busy ones.",
        "What was not seen in these days (a month end, a new job) could need more: then it runs longer, or out of memory. So it "
        "is one step, to half at most, and looked at again after a week.",
        "Taking workers away repeats what ran on them; the cluster goes on running.",
    )
    least = {"min_workers": fewer, "max_workers": max(int(row.workers), fewer)}
    further = f"{need} at once" if need < fewer else "still fewer"
    return Recommendation(
        params=least if bool(row.autoscales) else {"num_workers": fewer},
        confidence=confidence,
        worth=value,
        benefit=Benefit(kind="cost", low=low, high=high, currency=CURRENCY, method=METHOD.format(n=known)),
        title=f"At its height it needs {need} of its {has} workers",
        scalars=(
            Scalar(column="workers", observed=Decimal(int(row.workers)), tolerance=Decimal(0)),
            Scalar(column="cpu_peak", observed=_ratio(row.cpu_peak), threshold=_fits(row, fewer, CPU_ROOM)),
            Scalar(column="memory_peak", observed=_ratio(row.memory_peak), threshold=_fits(row, fewer, MEMORY_ROOM)),
            Scalar(column="swapping", observed=Decimal(0), tolerance=Decimal(0)),
        ),
        ooda=Ooda(
            observe=observed,
            orient=oriented,
            options=(
                Option(what=f"{fewer} workers", expected=f"saves {CURRENCY} {low} to {high} a month"),
                Option(
                    what=f"{further}",
                    expected="saves more",
                    rejected_because="one step at a time: no percentile is safe against what was not seen",
                ),
                Option(
                    what="do nothing",
                    expected=f"costs {CURRENCY} {(low + high) / 2 / 30:.2f} a day",
                    rejected_because="the money buys nothing",
                ),
            ),
            why=f"The size is set back in one step. Confidence {confidence}: at most what {record} gives, less where few days were "
            "measured.",
        ),
        narrative=f"{'. '.join(observed)}. With {fewer} workers it saves {CURRENCY} {low} to {high} a month. "
        f"{' '.join(oriented)} It is undone by setting back {has} workers.",
    )


def _ratio(value: float) -> Decimal:
    return Decimal(str(round(float(value), 4)))


def _fits(row: Row, fewer: int, room: float) -> Decimal:
    """The use of what it has now, from which on ``fewer`` workers would be too few."""
    return _ratio(min(fewer / (float(row.machines) * room), 1.0))


CAPABILITY = Capability(
    name="infraops.oversized",
    version="1.0",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="cluster", id=row.cluster_id, name=text(row.cluster)[:200]
    ),
    opens={"use": USE, "changed": CHANGES},
    then=(days_of,),
    evidence=USE,
    match=("workspace_id", "cluster_id", "role"),
    judge=oversized,
)
