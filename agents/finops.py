"""Proposes that SQL warehouses which idle for long stop sooner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from agents import proposing
from agents.proposing import BASIS, CURRENCY, Capability, Frames, Observation, money, said, share, text
from approvals.proposal import Agent, Benefit, Draft, Evidence, Ooda, Option, Scalar, Target
from queries.kinds import Param
from warehouse.interface import Ask, ask
from warehouse.reader import Reader

AGENT = Agent(id="finops.idle_warehouse", version="1.0", principal="agent:finops")
QUERY = "finops.idle_warehouses"
WANTED, MILDER = 10, 30  # minutes: what is proposed, and the other possibility weighed
LONG = 15  # minutes; what stops within them is left alone
DAYS = 28  # whole weeks
SETTLED = dt.timedelta(days=7)  # since somebody last changed it
MOST_SURE = 0.95  # however much was observed: tomorrow may differ
COLD_START = Decimal("0.05")  # harm of one statement that has to wait for the start
METHOD = (
    "Replay of the last 28 days: each stretch without a statement would have ended after 10 minutes; hours saved at the "
    "cost of this warehouse's idle hours, list price, scaled from the days with evidence to 30, at most what it costs; 10 % "
    "and 90 % points from the spread over days."
)


def _params(now: dt.datetime, minutes: int) -> dict[str, Param]:
    today = now.date()
    return {
        "start": today - dt.timedelta(days=DAYS), "end": today, "currency": CURRENCY, "basis": BASIS, "workspaces": "",
        "minutes": minutes,
    }  # fmt: skip


def asks(now: dt.datetime) -> Mapping[str, Ask]:
    return {"wanted": ask(QUERY, **_params(now, WANTED)), "milder": ask(QUERY, **_params(now, MILDER))}


def idle_warehouses(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per existing warehouse: ``wanted`` and ``milder`` are rows of :data:`QUERY`. Pure."""
    milder = {(row.workspace_id, row.warehouse_id): row for row in proposing.rows(frames["milder"])}
    return [
        _judged(row, milder.get((row.workspace_id, row.warehouse_id)), now) for row in proposing.rows(frames["wanted"])
    ]


def _judged(row: Any, milder: Any, now: dt.datetime) -> Observation:
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
    if stretches == 0 or high <= 0:
        return Observation(entity, "no stretch without a statement was longer than 10 minutes")
    confidence = share(min((stretches + 1) / (stretches + 4), MOST_SURE))
    waits = COLD_START * int(row.cold_starts) * 30 / int(row.evidence_days)
    value = proposing.worth(confidence, (low + high) / 2, waits) - waits
    if value <= 0:
        return Observation(entity, f"would save {low} to {high} a month: not worth a look", worth=value)
    return Observation(entity, draft=_draft(row, milder, now, confidence), worth=value)


def _draft(row: Any, milder: Any, now: dt.datetime, confidence: Decimal) -> Draft:
    low, high, minutes = money(row.saving_low), money(row.saving_high), int(row.auto_stop_minutes)
    usual = f"after {minutes} idle minutes" if minutes else "never by itself"
    idle = float(row.running_hours) - float(row.busy_hours)
    daily = (low + high) / 2 / 30
    seen = (
        f"ran {float(row.running_hours):,.0f} hours in the {int(row.evidence_days)} of {DAYS} days with evidence, "
        f"{idle:,.0f} of them without a statement",
        f"{int(row.idle_stretches)} stretches longer than {WANTED} minutes; it stops {usual}",
    )
    other = f"{CURRENCY} {money(milder.saving_low)} to {money(milder.saving_high)} a month" if milder else "unknown"
    return Draft(
        kind="warehouse.set_autostop",
        target=Target(workspace_id=row.workspace_id, type="warehouse", id=row.warehouse_id, name=text(row.warehouse)[:200]),
        params={"auto_stop_minutes": WANTED}, agent=AGENT, confidence=confidence,
        benefit=Benefit(kind="cost", low=low, high=high, currency=CURRENCY, method=METHOD),
        evidence=(
            Evidence(
                title="What stopping after 10 idle minutes would have saved", query=QUERY, params=said(_params(now, WANTED)),
                match={"workspace_id": row.workspace_id, "warehouse_id": row.warehouse_id},
                scalars=(
                    Scalar(column="auto_stop_minutes", observed=Decimal(minutes), tolerance=Decimal(0), unit="min"),
                    Scalar(column="saving_high", observed=high, threshold=proposing.REVIEW, unit=CURRENCY),
                    Scalar(column="idle_stretches", observed=Decimal(int(row.idle_stretches))),
                ),
            ),
        ),
        ooda=Ooda(
            observe=seen,
            orient=("Statements come in bursts: between them nobody waits for it, yet it is billed.",),
            options=(
                Option(what=f"stop after {WANTED} idle minutes",
                       expected=f"saves {CURRENCY} {low} to {high} a month; "
                                f"about {int(row.cold_starts) * 30 // int(row.evidence_days)} "
                                "statements a month wait for a start"),
                Option(what=f"stop after {MILDER} idle minutes", expected=f"saves {other}",
                       rejected_because="it saves less" if not 0 < minutes <= MILDER else "it stops as soon already"),
                Option(what="do nothing", expected=f"costs {CURRENCY} {daily:.2f} a day",
                       rejected_because="the money buys nothing"),
            ),
            why="Stopping is taken back in one step. A start takes seconds where the warehouse is serverless, minutes where not.",
        ),
        narrative=f"{'; '.join(seen)}. Stopping after {WANTED} minutes saves {CURRENCY} {low} to {high} a month.",
    )  # fmt: skip


CAPABILITY = Capability(AGENT, asks, idle_warehouses)


def observe(reader: Reader, now: dt.datetime) -> list[Draft]:
    """What this agent would propose at ``now`` (UTC)."""
    return proposing.look(CAPABILITY, reader, now).drafts
