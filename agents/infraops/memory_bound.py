"""Tells the owner of a cluster whose machines are full of memory and swap, day after day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, money, rows, share, text
from agents.messages import note, plain, recipient, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

QUERY, HOURS = "infraops.cluster_use", "things.cluster_hours"
DAYS = 28  # whole weeks
FULL, SWAPS = 0.9, 0.05  # of the memory at its height; share of the minutes: both, for a full cache alone is no lack
SEEN, LASTS = 3, 3  # days measured; days on which it is full, up to now
GAIN = Decimal(60)  # assumed worth of telling in time, to rank by only
USE = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")
SPAN = window(HOURS, days=DAYS, ahead=1, workspaces="")


def hours_of(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """The hours of the clusters that are full of memory."""
    return {
        _key(row): SPAN.ask(now, workspace_id=row.workspace_id, cluster_id=row.cluster_id)
        for row in _fullest(frames["use"])
        if not _out_of_question(row)
    }


def memory_bound(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per all-purpose cluster, of its fullest machines: ``use`` are rows of :data:`QUERY`,
    ``workspace/cluster`` of :data:`HOURS`, ``groups`` those of the policy. Pure."""
    return [_judged(row, frames, now) for row in _fullest(frames["use"])]


def _key(row: Row) -> str:
    return f"{row.workspace_id}/{row.cluster_id}"


def _fullest(use: pd.DataFrame) -> list[Row]:
    """The machines of each cluster that swap most, then those with the fullest memory."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows(use):
        key, best = (row.workspace_id, row.cluster_id), found.get((row.workspace_id, row.cluster_id))
        if best is None or _full(row) > _full(best):
            found[key] = row
    return list(found.values())


def _full(row: Row) -> tuple[float, float, str]:
    known = [0.0 if pd.isna(one) else float(one) for one in (row.swapping, row.memory_peak)]
    return known[0], known[1], text(row.role)


def _out_of_question(row: Row) -> str:
    if pd.isna(row.memory_peak):
        return "not measured"
    if int(row.days) < SEEN:
        return f"measured on {int(row.days)} days only"
    if float(row.memory_peak) < FULL:
        return f"its memory is used up to {float(row.memory_peak):.0%} at its height"
    return "" if float(row.swapping) >= SWAPS else "its memory is full, and hardly ever swapped"


def full_since(hours: pd.DataFrame) -> tuple[dt.date | None, int]:
    """Since which day, up to the newest one, half of the hours of each day that it ran were full; and on how many days."""
    by_day: dict[dt.date, list[bool]] = {}
    for row in rows(hours):
        at = moment(row.hour)
        assert at is not None
        by_day.setdefault(at.date(), []).append(float(row.memory) >= FULL)
    since, days = None, 0
    for day in sorted(by_day, reverse=True):
        if 2 * sum(by_day[day]) < len(by_day[day]):
            break
        since, days = day, days + 1
    return since, days


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    if reason := _out_of_question(row):
        return CAPABILITY.leaves(row, reason)
    since, days = full_since(frames.get(_key(row), pd.DataFrame()))
    if since is None or days < LASTS:
        return CAPABILITY.leaves(row, f"full on {days} days up to now: that passes")
    return CAPABILITY.proposes(row, now, _tell(row, since, days, recipient(row.owner, frames)))


def _tell(row: Row, since: dt.date, days: int, whom: str) -> Recommendation:
    name, role = plain(row.cluster, 80), text(row.role)
    use = (
        f"its {role} use {float(row.memory_peak):.0%} of their memory and {float(row.cpu_peak):.0%} of their CPU at their height "
        f"(99 % of the minutes of {int(row.days)} days)"
    )
    swaps = f"in {float(row.swapping):.0%} of the minutes they swap"
    cost = f", at {CURRENCY} {money(row.cost_a_day)} a day" if money(row.cost_a_day) else ""
    lines = (
        f"The memory of cluster {name} is full since {since}, on each of {days} days that it ran.",
        f"On it {use}; {swaps}.",
        f"What swaps takes many times as long{cost}, and may run out of memory.",
        "Please choose machines with more memory, or find what holds it (a collect, a cached table, a notebook that is never "
        "detached). Fewer or smaller machines would make it worse.",
        "To check: InfraOps, Clusters: it no longer swaps.",
    )
    return telling(
        note(whom, f"Cluster {name} is full of memory since {since}", lines),
        sure=share((days + 1) / (days + 2)),
        gain=GAIN,
        benefit=Benefit(
            kind="quality", currency=CURRENCY, method="What runs on it is faster and does not run out of memory."
        ),
        title="Full of memory, and it swaps",
        scalars=(
            Scalar(
                column="memory_peak",
                observed=Decimal(str(round(float(row.memory_peak), 3))),
                tolerance=Decimal("0.5"),
                threshold=Decimal(str(FULL)),
            ),
            Scalar(
                column="swapping",
                observed=Decimal(str(round(float(row.swapping), 3))),
                tolerance=Decimal(1),
                threshold=Decimal(str(SWAPS)),
            ),
        ),
        observe=(use, swaps, f"so since {since}, on each of {days} days"),
        orient=(
            "It looks idle by its CPU and is not: making it smaller would stop what runs on it.",
            "Which machines fit is known to whoever works on it.",
        ),
        expected="the owner chooses machines with more memory, or finds what holds it",
        nothing="what runs there goes on swapping, and may run out of memory",
        why=f"Memory and swap say the same on {days} days.",
        others=(
            Option(
                what="restart it",
                expected="the memory is free until the same work is done again",
                rejected_because="it ends what runs, and does not last",
            ),
        ),
    )


CAPABILITY = Capability(
    name="infraops.memory_bound",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="cluster", id=row.cluster_id, name=text(row.cluster)[:200]
    ),
    opens={"use": USE},
    then=(hours_of,),
    evidence=USE,
    match=("workspace_id", "cluster_id", "role"),
    judge=memory_bound,
)
