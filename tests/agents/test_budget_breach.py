"""Whether FinOps is told that the month goes over its budget, and how good the chance is that it is told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agents.capability import Observation
from agents.detectors.breach import breach
from agents.detectors.month_ends import month_ends
from agents.finops import budget_breach
from agents.given import budgeted
from bench.series import months
from queries.catalogue import catalogue
from tests.agents.made import NOW, TODAY, frame, left, proposed
from tests.agents.test_infra_messages import GROUPS
from warehouse.params import checked

# By hand: 60 are spent and the rest is 40 (25 to 64, log 1.6 either way); the normal's upper tenth is 1.2816.
BAND = (85.0, 100.0, 124.0)


@pytest.mark.parametrize(
    ("budget", "chance"),
    [(100.0, 0.5), (124.0, 0.1), (85.0, 0.9), (60.0, 1.0), (50.0, 1.0), (110.6, 0.2765)],
)
def test_the_chance_is_read_from_the_band(budget: float, chance: float) -> None:
    """At 110.6 the rest may be 50.6: log(50.6 / 40) = .235, of a deviation of log(1.6) / 1.2816 = .367; .641 of them."""
    assert breach(budget, 60.0, BAND) == pytest.approx(chance, abs=0.02)


def test_a_month_that_is_known_is_over_or_not() -> None:
    assert [breach(budget, 100.0, (100.0, 100.0, 100.0)) for budget in (99.0, 100.0, 101.0)] == [1.0, 0.0, 0.0]
    assert [breach(budget, 60.0, (100.0, 100.0, 100.0)) for budget in (99.0, 101.0)] == [1.0, 0.0]


def test_the_chance_is_good_on_months_of_any_shape() -> None:
    """Brier score of budgets about what the month before cost, seen from each of the last days: .25 is a coin, .10 the gate."""
    wrong: list[float] = []
    for shape in months.SHAPES:
        values = months.spend(shape, 7)
        known = month_ends(values, months.FIRST_DAY)
        for t in range(len(values) - 92, len(values) - 32, 7):
            length, outlook, said, came = int(known.length[t]), known.outlook(t), known.rest(t), known.came(t)
            first = int((np.datetime64(months.FIRST_DAY) + t + 1).astype(object).day) - 1
            spent = values[t + 1 - first : t + 1].sum(axis=0)
            before = values[t + 1 - first - 30 : t + 1 - first].sum(axis=0) / 30 * (first + length)
            for at in range(values.shape[1]):
                band = [spent[at] + said[at] * one[at] for one in (outlook.low, outlook.middle, outlook.high)]
                for factor in (0.95, 1.0, 1.05, 1.15):
                    chance = breach(before[at] * factor, spent[at], (band[0], band[1], band[2]))
                    wrong.append((chance - float(spent[at] + came[at] > before[at] * factor)) ** 2)
    assert np.mean(wrong) < 0.10


def daily(a_day: float = 100.0, end: float = 0.0, days: int = 200) -> pd.DataFrame:
    """Every day the same but for weekends and a little, with ``end`` more on the last day of each month; yesterday is complete."""
    made = []
    for ago in range(days, -1, -1):
        at = TODAY - dt.timedelta(days=ago)
        last = (at + dt.timedelta(days=1)).day == 1
        cost = a_day * (0.5 if at.weekday() > 4 else 1.0) * (1 + 0.02 * (ago * 7 % 5 - 2)) + end * last
        made.append({"usage_date": at, "cost": Decimal(str(round(cost, 2))), "unpriced_rows": 0, "complete": ago > 0})
    return frame(*made).astype({"complete": bool})


def looked(
    amount: float | None, rows: pd.DataFrame | None = None, currency: str = "USD", basis: str = "list"
) -> list[Observation]:
    budget = budgeted(None if amount is None else (Decimal(str(amount)), currency, basis))
    frames = {"daily": daily() if rows is None else rows, "budget": budget, "groups": GROUPS}
    return budget_breach.budget_breach(frames, NOW)


def over() -> list[Observation]:
    return looked(2_400)


def test_finops_is_told_that_the_month_goes_over_its_budget() -> None:
    draft = proposed(over())  # November has 21 working days and 9 others: 2,550
    assert (draft.kind, draft.target.key) == ("notify.owner", "0/account/budget")
    assert draft.params["recipient"] == "finops-approvers"
    assert "broken with a chance of 99%" in draft.params["subject"]
    assert "of 2,400.00" in draft.params["text"] and "it is gone over on 2026-11-2" in draft.params["text"]
    assert draft.evidence[0].match == {"usage_date": "2026-11-01"}
    assert draft.benefit is not None and Decimal(100) < draft.benefit.high < Decimal(200)


def test_a_budget_that_is_broken_is_said_to_be() -> None:
    text = proposed(looked(1_000)).params
    assert "is broken" in text["subject"] and "It was gone over on 2026-11-" in text["text"]


def test_a_month_end_as_every_month_has_is_in_the_forecast() -> None:
    """By the days so far the month would be kept; by what its last day costs every time it is not: and the other way round."""
    assert "chance of 0%" in left(looked(2_900))
    assert proposed(looked(2_900, daily(end=1_000))).confidence > Decimal("0.9")
    assert "with a chance of" in left(looked(4_000, daily(end=1_000)))


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"amount": 3_000}, "over its budget with a chance of 0%"),
        ({"amount": 10, "currency": "EUR"}, "the budget is in EUR at list prices"),
        ({"amount": 10, "basis": "net"}, "at net prices"),
        ({"amount": 10, "rows": daily(days=40)}, "needs 49 in a row"),
    ],
)
def test_it_is_not_told_otherwise(how: dict[str, Any], why: str) -> None:
    assert why in left(looked(**how))


def test_a_month_without_a_complete_day_is_not_judged() -> None:
    october = daily()[: -TODAY.day]  # until the last of October
    assert "the month is over" in left(looked(10, october))
    assert looked(None) == looked(10, daily()[:0]) == []


def test_its_question_can_be_asked() -> None:
    for question in budget_breach.CAPABILITY.asks(NOW).values():
        checked(catalogue(), question)
