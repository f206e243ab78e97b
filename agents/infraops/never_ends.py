"""Proposes that all-purpose clusters which never end by themselves end after a while without work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from agents.capability import BASIS, CURRENCY, REVIEW, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, day, moment, money, rows, share, text
from agents.finops.record import Record
from agents.settled import CHANGES, changes_of, unsettled
from agents.spread import SAID, a_month
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

KIND, QUERY, HOURS = "cluster.set_autotermination", "infraops.idle_clusters", "things.cluster_hours"
DAYS = 28  # whole weeks
ENDS, LATER = 30, 120  # idle minutes: what the savings of the pages are worked out with, and the milder offer
LOOKED_AT = 10  # clusters whose hours are read, those that idle for most money
SEEN = 3  # days with measurements, fewer say nothing of nights and weekends
START = Decimal(2)  # assumed cost of each wait for a cluster that has ended, as for warehouses that are not serverless
PRIOR = (9, 1)  # such changes that hold and that are taken back, before any is counted: assumed
METHOD = (
    "Replay by the hour: of each stretch of hours in which no machine worked (below 5 % CPU, at most 80 % memory) all but "
    f"the first {{minutes}} minutes would not have been billed, at the cost of this cluster's idle minutes, list price; {SAID}. "
    "The cloud's machines come on top."
)
HOUR = dt.timedelta(hours=1)
IDLE = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")


def hours_of(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """The hours of the clusters that never end, the dearest of them."""
    able = [row for row in rows(frames["idle"]) if not _out_of_question(row)]
    dearest = sorted(able, key=lambda row: (-money(row.idle_a_day), row.cluster_id))[:LOOKED_AT]
    span = window(HOURS, days=DAYS, workspaces="")
    return {_key(row): span.ask(now, workspace_id=row.workspace_id, cluster_id=row.cluster_id) for row in dearest}


def never_ends(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per all-purpose cluster: ``idle`` are rows of :data:`QUERY`, ``changed`` of infraops.compute_changes,
    ``workspace/cluster`` of :data:`HOURS`, ``tracks`` those of :func:`approvals.reading.track.frame`. Pure."""
    record, changed = Record.of(frames.get("tracks"), KIND, PRIOR), changes_of(frames.get("changed"), "cluster")
    return [_judged(row, frames, changed, record, now) for row in rows(frames["idle"])]


def _key(row: Row) -> str:
    return f"{row.workspace_id}/{row.cluster_id}"


def _out_of_question(row: Row) -> str:
    if int(row.auto_minutes) > 0:
        return f"ends after {int(row.auto_minutes)} idle minutes already"
    if pd.isna(row.evidence_days):
        return "never ends by itself, but its machines were not measured"
    if not text(row.idle_a_day):
        return f"never ends by itself; no price in {CURRENCY}: what it would save is not known"
    return "" if money(row.idle_a_day) > 0 else "never ends by itself, and was never without work"


def _judged(
    row: Row, frames: Frames, changed: Mapping[tuple[str, str], list[Row]], record: Record, now: dt.datetime
) -> Observation:
    hours = frames.get(_key(row))
    lately = unsettled(changed.get((row.workspace_id, row.cluster_id)), now)
    reason = (
        _out_of_question(row) or lately or ("" if hours is not None else "others idle for more: looked at next time")
    )
    if reason:
        return CAPABILITY.leaves(row, reason)
    assert hours is not None
    days = len({day(one.hour) for one in rows(hours)})
    if days < SEEN:
        return CAPABILITY.leaves(row, f"measured on {days} days only")
    rate = float(row.idle_a_day) * float(row.evidence_days) / float(row.idle_hours)
    (low, high), stops = _saves(hours, ENDS, rate, row)
    confidence = share(min((days + 1) / (days + 4), record.chance))
    waits = START * stops * 30 // int(row.evidence_days)
    value = worth(confidence, (low + high) / 2, waits) - waits
    if value <= 0:
        return CAPABILITY.leaves(row, f"would save {low} to {high} a month: not worth a look", value)
    milder = _saves(hours, LATER, rate, row)[0]
    return CAPABILITY.proposes(
        row, now, _ends(row, (low, high), milder, (days, stops, waits), record, confidence, value)
    )


