"""Tells FinOps that the month will probably cost more than its budget, how probably, and from which day on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, day, money, rows, share
from agents.detectors.breach import breach
from agents.detectors.cost_frames import forecast_frames
from agents.messages import group, note, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

DAYS = 300  # as many as month ends and quarter ends are learned from
NOWHERE = "0"  # a budget is of the account, not of a workspace
TOLD = 0.5  # the chance from which on it is told: more likely than not
SHARE, TOP = Decimal("0.2"), Decimal(500)  # of what it goes over: assumed worth of knowing it in time, to rank by only
SPENT = window("finops.daily_total", days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="", cost_centers="")


def budget_breach(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation where a budget of the month is set: ``daily`` are rows of finops.daily_total, ``budget`` its amount, currency
    and basis, ``groups`` those of the policy. Evidence is the first day of the month, which stays as it is. Pure."""
    complete = {at: row for row in rows(frames["daily"]) if row.complete and (at := day(row.usage_date)) is not None}
    budget = next(iter(rows(frames.get("budget"))), None)
    if budget is None or not complete:
        return []
    begun = max(complete).replace(day=1)
    if begun not in complete:
        return []
    return [_judged(complete[begun]._replace(usage_date=str(begun)), begun, budget, frames, now)]


def _judged(first: Row, begun: dt.date, budget: Row, frames: Frames, now: dt.datetime) -> Observation:
    if (budget.currency, budget.basis) != (CURRENCY, BASIS):
        return CAPABILITY.leaves(
            first, f"the budget is in {budget.currency} at {budget.basis} prices, costs are read in {CURRENCY}"
        )
    made = forecast_frames(frames["daily"])
    if made["forecast_total"].empty:
        return CAPABILITY.leaves(first, "too few complete days for a forecast: it needs 49 in a row")
    total, month, amount = made["forecast_total"].iloc[0], made["month"], float(budget.amount)
    if month["date"].iloc[0].date() != begun:
        return CAPABILITY.leaves(first, "the month is over: the next one has no complete day yet")
    chance = breach(amount, float(total["spent"]), (float(total["p10"]), float(total["p50"]), float(total["p90"])))
    if chance < TOLD:
        return CAPABILITY.leaves(first, f"over its budget with a chance of {chance:.0%}")
    over = month.loc[month["ahead"].fillna(month["actual"]) > amount, "date"]
    on = None if over.empty else over.iloc[0].date()
    return CAPABILITY.proposes(first, now, _told(first, total, amount, chance, on, group(frames, "finops")))


def _told(first: Row, total: pd.Series, amount: float, chance: float, on: dt.date | None, whom: str) -> Recommendation:
    budget, middle = money(round(amount, 2)), money(round(float(total["p50"]), 2))
    low, high, spent = (money(round(float(total[name]), 2)) for name in ("p10", "p90", "spent"))
    over, sure = max(middle - budget, Decimal(0)), share(chance)
    is_over = float(total["spent"]) > amount
    when = (
        f"it was gone over on {on}"
        if is_over
        else f"by the middle it is gone over on {on}"
        if on
        else "by the middle it is just kept"
    )
    seen = (
        f"The month ends at {CURRENCY} {middle:,} of {budget:,}, 8 of 10 times between {low:,} and {high:,}; {spent:,} so far",
        f"{when}; the chance that it is broken is {sure:.0%}",
    )
    unseen = (
        f"No {total['unseen']} like the one ahead was met yet: what it adds is not known." if total["unseen"] else ""
    )
    lines = (
        f"{seen[0]}.",
        f"{seen[1][:1].upper()}{seen[1][1:]}.",
        "Weekdays, month ends, quarter ends and growth are in it, as the account's own past has them.",
        unseen,
        "What moved and who spends it: FinOps, Changes. What would be saved at once: FinOps, Savings. To check: FinOps, Ahead.",
    )
    return telling(
        note(
            whom,
            f"The month's budget of {CURRENCY} {budget:,} is {'broken' if is_over else f'broken with a chance of {sure:.0%}'}",
            lines,
        ),
        sure=sure,
        gain=min(over * SHARE + 10, TOP),
        benefit=Benefit(
            kind="cost",
            high=over,
            currency=CURRENCY,
            method="What the middle of the forecast is above the budget; a message saves none of it.",
        ),
        title="What the first day of the month cost, from which it adds up",
        scalars=(
            Scalar(column="usage_date", observed=first.usage_date),
            Scalar(column="cost", observed=money(first.cost), unit=CURRENCY),
        ),
        observe=seen,
        orient=(
            "List prices: the invoice may be lower; the budget is meant in the same.",
            *((unseen,) if unseen else ()),
        ),
        expected="somebody decides what is done without, or that the budget is another one",
        nothing="it is known on the day on which it is broken",
        why=f"Confidence {sure}: the rest of the month by the band of its forecast, which is learned from how far earlier ones were.",
        others=(
            Option(
                what="raise the budget",
                expected="no breach, and as much spent",
                rejected_because="that is for those to say who agreed on it",
            ),
        ),
    )


CAPABILITY = Capability(
    name="finops.budget_breach",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(workspace_id=NOWHERE, type="account", id="budget", name="Budget of the month"),
    opens={"daily": SPENT},
    evidence=SPENT,
    match=("usage_date",),
    judge=budget_breach,
)
