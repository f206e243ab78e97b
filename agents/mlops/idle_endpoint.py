"""Proposes that serving endpoints which nobody asks any more stop while nobody asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from agents.capability import BASIS, CURRENCY, REVIEW, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, money, rows, share, text
from agents.finops.record import Record
from agents.spread import SAID, a_month, whole_days
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

KIND, QUERY, COST = "serving.set_scale", "mlops.endpoints", "things.cost_by_day"
DAYS = 28  # whole weeks
PRIOR = (8, 2)  # such changes that hold and that are taken back, before any is counted: assumed
METHOD = (
    "What it cost on each of the last {known} days, list price; {said}. The low end leaves out the days on which it may be asked "
    "after all: {asked:.0%}, the 90 % bound of a share of which none was seen in {days} days."
)
LOOKED_AT = 10  # endpoints whose days are read, the dearest
SPENT = window(COST, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="", cost_centers="", kind="endpoint")
ENDPOINTS = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")


def days_of(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What each day cost of the endpoints that nobody asks."""
    able = [row for row in rows(frames["endpoints"]) if not _out_of_question(row)]
    dearest = sorted(able, key=lambda row: (-money(row.cost_a_day), row.endpoint_id))[:LOOKED_AT]
    return {_key(row): SPENT.ask(now, workspace_id=row.workspace_id, id=row.endpoint_id) for row in dearest}


def idle_endpoints(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per existing endpoint: ``endpoints`` are rows of :data:`QUERY`, ``workspace/endpoint`` of :data:`COST`,
    ``tracks`` those of :func:`approvals.reading.track.frame`. Pure."""
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    return [_judged(row, frames.get(_key(row)), record, now) for row in rows(frames["endpoints"])]


def _key(row: Row) -> str:
    return f"{row.workspace_id}/{row.endpoint_id}"


def _out_of_question(row: Row) -> str:
    if row.use_state == "NO_RECORD":
        return "no request is recorded in 90 days: its usage may not be tracked, which is not idle"
    if row.use_state == "NOT_LISTED":
        return "it is billed and not listed here: nothing else is known of it"
    if row.use_state != "UNASKED":
        return f"it was asked {int(row.unasked_days)} days ago"
    if row.scales_to_zero is True or text(row.scales_to_zero) == "True":
        return "it stops while nobody asks already"
    if not text(row.model_full_name):
        return "it serves no model on compute of its own"
    if not text(row.entity):
        return "it serves several versions: which of them stops is for its owner"
    return "" if money(row.cost_a_day) > 0 else f"no price in {CURRENCY}, or no cost: what it would save is not known"


def asked_share(days: int) -> float:
    """The share of days on which it may be asked, of which none was seen in ``days``: the upper end, 90 % certain."""
    return float(1 - 0.1 ** (1 / max(days, 1)))


def _judged(row: Row, costs: pd.DataFrame | None, record: Record, now: dt.datetime) -> Observation:
    if reason := _out_of_question(row) or ("" if costs is not None else "others cost more: looked at next time"):
        return CAPABILITY.leaves(row, reason)
    assert costs is not None
    days, known = int(row.unasked_days), whole_days(costs, now.date() - dt.timedelta(days=DAYS))
    least, high = a_month(known)
    low = money(least * Decimal(str(1 - asked_share(days))))
    confidence = share(min((days + 1) / (days + 4), record.chance))
    value = worth(confidence, (low + high) / 2, money(row.cost_a_day))
    if value <= 0:
        return CAPABILITY.leaves(row, f"would save {low} to {high} a month: not worth a look", value)
    return CAPABILITY.proposes(row, now, _to_zero(row, (low, high), len(known), record, confidence, value))


def _to_zero(
    row: Row, gain: tuple[Decimal, Decimal], known: int, record: Record, confidence: Decimal, value: Decimal
) -> Recommendation:
    (low, high), days, cost = gain, int(row.unasked_days), money(row.cost_a_day)
    observed = (
        f"its last recorded request was on {row.last_request:%Y-%m-%d}, {days} days ago; it is tracked, because there was one "
        "within 90 days",
        f"it is billed {CURRENCY} {cost} a day all the same, for {text(row.serves)[:150]}",
    )
    oriented = (
        "It is kept ready for nobody; the model stays where it is, and the endpoint keeps its address.",
        "Whoever asks it after that waits until it has started (minutes, more for a large model); a caller with a short time "
        "limit fails at first.",
    )
    return Recommendation(
        params={"served_entity": row.entity, "scale_to_zero": True},
        confidence=confidence,
        worth=value,
        benefit=Benefit(
            kind="cost",
            low=low,
            high=high,
            currency=CURRENCY,
            method=METHOD.format(known=known, said=SAID.format(n=known), asked=asked_share(days), days=days),
        ),
        title=f"Billed every day, not asked in {days} days",
        scalars=(
            Scalar(column="use_state", observed="UNASKED"),
            Scalar(column="unasked_days", observed=Decimal(days), threshold=Decimal(21), unit="days"),
            Scalar(column="cost_a_day", observed=cost, threshold=REVIEW / 30, unit=CURRENCY),
        ),
        ooda=Ooda(
            observe=observed,
            orient=oriented,
            options=(
                Option(what="stop while nobody asks", expected=f"saves {CURRENCY} {low} to {high} a month"),
                Option(
                    what="delete the endpoint",
                    expected=f"saves {CURRENCY} {high} a month",
                    rejected_because="it is not undone in one step, and stopping saves as much",
                ),
                Option(
                    what="do nothing",
                    expected=f"costs {CURRENCY} {cost} a day",
                    rejected_because="the money buys nothing",
                ),
            ),
            why=f"The setting is taken back in one step. Confidence {confidence}: at most what {record} gives, less where few days "
            "passed without a request.",
        ),
        narrative=f"{'. '.join(observed)}. Stopping while nobody asks saves {CURRENCY} {low} to {high} a month. "
        f"{' '.join(oriented)} It is undone by keeping it running again.",
    )


CAPABILITY = Capability(
    name="mlops.idle_endpoint",
    version="1.1",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="endpoint", id=row.endpoint, name=text(row.endpoint)[:200]
    ),
    opens={"endpoints": ENDPOINTS},
    then=(days_of,),
    evidence=ENDPOINTS,
    match=("workspace_id", "endpoint_id"),
    judge=idle_endpoints,
)
