"""Proposes that SQL warehouses on which statements queue day after day may use more clusters."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, money, rows, share, text
from agents.finops.record import Record
from agents.settled import CHANGES, changes_of, unsettled
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

KIND, QUERY, HOURS = "warehouse.set_max_clusters", "infraops.idle_and_waits", "things.warehouse_strip"
DAYS = 28  # whole weeks
QUEUED, SUSTAINED = (
    0.5,
    3,
)  # hours of queue on one day that make it one with a queue, and how many such days are no chance
STILL = dt.timedelta(days=4)  # since the newest day with a queue, over a weekend: after that it has passed
MOST, LIMIT = 2, 40  # times the clusters that it has in one step; what the API takes
FELT = 0.05  # hours of queue in an hour: what is shorter is the ordinary jostle
HOUR_WAITED = Decimal(60)  # assumed worth of an hour in which somebody waits, to rank by only
PRIOR = (8, 2)  # such changes that hold and that are taken back, before any is counted: assumed
METHOD = (
    "Not money: {hours:.1f} hours in the queue a month would be shorter or gone, each counted as USD 60 to rank by. The clusters "
    "that are added are billed while they are on: at most {most} a month, by the cost of an hour of this warehouse and the time "
    "in which statements run in hours with a queue."
)
WAREHOUSES = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")


def hours_of(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """The hours of the warehouses on which people queue on several days."""
    span = window(HOURS, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")
    return {
        _key(row): span.ask(now, workspace_id=row.workspace_id, warehouse_id=row.warehouse_id)
        for row in rows(frames["waits"])
        if not _out_of_question(row)
    }


def queue_pressure(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per warehouse on which anybody queued: ``waits`` are rows of :data:`QUERY`, ``changed`` of
    infraops.compute_changes, ``workspace/warehouse`` of :data:`HOURS`, ``tracks`` those of
    :func:`approvals.reading.track.frame`. Pure."""
    record, changed = Record.of(frames.get("tracks"), KIND, PRIOR), changes_of(frames.get("changed"), "warehouse")
    return [
        _judged(row, frames.get(_key(row)), changed.get((row.workspace_id, row.warehouse_id)), record, now)
        for row in rows(frames["waits"])
        if pd.isna(row.queued_a_day) or float(row.queued_a_day) > 0
    ]


def _key(row: Row) -> str:
    return f"{row.workspace_id}/{row.warehouse_id}"


def _out_of_question(row: Row) -> str:
    if pd.isna(row.queued_a_day) or pd.isna(row.max_clusters):
        return "how long statements queue on it is not known"
    if float(row.queued_a_day) < QUEUED or int(row.waited_days) < 1:
        return f"{float(row.queued_a_day):.2f} h in the queue on its worst day: nobody need wait less"
    if int(row.waited_days) < SUSTAINED:
        return f"a queue on {int(row.waited_days)} of {DAYS} days only: that passes"
    return "it may use as many clusters as there can be" if int(row.max_clusters) >= LIMIT else ""


def _judged(
    row: Row, hours: pd.DataFrame | None, changes: list[Row] | None, record: Record, now: dt.datetime
) -> Observation:
    if reason := _out_of_question(row) or unsettled(changes, now):
        return CAPABILITY.leaves(row, reason)
    full = [one for one in rows(hours) if float(one.queued_hours) >= FELT]
    by_day: dict[dt.date, float] = {}
    for one in full:
        at = moment(one.hour)
        assert at is not None
        by_day[at.date()] = by_day.get(at.date(), 0.0) + float(one.queued_hours)
    long = sorted(at for at, queued in by_day.items() if queued >= QUEUED)
    if len(long) < SUSTAINED or now.date() - long[-1] > STILL:
        return CAPABILITY.leaves(
            row, f"no queue since {long[-1]}: it has passed" if long else "too few hours are known"
        )
    days, clusters = len(long), int(row.max_clusters)
    confidence = share(min((days + 1) / (days + 4), record.chance))
    month = float(row.queued_a_day) * days * 30 / DAYS
    dear = _cost(full)
    value = worth(confidence, Decimal(str(round(month, 2))) * HOUR_WAITED, dear)
    if value <= 0:
        return CAPABILITY.leaves(row, f"{month:.1f} h in the queue a month: not worth a look", value)
    return CAPABILITY.proposes(
        row, now, _more(row, wanted(full, clusters), full, long, dear, record, confidence, value)
    )


