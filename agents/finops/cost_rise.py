"""Proposes the size that a SQL warehouse had before, where it costs more since and nothing became better."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, money, rows, share, text
from agents.finops.record import Record
from agents.finops.size_changes import Compared, SizeChange, compared, size_change
from agents.settled import CHANGES, changes_of
from agents.spread import SAID, a_month
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

KIND, QUERY, HOURS = "warehouse.resize", "infraops.idle_and_waits", "things.warehouse_strip"
DAYS, HOURS_BACK = 28, 42  # whole weeks; and two more before the oldest change
DEARER = 1.2  # times: what lies below is no difference
RELIEF, WAIT = 0.8, 0.25  # times the queue before, and hours a day: a shorter queue was none
PRIOR = (7, 3)  # such changes that hold and that are taken back, before any is counted: assumed
METHOD = (
    "What it cost a day more since the change than on the same weekdays in up to 14 days before it, list price; {said}. The size "
    "before is taken to cost as it did then; the cloud's machines are in no figure here."
)
WAREHOUSES = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")


def hours_of(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """The hours of the warehouses that were made larger."""
    span = window(HOURS, days=HOURS_BACK, currency=CURRENCY, basis=BASIS, workspaces="")
    grown = changes_of(frames["changed"], "warehouse")
    return {
        f"{place}/{thing}": span.ask(now, workspace_id=place, warehouse_id=thing)
        for (place, thing), changes in sorted(grown.items())
        if size_change(changes) is not None
    }


def cost_rise(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per warehouse whose settings changed: ``waits`` are rows of :data:`QUERY`, ``changed`` of
    infraops.compute_changes, ``workspace/warehouse`` of :data:`HOURS`, ``tracks`` those of
    :func:`approvals.reading.track.frame`. Pure."""
    record, changed = Record.of(frames.get("tracks"), KIND, PRIOR), changes_of(frames["changed"], "warehouse")
    return [
        _judged(row, changes, frames, record, now)
        for row in rows(frames["waits"])
        if (changes := changed.get((row.workspace_id, row.warehouse_id)))
    ]


def _judged(row: Row, changes: list[Row], frames: Frames, record: Record, now: dt.datetime) -> Observation:
    grew = size_change(changes)
    if grew is None:
        return CAPABILITY.leaves(row, "it was not made larger")
    hours = frames.get(f"{row.workspace_id}/{row.warehouse_id}")
    seen = None if hours is None else compared(hours, changes, grew.at, now.date())
    if seen is None:
        return CAPABILITY.leaves(row, f"larger since {grew.at:%Y-%m-%d}: too few whole days on either side to tell")
    if reason := _as_wanted(seen, grew):
        return CAPABILITY.leaves(row, reason)
    low, high = a_month(seen.excess)
    days = len(seen.after)
    confidence = share(min((days + 1) / (days + 4), record.chance))
    value = worth(confidence, (low + high) / 2, money(row.cost_a_day))
    if low <= 0 or value <= 0:
        return CAPABILITY.leaves(row, f"costs {low} to {high} a month more: not sure, or not worth a look", value)
    return CAPABILITY.proposes(row, now, _back(row, grew, seen, (low, high), record, confidence, value))


def _as_wanted(seen: Compared, grew: SizeChange) -> str:
    """Why it is larger and that is as it should be; empty where nothing says so."""
    since, cost, work = f"larger since {grew.at:%Y-%m-%d}", seen.times("cost"), seen.times("statements")
    if cost is None:
        return f"{since}: what it cost before is not known"
    if cost < DEARER:
        return f"{since} and costs {cost:.1f} times as much: no difference"
    if work is not None and cost / max(work, 1.0) < DEARER:
        return f"{since} for more work: {work:.1f} times the statements, {cost:.1f} times the cost"
    then, now = seen.a_day("queued")
    if then >= WAIT and now <= then * RELIEF:
        return f"{since}, and the queue fell from {then:.1f} to {now:.1f} hours a day: that is what it is for"
    return ""


def _back(
    row: Row,
    grew: SizeChange,
    seen: Compared,
    gain: tuple[Decimal, Decimal],
    record: Record,
    confidence: Decimal,
    value: Decimal,
) -> Recommendation:
    (low, high), days = gain, len(seen.after)
    (was, now), (sent, sends) = seen.a_day("cost"), seen.a_day("statements")
    (queued, queues), (busy, busies) = seen.a_day("queued"), seen.a_day("busy")
    by = f" by {grew.who[:100]}" if grew.who else ""
    observed = (
        f"its size was set from {grew.was} to {grew.became} on {grew.at:%Y-%m-%d %H:%M} UTC{by}",
        f"a day cost {CURRENCY} {was:.2f} before and {now:.2f} since ({now / was:.1f} times, {days} whole days against the same "
        f"weekdays of {seen.before} days before)",
        f"statements a day {sent:,.0f} before and {sends:,.0f} since; in the queue {queued:.1f} h and {queues:.1f} h; at work "
        f"{busy:.1f} h and {busies:.1f} h",
    )
    oriented = (
        "Each step of size costs about twice as much an hour; neither more work nor a shorter queue shows what it was for.",
        "Whoever changed it may know of work that is still to come: ask before it is set back.",
        "Its clusters are replaced when the size is written: statements may wait for some minutes.",
    )
    return Recommendation(
        params={"cluster_size": grew.was},
        confidence=confidence,
        worth=value,
        benefit=Benefit(
            kind="cost", low=low, high=high, currency=CURRENCY, method=METHOD.format(said=SAID.format(n=days))
        ),
        title="It costs more since its size was changed",
        scalars=(
            Scalar(column="warehouse_size", observed=text(row.warehouse_size) or None),
            Scalar(column="cost_a_day", observed=money(row.cost_a_day), unit=CURRENCY),
        ),
        ooda=Ooda(
            observe=observed,
            orient=oriented,
            options=(
                Option(what=f"set the size back to {grew.was}", expected=f"saves {CURRENCY} {low} to {high} a month"),
                Option(
                    what="stop it sooner when it is idle",
                    expected="saves a part of the idle time only",
                    rejected_because="the hours in which it works cost more as well",
                ),
                Option(
                    what="do nothing",
                    expected=f"costs {CURRENCY} {now - was:.2f} a day more than before",
                    rejected_because="nothing that is measured became better for it",
                ),
            ),
            why=f"The size is set again in one step. Confidence {confidence}: at most what {record} gives, less where few days "
            "are known since.",
        ),
        narrative=f"{'. '.join(observed)}. Set back to {grew.was} it saves {CURRENCY} {low} to {high} a month. "
        f"{' '.join(oriented)} It is undone by setting {grew.became} again.",
    )


CAPABILITY = Capability(
    name="finops.cost_rise",
    version="1.0",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="warehouse", id=row.warehouse_id, name=text(row.warehouse)[:200]
    ),
    opens={"waits": WAREHOUSES, "changed": CHANGES},
    then=(hours_of,),
    evidence=WAREHOUSES,
    match=("workspace_id", "warehouse_id"),
    judge=cost_rise,
)
