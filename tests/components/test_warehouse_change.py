"""Whether a change of a warehouse did what it was for: whole days before and after, by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from components.text.view_context import ViewContext
from components.things.warehouse_change import change_of
from components.tiles.tile import Empty, Finding, Grid, Plot
from tests.components.bodies import frame, listed, one, seen
from things import Thing

LOOK, DAY = ViewContext(), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
PANEL = change_of(Thing("warehouse", "w1", "1"))


def hours(days: int, cost: Any, wait: Any) -> list[dict[str, Any]]:
    """One hour a day at nine, of ``cost`` and ``wait`` of the day's number."""
    return [
        {
            "hour": DAY + dt.timedelta(days=n, hours=9),
            "clusters": 2.0,
            "running_hours": 1.0,
            "busy_hours": 0.5,
            "running": 3,
        }
        | {"queued": 1, "queued_hours": float(wait(n)), "statements": 5, "cost": Decimal(cost(n))}
        for n in range(days)
    ]


def change(day: int, what: str, who: str | None = "ann") -> dict[str, Any]:
    at = DAY + dt.timedelta(days=day, hours=14)
    return {
        "at": at,
        "what": what,
        "name": "bi",
        "who": who,
        "kind": "warehouse",
        "workspace_id": "1",
        "thing_id": "w1",
    }


def drawn(rows: list[dict[str, Any]], *changes: dict[str, Any]) -> list[Any]:
    return listed(
        PANEL(frame("things.warehouse_strip", *rows) | {"changes": frame("things.changes", *changes)["changes"]}, LOOK)
    )


def test_a_change_that_costs_more_and_spares_no_wait_is_said_and_offered_back() -> None:
    rows = hours(
        12, lambda n: 10 if n < 6 else 1000 if n == 6 else 21, lambda n: 2
    )  # the day of the change counts nowhere
    said = drawn(rows, change(6, "size Large → X-Large"))
    assert one(said, Finding).text == "Since 7 Nov (size Large → X-Large, ann) bi costs 2.1× and waits did not fall"
    assert one(said, Finding).tone == "watch"
    grid = one(said, Grid)
    assert seen(grid, "cost_before", "cost_after", "wait_before", "days_before", "days_after") == [
        (10.0, 21.0, 2.0, 5, 4)
    ]
    assert (grid.frame["act"].iloc[0], grid.frame["params"].iloc[0]) == ("warehouse.resize", {"cluster_size": "Large"})
    assert "(5 and 4 whole days)" in grid.frame["why"].iloc[0]


def test_where_waits_fell_nothing_is_offered_back() -> None:
    said = drawn(
        hours(12, lambda n: 10 if n < 6 else 21, lambda n: 2 if n < 6 else 0), change(6, "size Large → X-Large")
    )
    assert one(said, Finding).text.endswith("bi costs 2.1× and waits fell")
    assert one(said, Grid).frame["act"].tolist() == [""]


def test_what_is_no_setting_is_no_change_and_few_days_tell_nothing() -> None:
    said = drawn(hours(12, lambda n: 10, lambda n: 0), change(6, "permissions changed"))
    assert one(said, Finding).text == "On for 12 h, busy for 6 h of it; no setting changed"
    said = drawn(hours(12, lambda n: 10, lambda n: 0), change(10, "auto-stop 10 → 5 min"))
    assert one(said, Finding).text == "On for 12 h, busy for 6 h of it; of 1 change too few days are known"
    assert isinstance(drawn([])[0], Empty)


def test_where_no_warehouse_changed_it_says_so() -> None:
    said = listed(change_of(None)({"changes": frame("value.changes")["changes"]}, LOOK))
    assert one(said, Empty).text == "0 settings of SQL warehouses changed in 60 days."


def test_the_days_of_another_change_are_on_neither_side() -> None:
    rows = hours(14, lambda n: 10 if n < 4 else 20 if n < 9 else 40, lambda n: 0)
    grid = one(drawn(rows, change(4, "size Small → Medium"), change(9, "size Medium → Large")), Grid)
    assert seen(grid, "cost_before", "cost_after", "days_before", "days_after") == [
        (20.0, 40.0, 4, 3),
        (10.0, 20.0, 3, 4),
    ]


def test_each_change_is_marked_with_its_author() -> None:
    plot = one(drawn(hours(12, lambda n: 10, lambda n: 0), change(6, "size Large → X-Large")), Plot)
    traces = plot.figure.to_dict()["data"]
    marked = [one for one in traces if one["name"] == "change"]
    assert len(marked) == 1 and "by ann" in marked[0]["hovertext"][0]
    on = next(one for one in traces if one["name"] == "clusters on")
    assert pd.Series(on["y"]).max() == 2.0 and min(on["y"]) == 0.0  # off is drawn as nothing on
