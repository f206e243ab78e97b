"""The tile of tools: which fail more than before, which are called over and over, and what is offered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from components.panels.agentops_tools import tools
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Frames, Grid, Plot
from tests.components.bodies import frame, listed, one

DAY = dt.date(2026, 11, 20)


def days(*failed: int, **more: Any) -> list[dict[str, Any]]:
    """Days of thirty calls of a tool, ``failed`` of them on each."""
    own = {
        "source": "GATEWAY", "workspace_id": "1", "service": "main.agents.shop", "tool": "find", "calls": 30, "refused": 0, "wrong": 0,
        "repeats": 2, "loops": 0,
    }  # fmt: skip
    return [own | {"day": DAY + dt.timedelta(days=n), "failed": bad} | more for n, bad in enumerate(failed)]


def tooled(*rows: list[dict[str, Any]]) -> Frames:
    return Frames(frame("agentops.tools", *[one for every in rows for one in every]))


def shown(*rows: list[dict[str, Any]]) -> tuple[str, Grid]:
    made = listed(tools(tooled(*rows), ViewContext()))
    assert isinstance(one(made, Plot), Plot)
    return one(made, Finding).text, one(made, Grid)


def test_a_tool_that_fails_more_than_before_leads_to_a_ticket() -> None:
    said, grid = shown(days(0, 0, 3, 9, 9, 9), days(0, 0, 0, 0, 0, 0, tool="get"))
    assert said == "find of main.agents.shop fails 30%, 3% before"
    assert grid.frame["tool"].tolist() == ["find", "get"] and grid.frame["propose"].tolist() == ["Propose", None]
    assert grid.frame.iloc[0]["params"]["subject"] == "Tool find: fails 30%"
    assert "39" not in str(grid.frame.iloc[0]["failed"]) and int(grid.frame.iloc[0]["failed"]) == 30


def test_callers_mistakes_and_what_failed_as_much_before_are_no_trouble() -> None:
    said, grid = shown(days(9, 9, 9, 9, 9, 9), days(0, 0, 0, 0, 0, 0, tool="get", wrong=20))
    assert said == "None of 2 tools fails beyond what it did before, or is called over and over"
    assert grid.frame["trouble"].isna().all()


def test_a_loop_is_said_with_its_calls() -> None:
    said, grid = shown(days(0, 0, 0, 0, repeats=600, loops=1)[:1] + days(0, 0, 0), days(0, 0, tool="get"))
    assert said == "find called 600 times in a session" and grid.frame.iloc[0]["trouble"] == "1 loop"


@pytest.mark.parametrize(("known", "offered"), [(True, "Propose"), (False, None)])
def test_a_tool_of_a_trace_is_its_service_s_where_one_alone_has_the_name(known: bool, offered: str | None) -> None:
    traced = days(0, 0, 0, 9, 9, 9, source="TRACE", workspace_id=None)
    _, grid = shown(traced, *([days(0, 0, tool="get")] if known else []))
    assert grid.frame.iloc[0]["propose"] == offered and grid.frame.iloc[0]["by"] == "traces"


def test_few_calls_say_nothing() -> None:
    said, _ = shown(days(0, 0, 0, 3, 3, 3, calls=6))
    assert said.startswith("None of 1 tool")
