"""The feed of changes: in time order, each name a thing, and the proposal where one did it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from approvals.reading.effects import Effect
from components.panels.changes import changes, with_proposals
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid
from tests.components.bodies import column, frame, listed, one, seen
from things import Thing

LOOK = ViewContext(zone="Europe/Berlin")
MADE = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def change(**other: Any) -> dict[str, Any]:
    row = {"at": MADE, "what": "auto-stop 30 → 10 min", "name": "bi", "who": "app", "kind": "warehouse",
           "workspace_id": "1", "thing_id": "w1"}  # fmt: skip
    return row | other


def feed(*rows: dict[str, Any]) -> pd.DataFrame:
    found = frame("overview.changes", *rows)["changes"]
    assert isinstance(found, pd.DataFrame)
    return found


def call(seconds: float, proposal: str = "p1", key: str = "1/warehouse/w1") -> Effect:
    return Effect(proposal, f"Title of {proposal}", key, MADE + dt.timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("calls", "who"),
    [
        ([], None),
        ([call(-2)], "p1"),
        ([call(-299)], "p1"),
        ([call(-301)], None),  # somebody else's, later
        ([call(30)], "p1"),  # a clock that is behind
        ([call(90)], None),  # made after the change
        ([call(-2, key="2/warehouse/w1")], None),
        ([call(-2, key="1/cluster/w1")], None),
        ([call(-200, "old"), call(-5, "near"), call(50, "next")], "near"),
    ],
)
def test_a_change_is_of_the_call_that_is_nearest_and_may_have_made_it(calls: list[Effect], who: str | None) -> None:
    assert list(with_proposals(feed(change()), calls)["proposal_id"]) == [who]


def test_a_table_is_known_in_any_capitals() -> None:
    table = change(kind="table", thing_id="Main.Sales.Orders", name="Main.Sales.Orders")
    found = with_proposals(feed(table), [call(-2, key="1/table/main.sales.orders")])
    assert list(found["proposal_title"]) == ["Title of p1"]


def test_the_order_of_the_question_is_kept_and_each_name_leads_to_its_thing() -> None:
    granted = change(
        at=MADE - dt.timedelta(hours=10),
        what="SELECT granted to team",
        who="ann@example.com",
        kind="table",
        name="main.sales.orders",
        thing_id="main.sales.orders",
    )
    said = changes({"changes": with_proposals(feed(change(), granted), [call(-2)])}, LOOK)
    grid = one(said, Grid)
    assert seen(grid, "what", "proposal_title") == [
        ("auto-stop 30 → 10 min", "Title of p1"),
        ("SELECT granted to team", "–"),
    ]
    assert listed(said)[0] == Finding("2 changes of 2 things, 1 by proposals")
    assert column(grid, "at", LOOK)["type_config"]["timezone"] == "Europe/Berlin"
    assert [grid.thing_at("name", row) for row in (0, 1)] == [
        Thing("warehouse", "w1", "1"),
        Thing("table", "main.sales.orders"),
    ]
    assert [grid.thing_at("proposal_title", row) for row in (0, 1)] == [Thing("proposal", "p1"), None]
    assert grid.thing_at("who", 1) == Thing("principal", "ann@example.com")


def test_a_table_changed_in_two_workspaces_has_one_name() -> None:
    rows = [change(kind="table", thing_id="a.b.c", name="a.b.c", workspace_id=place) for place in ("1", "2")]
    assert seen(one(changes({"changes": feed(*rows)}, LOOK), Grid), "name") == [("a.b.c",), ("a.b.c",)]


def test_nothing_changed_says_what_was_looked_at() -> None:
    empty = one(changes({"changes": feed()}, LOOK), Empty)
    assert (
        empty.text == "Nothing changed in this time: 7 kinds of things were looked at." and "warehouses" in empty.hint
    )


@pytest.mark.parametrize(("who", "said"), [("app", ""), (None, "By –: the tables that tell of it name nobody")])
def test_a_change_of_nobody_by_name_says_why(who: str | None, said: str) -> None:
    assert one(changes({"changes": feed(change(who=who))}, LOOK), Grid).caption == said
