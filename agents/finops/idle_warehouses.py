"""Proposes that SQL warehouses which idle for long stop sooner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from agents import proposing
from agents.finops.record import Record
from agents.proposing import BASIS, CURRENCY, Capability, Frames, Observation, money, said, share, text
from approvals.values.proposal import Agent, Benefit, Draft, Evidence, Ooda, Option, Scalar, Target
from queries.kinds import Param
from warehouse.interface import Ask, ask

AGENT = Agent(id="finops.idle_warehouse", version="2.0", principal="agent:finops")
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
METHOD = (
    "Replay of the last 28 days: each stretch without a statement would have ended after the new time; hours saved at the "
    "cost of this warehouse's idle hours, list price, scaled from the days with evidence to 30, at most what it costs; 10 % "
    "and 90 % points from the spread over days. The time chosen saves most after USD 0.05 for each statement that waits for "
    "a serverless start, 2.00 for one that waits for another start."
)


def _params(now: dt.datetime) -> dict[str, Param]:
    today = now.date()
    return {
        "start": today - dt.timedelta(days=DAYS), "end": today, "currency": CURRENCY, "basis": BASIS, "workspaces": "",
        "minutes": ",".join(map(str, WEIGHED)),
    }  # fmt: skip


def asks(now: dt.datetime) -> Mapping[str, Ask]:
    return {"replay": ask(QUERY, **_params(now))}


def idle_warehouses(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per existing warehouse: ``replay`` are rows of :data:`QUERY`; ``tracks`` those of
    :func:`approvals.reading.track.frame`. Pure."""
    weighed: dict[tuple[str, str], list[Any]] = {}
    for row in proposing.rows(frames["replay"]):
        weighed.setdefault((row.workspace_id, row.warehouse_id), []).append(row)
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    return [_judged(sorted(rows, key=lambda row: row.minutes), record, now) for rows in weighed.values()]


def _judged(weighed: list[Any], record: Record, now: dt.datetime) -> Observation:
    row = next(one for one in weighed if one.best)
    entity = f"{row.workspace_id}/warehouse/{row.warehouse_id}"
    minutes, changed = int(row.auto_stop_minutes), proposing.moment(row.changed_at)
    if 0 < minutes <= LONG:
        return Observation(entity, f"stops after {minutes} minutes already")
    if changed is not None and now - changed < SETTLED:
        return Observation(entity, f"changed {(now - changed).days} days ago: let it settle")
    stretches, low, high = int(row.idle_stretches), money(row.saving_low), money(row.saving_high)
    if stretches > 0 and not text(row.saving_high):
        lacking = "evidence for the hours it was billed" if pd.isna(row.evidence_days) else f"price in {CURRENCY}"
        return Observation(entity, f"no {lacking}: what it would save is not known")
    if stretches == 0 or high <= 0 or 0 < minutes <= row.minutes:
        return Observation(entity, _as_it_is(weighed, minutes))
    confidence = share(min((stretches + 1) / (stretches + 4), record.chance))
    waits = money(row.start_cost)
    value = proposing.worth(confidence, (low + high) / 2, waits) - waits
    if value <= 0:
        return Observation(entity, f"would save {low} to {high} a month: not worth a look", worth=value)
    return Observation(entity, draft=_draft(row, _sooner(weighed, minutes), record, confidence, now), worth=value)


def _sooner(weighed: list[Any], minutes: int) -> list[Any]:
    return [one for one in weighed if minutes == 0 or one.minutes < minutes]


def _as_it_is(weighed: list[Any], minutes: int) -> str:
    if any(one.idle_stretches > 0 and money(one.saving_high) > 0 for one in _sooner(weighed, minutes)):
        return "stopping sooner saves less than waiting for its starts costs"
    return f"no stretch without a statement was longer than {weighed[0].minutes} minutes"


def _start(row: Any) -> str:
    """How long a start takes, by the type of the warehouse."""
    kind = text(row.warehouse_type)
    return STARTS.get(kind, f"a start may take minutes: its type is {kind or 'not known'}")


def _expected(row: Any) -> str:
    waiting = int(row.cold_starts) * 30 // int(row.evidence_days)
    return (
        f"saves {CURRENCY} {money(row.saving_low)} to {money(row.saving_high)} a month; about {waiting} statements a month "
        f"wait for a start ({_start(row)}), counted as {CURRENCY} {money(row.start_cost)}"
    )


def _draft(row: Any, sooner: list[Any], record: Record, confidence: Decimal, now: dt.datetime) -> Draft:
    low, high, minutes, wanted = (
        money(row.saving_low),
        money(row.saving_high),
        int(row.auto_stop_minutes),
        int(row.minutes),
    )
    usual = f"after {minutes} idle minutes" if minutes else "never by itself"
    idle = float(row.running_hours) - float(row.busy_hours)
    daily = (low + high) / 2 / 30
    seen = (
        f"ran {float(row.running_hours):,.0f} hours in the {int(row.evidence_days)} of {DAYS} days with evidence, "
        f"{idle:,.0f} of them without a statement",
        f"{int(row.idle_stretches)} stretches longer than {wanted} minutes; it stops {usual}",
    )
    return Draft(
        kind=KIND,
        target=Target(workspace_id=row.workspace_id, type="warehouse", id=row.warehouse_id, name=text(row.warehouse)[:200]),
        params={"auto_stop_minutes": wanted}, agent=AGENT, confidence=confidence,
        benefit=Benefit(kind="cost", low=low, high=high, currency=CURRENCY, method=METHOD),
        evidence=(
            Evidence(
                title=f"What stopping after {wanted} idle minutes would have saved", query=QUERY, params=said(_params(now)),
                match={"workspace_id": row.workspace_id, "warehouse_id": row.warehouse_id, "minutes": wanted},
                scalars=(
                    Scalar(column="auto_stop_minutes", observed=Decimal(minutes), tolerance=Decimal(0), unit="min"),
                    Scalar(column="saving_high", observed=high, threshold=proposing.REVIEW, unit=CURRENCY),
                    Scalar(column="idle_cost", observed=money(row.idle_cost), unit=CURRENCY),
                ),
            ),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(
                "Statements come in bursts: between them nobody waits for it, yet it is billed.",
                f"Whoever comes after a stop waits: {_start(row)}.",
            ),
            options=(
                Option(what=f"stop after {wanted} idle minutes", expected=_expected(row)),
                *(Option(what=f"stop after {one.minutes} idle minutes", expected=_expected(one),
                         rejected_because="it saves less after its waits") for one in sooner if not one.best),
                Option(what="do nothing", expected=f"costs {CURRENCY} {daily:.2f} a day",
                       rejected_because="the money buys nothing"),
            ),
            why=f"Stopping is taken back in one step. Confidence {confidence}: at most what {record} gives, less where few "
                "stretches were seen.",
        ),
        narrative=f"{'; '.join(seen)}. Stopping after {wanted} minutes saves {CURRENCY} {low} to {high} a month; {_start(row)}.",
    )  # fmt: skip


CAPABILITY = Capability(AGENT, asks, idle_warehouses)