def wanted(full: list[Row], clusters: int) -> int:
    """The clusters on which what ran and what queued at once would have run in nine of ten hours with a queue: one more than
    ``clusters`` at least, twice as many at most."""
    load = [(int(one.running) + int(one.queued)) / max(int(one.running), 1) for one in full]
    need = math.ceil(clusters * float(np.quantile(load, 0.9)) - 1e-9)
    return min(max(need, clusters + 1), MOST * clusters, LIMIT)


def _cost(full: list[Row]) -> Decimal:
    """What one cluster more costs a month, on while statements run in the hours with a queue."""
    spent = sum(
        float(money(one.cost)) / max(float(one.clusters), 1.0) * min(float(one.busy_hours), 1.0) for one in full
    )
    return Decimal(str(round(spent * 30 / DAYS, 2)))


def _more(
    row: Row,
    clusters: int,
    full: list[Row],
    long: list[dt.date],
    dear: Decimal,
    record: Record,
    confidence: Decimal,
    value: Decimal,
) -> Recommendation:
    has, days = int(row.max_clusters), len(long)
    begun = sorted({one.hour.hour for one in full if one.hour.date() in long})
    month = float(row.queued_a_day) * days * 30 / DAYS
    most = dear * (clusters - has)
    observed = (
        f"statements queued {float(row.queued_a_day):.1f} h on each of {days} of {DAYS} days, {long[0]:%Y-%m-%d} to "
        f"{long[-1]:%Y-%m-%d}, because its {has} clusters were full",
        f"{int(row.people)} people and services waited; in the hours {', '.join(f'{one}:00' for one in begun[:8])} UTC",
        f"at most {max(int(one.running) for one in full)} ran and {max(int(one.queued) for one in full)} queued at once",
    )
    oriented = (
        "Who waits in a queue waits for others, not for their own statement: a larger size would not help where many come at "
        "once, more clusters do.",
        f"More clusters are started only while statements queue; they would cost {CURRENCY} {most:.2f} a month at most, less what "
        "is done sooner.",
    )
    return Recommendation(
        params={"max_num_clusters": clusters},
        confidence=confidence,
        worth=value,
        benefit=Benefit(
            kind="sla", currency=CURRENCY, method=METHOD.format(hours=month, most=f"{CURRENCY} {most:.2f}")
        ),
        title=f"Statements queued on {days} days because its {has} clusters were full",
        scalars=(
            Scalar(column="max_clusters", observed=Decimal(has), tolerance=Decimal(0)),
            Scalar(column="queued_a_day", observed=_hours(row.queued_a_day), threshold=Decimal(str(QUEUED)), unit="h"),
            Scalar(
                column="waited_days",
                observed=Decimal(int(row.waited_days)),
                tolerance=Decimal("0.5"),
                threshold=Decimal(SUSTAINED) - Decimal("0.5"),
            ),
        ),
        ooda=Ooda(
            observe=observed,
            orient=oriented,
            options=(
                Option(
                    what=f"{clusters} clusters at most, not {has}",
                    expected=f"up to {month:.1f} h in the queue a month less, for {CURRENCY} {most:.2f} at most",
                ),
                Option(
                    what="a larger size",
                    expected="each statement is faster, and every hour costs twice as much",
                    rejected_because="the queue is of statements at once, and is there in some hours only",
                ),
                Option(
                    what="do nothing",
                    expected=f"{month:.1f} h in the queue a month",
                    rejected_because=f"it was so on {days} days, {long[-1]:%Y-%m-%d} the last",
                ),
            ),
            why=f"The number is set back in one step. Confidence {confidence}: at most what {record} gives, less where few days had "
            "a queue.",
        ),
        narrative=f"{'. '.join(observed)}. {' '.join(oriented)} It is undone by setting {has} again.",
    )


def _hours(value: float) -> Decimal:
    return Decimal(str(round(float(value), 3)))


CAPABILITY = Capability(
    name="infraops.queue_pressure",
    version="1.0",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="warehouse", id=row.warehouse_id, name=text(row.warehouse)[:200]
    ),
    opens={"waits": WAREHOUSES, "changed": CHANGES},
    then=(hours_of,),
    evidence=WAREHOUSES,
    match=("workspace_id", "warehouse_id"),
    judge=queue_pressure,
)
