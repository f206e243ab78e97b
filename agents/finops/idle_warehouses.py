"""Proposes that SQL warehouses which idle for long stop sooner."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd

from agents.capability import (
    BASIS,
    CURRENCY,
    REVIEW,
    Capability,
    Frames,
    Observation,
    Recommendation,
    window,
    worth,
)
from agents.cells import Row, moment, money, rows, share, text
from agents.finops.record import Record
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target

KIND = "warehouse.set_autostop"
QUERY = "finops.idle_warehouses"
WEIGHED = (5, 10, 15, 20, 30, 60)  # idle minutes; what is too short for a type has no row
LONG = 15  # minutes; what stops within them is left alone
DAYS = 28  # whole weeks
SETTLED = dt.timedelta(days=7)  # since somebody last changed it
PRIOR = (9, 1)  # such changes that hold and that are taken back, before any is counted: assumed
STARTS = {
    "SERVERLESS": "a serverless warehouse starts within seconds",
    "PRO": "a pro warehouse starts within minutes",
    "CLASSIC": "a classic warehouse starts within minutes",
}
APART = "The cloud bills the machines of a {kind} warehouse apart: they are in no figure here, and stop with it."
METHOD = (
    "Replay of the last 28 days as it is set now: each stretch without a statement would have ended after the new time; hours "
    "saved at the cost of this warehouse's idle hours, list price, scaled from the days with evidence to 30, at most what it "
    "costs; 10 % and 90 % points of 30 days from the spread over days, in the lower one each start is billed before it answers. "
    "The time chosen saves most after USD 0.05 for each statement that waits for a serverless start, 2.00 for one that waits for "
    "another start."
)


def idle_warehouses(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per existing warehouse: ``replay`` are rows of :data:`QUERY`; ``tracks`` those of
    :func:`approvals.reading.track.frame`. Pure."""
    weighed: dict[tuple[str, str], list[Row]] = {}
    for row in rows(frames["replay"]):
        weighed.setdefault((row.workspace_id, row.warehouse_id), []).append(row)
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    return [_judged(sorted(one, key=lambda row: row.minutes), record, now) for one in weighed.values()]


def _judged(weighed: list[Row], record: Record, now: dt.datetime) -> Observation:
    row = next(one for one in weighed if one.best)
    minutes, changed = int(row.auto_stop_minutes), moment(row.changed_at)
    if 0 < minutes <= LONG:
        return CAPABILITY.leaves(row, f"stops after {minutes} minutes already")
    if changed is not None and now - changed < SETTLED:
        return CAPABILITY.leaves(row, f"changed {(now - changed).days} days ago: let it settle")
    stretches, low, high = int(row.idle_stretches), money(row.saving_low), money(row.saving_high)
    if stretches > 0 and not text(row.saving_high):
        lacking = "evidence for the hours it was billed" if pd.isna(row.evidence_days) else f"price in {CURRENCY}"
        return CAPABILITY.leaves(row, f"no {lacking}: what it would save is not known")
    if stretches == 0 or high <= 0 or 0 < minutes <= row.minutes:
        return CAPABILITY.leaves(row, _as_it_is(weighed, minutes))
    confidence = share(min((stretches + 1) / (stretches + 4), record.chance))
    waits = money(row.start_cost)
    value = worth(confidence, (low + high) / 2, waits) - waits
    if value <= 0:
        return CAPABILITY.leaves(row, f"would save {low} to {high} a month: not worth a look", value)
    return CAPABILITY.proposes(row, now, _sooner_stop(row, _sooner(weighed, minutes), record, confidence, value))


def _sooner(weighed: list[Row], minutes: int) -> list[Row]:
    return [one for one in weighed if minutes == 0 or one.minutes < minutes]


def _as_it_is(weighed: list[Row], minutes: int) -> str:
    if any(one.idle_stretches > 0 and money(one.saving_high) > 0 for one in _sooner(weighed, minutes)):
        return "stopping sooner saves less than waiting for its starts costs"
    return f"no stretch without a statement was longer than {weighed[0].minutes} minutes"


def _start(row: Row) -> str:
    """How long a start takes, by the type of the warehouse."""
    kind = text(row.warehouse_type)
    return STARTS.get(kind, f"a start may take minutes: its type is {kind or 'not known'}")


def _apart(row: Row) -> tuple[str, ...]:
    """What is not in its figures, by its type."""
    kind = text(row.warehouse_type)
    return (APART.format(kind=kind.lower()),) if kind in ("PRO", "CLASSIC") else ()


def _expected(row: Row) -> str:
    waiting = int(row.cold_starts) * 30 // int(row.evidence_days)
    return (
        f"saves {CURRENCY} {money(row.saving_low)} to {money(row.saving_high)} a month; about {waiting} statements a month "
        f"wait for a start ({_start(row)}), counted as {CURRENCY} {money(row.start_cost)}"
    )


def _sooner_stop(row: Row, sooner: list[Row], record: Record, confidence: Decimal, value: Decimal) -> Recommendation:
    low, high = money(row.saving_low), money(row.saving_high)
    minutes, wanted = int(row.auto_stop_minutes), int(row.minutes)
    usual = f"after {minutes} idle minutes" if minutes else "never by itself"
    idle = float(row.running_hours) - float(row.busy_hours)
    seen = (
        f"ran {float(row.running_hours):,.0f} hours in the {int(row.evidence_days)} of {DAYS} days with evidence, "
        f"{idle:,.0f} of them without a statement",
        f"{int(row.idle_stretches)} stretches longer than {wanted} minutes; it stops {usual}",
    )
    others = (
        Option(
            what=f"stop after {one.minutes} idle minutes",
            expected=_expected(one),
            rejected_because="it saves less after its waits",
        )
        for one in sooner
        if not one.best
    )
    nothing = Option(
        what="do nothing",
        expected=f"costs {CURRENCY} {(low + high) / 2 / 30:.2f} a day",
        rejected_because="the money buys nothing",
    )
    return Recommendation(
        params={"auto_stop_minutes": wanted},
        confidence=confidence,
        worth=value,
        benefit=Benefit(kind="cost", low=low, high=high, currency=CURRENCY, method=METHOD),
        title=f"What stopping after {wanted} idle minutes would have saved",
        scalars=(
            Scalar(column="auto_stop_minutes", observed=Decimal(minutes), tolerance=Decimal(0), unit="min"),
            Scalar(column="saving_high", observed=high, threshold=REVIEW, unit=CURRENCY),
            Scalar(column="idle_cost", observed=money(row.idle_cost), unit=CURRENCY),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(
                "Statements come in bursts: between them nobody waits for it, yet it is billed.",
                f"Whoever comes after a stop waits: {_start(row)}.",
                *_apart(row),
            ),
            options=(Option(what=f"stop after {wanted} idle minutes", expected=_expected(row)), *others, nothing),
            why=f"Stopping is taken back in one step. Confidence {confidence}: at most what {record} gives, less where few "
            "stretches were seen.",
        ),
        narrative=" ".join(
            (
                f"{'; '.join(seen)}. Stopping after {wanted} minutes saves {CURRENCY} {low} to {high} a month; {_start(row)}.",
                *_apart(row),
            )
        ),
    )


REPLAY = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="", minutes=",".join(map(str, WEIGHED)))
CAPABILITY = Capability(
    name="finops.idle_warehouse",
    version="2.1",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="warehouse", id=row.warehouse_id, name=text(row.warehouse)[:200]
    ),
    opens={"replay": REPLAY},
    evidence=REPLAY,
    match=("workspace_id", "warehouse_id", "minutes"),
    judge=idle_warehouses,
)
