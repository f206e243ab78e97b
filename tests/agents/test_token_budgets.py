"""Budgets of tokens, worked by hand: what the month comes to by day, whose budget counts, and who stands for whom."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.detectors.feature_use import Teams
from agents.detectors.reach import Members
from agents.detectors.token_budgets import Pace, ahead, budget_rows, pace
from setting_values import token_budgets

TODAY = dt.date(2026, 2, 24)  # a Tuesday: Wednesday to Friday and Saturday are left
TEAMS = Teams(
    Members({"team-data": frozenset({"ann@x.com", "bob@x.com"})}, frozenset({"ann@x.com", "bob@x.com"})), "team-*"
)
CALLED = {
    "workspace_id": "1", "family": "gateway", "thing_id": "bot", "service": "bot", "tokens": 0, "today": 0, "weekdays": 0,
    "weekends": 0, "calls": 1, "uncounted": 0, "hosted": 0, "past": 0, "cost": None, "known_from": dt.date(2026, 1, 1),
}  # fmt: skip


def called(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([CALLED | one for one in rows])


def found(frame: pd.DataFrame, text: str, *, single: bool = True) -> dict[tuple[str, str], Any]:
    made = budget_rows(frame, token_budgets(text), TEAMS, TODAY, single=single)
    every: list[Any] = list(made.itertuples(index=False))
    return {(row.sort, row.name): row for row in every}


def test_the_rest_of_the_month_goes_on_as_the_four_weeks_before() -> None:
    usual = pace(200, 16, dt.date(2026, 1, 1), TODAY)  # of 20 working days and 8 others
    assert usual == Pace(10.0, 2.0)
    told = ahead(100, 4, usual, TODAY)
    assert told == [
        (TODAY, 106.0),
        (dt.date(2026, 2, 25), 116.0),
        (dt.date(2026, 2, 26), 126.0),
        (dt.date(2026, 2, 27), 136.0),
        (dt.date(2026, 2, 28), 138.0),
    ]
    assert ahead(100, 40, usual, TODAY)[0] == (TODAY, 100.0)  # today has more than a usual day already


def test_days_of_which_nothing_is_known_make_no_pace_slower() -> None:
    assert pace(20, 0, dt.date(2026, 2, 20), TODAY) == Pace(10.0, 0.0)  # Friday and Monday
    assert pace(0, 0, TODAY, TODAY) == Pace(0.0, 0.0)


def test_a_budget_by_name_goes_before_that_of_the_sort() -> None:
    rows = called(
        {"caller": "ann@x.com", "tokens": 90, "weekdays": 200},
        {"caller": "bob@x.com", "tokens": 90, "weekdays": 200},
        {"caller": "app-1", "tokens": 500},
    )
    made = found(rows, "person=100,person:Ann@x.com=1k")
    assert made["person", "bob@x.com"].budget == 100 and made["person", "ann@x.com"].budget == 1_000
    assert pd.isna(made["service", "app-1"].budget) and pd.isna(made["endpoint", "bot"].budget)
    bob = made["person", "bob@x.com"]  # 90, ten a working day: 100 today, more from tomorrow on
    assert (bob.forecast, bob.used, bob.ends, bob.over_on) == (130, 0.9, 1.3, dt.date(2026, 2, 25))
    assert next(iter(made)) == ("person", "bob@x.com") and made["person", "ann@x.com"].over_on is None


def test_of_who_is_over_no_day_to_come_is_said() -> None:
    ann = found(called({"caller": "ann@x.com", "tokens": 101}), "person=100")["person", "ann@x.com"]
    assert (ann.used, ann.over_on) == (1.01, None)


def test_callers_endpoints_and_teams_are_sums_of_the_same_calls() -> None:
    rows = called(
        {"caller": "ann@x.com", "tokens": 5, "cost": Decimal("0.10")},
        {"caller": "ann@x.com", "thing_id": "shop", "service": "shop", "tokens": 20, "cost": Decimal("0.30")},
        {"caller": "bob@x.com", "tokens": 7, "past": 7},
        {"caller": "zoe@x.com", "thing_id": None, "service": None, "tokens": 3},
    )
    made = found(rows, "")
    assert {key: row.tokens for key, row in made.items()} == {
        ("person", "ann@x.com"): 25,
        ("person", "bob@x.com"): 7,
        ("person", "zoe@x.com"): 3,
        ("team", "team-data"): 32,
        ("endpoint", "bot"): 12,
        ("endpoint", "shop"): 20,
    }
    ann, team = made["person", "ann@x.com"], made["team", "team-data"]
    assert (ann.cost, ann.main, team.cost, team.past) == (Decimal("0.40"), "shop", Decimal("0.40"), 7)
    assert made["person", "bob@x.com"].cost is None and made["person", "zoe@x.com"].main is None


def test_where_single_people_are_not_shown_teams_and_endpoints_are() -> None:
    made = found(called({"caller": "ann@x.com", "tokens": 5}), "person=1", single=False)
    assert set(made) == {("team", "team-data"), ("endpoint", "bot")}


@pytest.mark.parametrize("name", ["bot", "BOT"])
def test_an_endpoint_is_named_in_either_case(name: str) -> None:
    assert found(called({"caller": "a@x.com", "tokens": 5}), f"endpoint:{name}=50")["endpoint", "bot"].budget == 50


def test_nobody_called() -> None:
    assert budget_rows(called().head(0), (), TEAMS, TODAY, single=True).empty
