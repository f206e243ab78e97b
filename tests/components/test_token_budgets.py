"""The tile of budgets of tokens: who is over, what is offered, and what is said where nothing is agreed or compared."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from agents.detectors.feature_use import Teams
from agents.detectors.reach import Members
from agents.detectors.token_budgets import budget_rows
from components.panels.agentops_budgets import MAIN, WHO, token_budgets
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Frames, Grid, Note, Plot
from setting_values import token_budgets as read
from tests.components.bodies import frame, listed

LOOK = ViewContext()
TODAY = dt.date(2026, 2, 24)
TEAMS = Teams(Members({"team-data": frozenset({"ann@x.com"})}, frozenset({"ann@x.com"})), "team-*")
CALLED: dict[str, Any] = {
    "caller": "ann@x.com", "workspace_id": "1", "family": "gateway", "thing_id": "bot", "service": "bot", "tokens": 0, "today": 0,
    "weekdays": 0, "weekends": 0, "calls": 4, "uncounted": 0, "hosted": 0, "past": 0, "known_from": dt.date(2026, 1, 1), "pairs": 1,
    "whole": 0, "cost": Decimal("1.50"),
}  # fmt: skip


def budgeted(tokens: int, text: str = "person=20M", why: str = "", **more: Any) -> Frames:
    """Ann's tokens of the month, against what is agreed."""
    rows = frame("agentops.tokens_by_caller", CALLED | {"tokens": tokens, "whole": tokens} | more)
    found = budget_rows(rows["tokens_by_caller"], read(text), TEAMS, TODAY, single=True)
    return Frames({**rows, "token_budgets": found, "compared": pd.DataFrame([{"why": why}])})


def bodies(frames: Frames) -> tuple[str, Grid, Plot, list[str]]:
    made = listed(token_budgets(frames, LOOK))
    said = next(one for one in made if isinstance(one, Finding))
    notes = [one.text for one in made if isinstance(one, Note) and not isinstance(one, Finding)]
    grid, plot = (next(one for one in made if isinstance(one, kind)) for kind in (Grid, Plot))
    assert isinstance(grid, Grid) and isinstance(plot, Plot)
    return said.text, grid, plot, notes


def test_who_is_over_budget_leads_to_a_limit_on_the_endpoint_they_use_most() -> None:
    said, grid, plot, _ = bodies(budgeted(26_000_000))
    assert said == "1 of 1 budget of tokens is used up; ann@x.com comes to 130% of 20M"
    row = grid.frame.iloc[0]
    assert (row["propose"], row["act"], row["main"]) == ("Propose", "gateway.set_rate_limit", "bot")
    assert row["params"] == {
        "key": "user",
        "principal": "ann@x.com",
        "calls": None,
        "tokens": 6_500_000,
    }  # one call at least
    assert grid.thing_at("main", 0) is not None and grid.things == {**grid.things, "name": WHO, "main": MAIN}
    assert plot.alt == "ann@x.com: 130% used, 130% by the end."
    assert grid.frame["propose"].tolist()[1:] == [None, None]  # her team and the endpoint have no budget


def test_a_limit_is_what_the_budget_allows_in_a_minute_of_work() -> None:
    _, grid, _, _ = bodies(budgeted(26_000_000, calls=1_000_000))
    assert grid.frame.iloc[0]["params"]["tokens"] == 1_893  # 20M in 10,560 minutes
    _, grid, _, _ = bodies(budgeted(9_000, "endpoint=5k"))
    assert grid.frame.iloc[0]["params"] == {"key": "endpoint", "principal": None, "calls": None, "tokens": 2_250}
    _, grid, _, _ = bodies(budgeted(9_000, "team=5k"))
    assert grid.frame.iloc[0]["params"] == {
        "key": "user_group",
        "principal": "team-data",
        "calls": None,
        "tokens": 2_250,
    }


def test_what_will_be_used_up_says_from_when_on() -> None:
    said, grid, _, _ = bodies(budgeted(19_000_000, weekdays=20_000_000))
    assert said == "1 of 1 budget of tokens will be used up, from 25 Feb on; ann@x.com comes to 115% of 20M"
    assert grid.frame.iloc[0]["propose"] == "Propose"


def test_within_budget_nothing_is_offered() -> None:
    said, grid, _, _ = bodies(budgeted(5_000_000))
    assert said == "None of 1 budget of tokens is used up or will be; ann@x.com comes to 25% of 20M"
    assert grid.frame["propose"].isna().all()


def test_without_a_budget_it_is_who_uses_most() -> None:
    said, _, plot, _ = bodies(budgeted(5_000_000, ""))
    assert said == "No budget of tokens is agreed; ann@x.com used 5M tokens this month, most of all"
    assert plot.alt.startswith("ann@x.com is first")


def test_a_part_of_the_account_is_compared_with_nothing() -> None:
    said, _, _, notes = bodies(budgeted(5_000_000, "", why="A part."))
    assert said == "ann@x.com used 5M tokens this month, most of all" and notes[0] == "A part."


def test_what_has_no_money_or_no_count_is_said() -> None:
    *_, notes = bodies(budgeted(5_000_000, hosted=2_000_000, past=1_000_000, uncounted=3, pairs=9))
    assert notes == [
        "5M tokens this month; 2M of models hosted here, whose bill names no caller; 1M past the gateway; "
        "3 calls without a count; 8 callers and endpoints of the fewest tokens left out."
    ]
