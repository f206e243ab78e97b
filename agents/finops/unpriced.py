"""Tells FinOps of usage that has no price: what it costs is in no figure."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, day, rows, share, text
from agents.messages import group, note, plain, telling
from approvals.values.considered import Benefit
from approvals.values.proposal import Scalar, Target

QUERY = "finops.unpriced"
DAYS = 28  # whole weeks
NEWEST = 7  # days since it was used last: what is over costs nothing any more
YOUNG = 2  # days since it was first seen: a price may come later than the first usage
GAIN = Decimal(50)  # assumed worth of knowing what is spent, to rank by only
NOWHERE = "0"  # what is sold is of the account, not of a workspace
USAGE = window(QUERY, days=DAYS, ahead=1, currency=CURRENCY, basis=BASIS, workspaces="", cost_centers="")


def unpriced(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per SKU: ``usage`` are rows of :data:`QUERY`, ``groups`` those of the policy. Pure."""
    return [_judged(row, frames, now) for row in rows(frames["usage"])]


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    first, last = day(row.first_seen), day(row.last_seen)
    assert first is not None and last is not None
    if row.reason == "free":
        return CAPABILITY.leaves(row, "it is free, its name says so")
    if (now.date() - last).days > NEWEST:
        return CAPABILITY.leaves(row, f"not used since {last}")
    if (now.date() - first).days < YOUNG:
        return CAPABILITY.leaves(row, f"first seen on {first}: its price may still come")
    return CAPABILITY.proposes(row, now, _tell(row, first, last, group(frames, "finops")))


def _tell(row: Row, first: dt.date, last: dt.date, whom: str) -> Recommendation:
    sku, used = plain(row.sku_name, 100), f"{float(row.quantity):,.1f} {plain(row.usage_unit, 20)}"
    seen = f"{used} of {sku} were used from {first} to {last} in {int(row.usage_rows)} rows, and have no price: {text(row.reason)}"
    lines = (
        f"{seen}.",
        "What it costs is in no figure here, no budget and no forecast; it will be on the invoice, in whatever currency.",
        "Please ask for its price (the account team, or the price list of the next days), or add it by hand where prices are kept.",
        "Who uses it is in FinOps, Explore by SKU.",
        "To check: FinOps, Bill: no usage without a price is left.",
    )
    return telling(
        note(whom, f"{sku} is used and has no price since {first}", lines),
        sure=share(0.95),
        gain=GAIN,
        benefit=Benefit(
            kind="quality", currency=CURRENCY, method="What is spent is known; how much that is cannot be said."
        ),
        title=f"{sku} is used without a price",
        scalars=(
            Scalar(column="reason", observed=text(row.reason)),
            Scalar(
                column="quantity",
                observed=Decimal(str(round(float(row.quantity), 3))),
                tolerance=Decimal(1),
                threshold=Decimal(0),
            ),
        ),
        observe=(seen,),
        orient=("Every total of the account is too low by it, and a budget is kept that is not.",),
        expected="the price is asked for, or added",
        nothing="totals stay too low, and the invoice is a surprise",
        why="That there is no price is read from the price list; whether one comes by itself is not known.",
    )


CAPABILITY = Capability(
    name="finops.unpriced",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(workspace_id=NOWHERE, type="sku", id=row.sku_name, name=text(row.sku_name)[:200]),
    opens={"usage": USAGE},
    evidence=USAGE,
    match=("sku_name", "cloud", "usage_unit"),
    judge=unpriced,
)
