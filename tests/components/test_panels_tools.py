"""The tile of tools: which fail more than before, which are called over and over, and what is offered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from components.panels.agentops_tools import tools
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Frames, Grid, Leading, Note, Plot
from tests.components.bodies import frame, listed, one

DAY = dt.date(2026, 11, 20)


def days(*failed: int, **more: Any) -> list[dict[str, Any]]:
    """Days of thirty calls of a tool, ``failed`` of them on each."""
    own = {
        "source": "GATEWAY", "workspace_id": "1", "service": "main.agents.shop", "tool": "find", "calls": 30, "refused": 0, "wrong": 0,
        "repeats": 2, "loops": 0,
    }  # fmt: skip
    return [own | {"day": DAY + dt.timedelta(days=n), "failed": bad} | more for n, bad in enumerate(failed)]


HOUR = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)  # of the last day but one that days() makes of six


def hours(*failed: int, calls: int = 8, **more: Any) -> list[dict[str, Any]]:
    """As :func:`days`, hour by hour after five quiet days."""
    at = [HOUR + dt.timedelta(hours=n) for n in range(len(failed))]
    own = days(0, 0, 0, 0, 0, **more)
    return own + [
        own[0] | {"day": one.date(), "hour": one, "calls": calls, "failed": bad, "trace": f"r{one:%H}" if bad else None}
        for one, bad in zip(at, failed, strict=True)
    ]


def tooled(*rows: list[dict[str, Any]]) -> Frames:
    return Frames(frame("agentops.tools", *[one for every in rows for one in every]))


def shown(*rows: list[dict[str, Any]]) -> tuple[str, Grid]:
    made = listed(tools(tooled(*rows), ViewContext()))
    assert len(made) in (3, 4)  # with or without a way to the answers
    return one(made, Finding).text, one(made, Grid)


def test_a_tool_that_fails_more_than_before_leads_to_a_ticket() -> None:
    said, grid = shown(days(0, 0, 3, 9, 9, 9), days(0, 0, 0, 0, 0, 0, tool="get"))
    assert said == "find of main.agents.shop fails 30%, 0% before, since 22 Nov"
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


def drawn(rows: list[dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """By state the hours of the picture with what stands in them."""
    figure = one(listed(tools(tooled(rows), ViewContext())), Plot).figure.to_dict()
    names = figure["layout"]["xaxis"]["ticktext"]
    return {
        trace["name"]: [(names[x], text) for x, text in zip(trace["x"], trace["text"], strict=True)]
        for trace in figure["data"]
    }


def test_a_tool_that_began_to_fail_some_hours_ago_is_said_with_the_hour_though_three_days_hide_it() -> None:
    said, grid = shown(hours(0, 0, 0, 0, 0, 0, 3, 4, 2))  # 9 of the 222 calls of the newest three days
    assert said == "find of main.agents.shop fails 38%, 0% before, since 26 Nov 15:00"
    row = grid.frame.iloc[0]
    assert row["trouble"] == "fails 38%" and row["trace"] == "r17" and row["propose"] == "Propose"
    assert "since 2026-11-26 15:00 UTC 37.5%, 0% before" in row["why"] and "The newest that failed: r17." in row["why"]


def test_one_failure_in_an_hour_or_as_many_as_ever_is_no_onset() -> None:
    for rows in (hours(0, 0, 1, 0, 0, 0, 1, 0, 1), hours(*[1] * 9, failed=4)):
        assert shown(rows)[0].startswith("None of 1 tool")


def test_hours_are_drawn_until_the_newest_with_those_marked_that_chance_hardly_makes() -> None:
    found = drawn(hours(0, 0, 0, 0, 0, 0, 3, 4, 2))
    assert found["low"] == [("15", "38"), ("16", "50")]  # 2 of 8 may be chance
    assert ("17", "25") in found["known"] and len(found["known"]) == 7
    assert len(found["open"]) == 15 and found["open"][0] == ("18", "")  # of the day before, in which nobody called


def test_the_hours_are_those_of_who_looks() -> None:
    said = listed(tools(tooled(hours(0, 0, 0, 0, 0, 0, 3, 4, 2)), ViewContext(zone="Asia/Kolkata")))
    assert one(said, Finding).text.endswith("since 26 Nov 20:30")
    assert "20:30" in one(said, Plot).figure.to_dict()["layout"]["xaxis"]["ticktext"]


def test_where_no_hour_is_known_that_is_said() -> None:
    assert "no hour is drawn" in one(listed(tools(tooled(days(0, 0)), ViewContext())), Note).text


def test_a_tool_of_traces_leads_to_why_its_answers_fail() -> None:
    said = listed(tools(tooled(hours(0, 0, 0, 0, 0, 0, 3, 4, 2, source="TRACE")), ViewContext()))
    assert [lead.panel for body in said if isinstance(body, Leading) for lead in body.leads] == ["failing_answers"]
    assert not any(isinstance(body, Leading) for body in listed(tools(tooled(hours(0, 0, 3, 4)), ViewContext())))