def saved(hours: pd.DataFrame, minutes: int) -> tuple[dict[dt.date, float], int]:
    """Of rows of :data:`HOURS`, the hours by UTC day that a cluster would not have run if it ended after ``minutes`` without
    work, and how often it would have ended. An hour with any work in it is worked in."""
    by_day: dict[dt.date, float] = {}
    stops, idle, before = 0, 0, None
    for row in sorted(rows(hours), key=lambda one: one.hour):
        at = moment(row.hour)
        assert at is not None
        if (before is not None and at - before != HOUR) or int(row.idle_minutes) < int(row.minutes):
            idle = 0  # it was off, or somebody worked
        before = at
        if int(row.idle_minutes) < int(row.minutes):
            continue
        over = max(idle + int(row.minutes) - minutes, 0) - max(idle - minutes, 0)
        stops += idle <= minutes < idle + int(row.minutes)
        idle += int(row.minutes)
        by_day[at.date()] = by_day.get(at.date(), 0.0) + over / 60
    return by_day, stops


def _saves(hours: pd.DataFrame, minutes: int, rate: float, row: Row) -> tuple[tuple[Decimal, Decimal], int]:
    by_day, stops = saved(hours, minutes)
    known = int(row.evidence_days)
    return a_month([rate * one for one in by_day.values()] + [0.0] * max(known - len(by_day), 0)), stops


def _ends(
    row: Row,
    gain: tuple[Decimal, Decimal],
    milder: tuple[Decimal, Decimal],
    seen: tuple[int, int, Decimal],
    record: Record,
    confidence: Decimal,
    value: Decimal,
) -> Recommendation:
    (low, high), (days, stops, waits) = gain, seen
    observed = (
        f"never ends by itself; measured on {days} of {DAYS} days: {float(row.idle_hours):,.0f} of {float(row.hours):,.0f} hours "
        "without work",
        f"its idle time costs {CURRENCY} {money(row.idle_a_day)} a day; {stops} stretches without work longer than {ENDS} minutes",
    )
    oriented = (
        "Nobody works in those hours, yet its machines are billed, nights and weekends as well.",
        "What runs when the setting is written is lost, because Databricks restarts a running cluster; who comes after an end "
        "waits some minutes for its start.",
    )
    return Recommendation(
        params={"auto_termination_minutes": ENDS},
        confidence=confidence,
        worth=value,
        benefit=Benefit(
            kind="cost",
            low=low,
            high=high,
            currency=CURRENCY,
            method=METHOD.format(minutes=ENDS, n=int(row.evidence_days)),
        ),
        title="It never ends by itself and idles",
        scalars=(
            Scalar(column="auto_minutes", observed=Decimal(0), tolerance=Decimal(0), unit="min"),
            Scalar(column="idle_a_day", observed=money(row.idle_a_day), threshold=REVIEW / 30, unit=CURRENCY),
            Scalar(column="idle_hours", observed=Decimal(str(round(float(row.idle_hours), 2))), unit="h"),
        ),
        ooda=Ooda(
            observe=observed,
            orient=oriented,
            options=(
                Option(
                    what=f"end after {ENDS} idle minutes",
                    expected=f"saves {CURRENCY} {low} to {high} a month; {stops} starts in {DAYS} days more, counted as "
                    f"{CURRENCY} {waits} a month",
                ),
                Option(
                    what=f"end after {LATER} idle minutes",
                    expected=f"saves {CURRENCY} {milder[0]} to {milder[1]} a month",
                    rejected_because="it saves less, and whoever comes back after a night waits all the same",
                ),
                Option(
                    what="do nothing",
                    expected=f"costs {CURRENCY} {(low + high) / 2 / 30:.2f} a day",
                    rejected_because="the money buys nothing",
                ),
            ),
            why=f"The setting is taken back in one step. Confidence {confidence}: at most what {record} gives, less where few "
            "days were measured.",
        ),
        narrative=f"{'. '.join(observed)}. Ending after {ENDS} idle minutes saves {CURRENCY} {low} to {high} a month. "
        f"{' '.join(oriented)} It is undone by setting it back to never.",
    )


CAPABILITY = Capability(
    name="infraops.never_ends",
    version="1.0",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="cluster", id=row.cluster_id, name=text(row.cluster)[:200]
    ),
    opens={"idle": IDLE, "changed": CHANGES},
    then=(hours_of,),
    evidence=IDLE,
    match=("workspace_id", "cluster_id"),
    judge=never_ends,
)
