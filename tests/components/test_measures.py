"""The figures of a tile that mean the same on every day."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from components.text.view_context import ViewContext
from components.tiles.measures import Measure, measures
from components.tiles.tile import Empty, Finding, Grid, Metric, Metrics, Note

LOOK = ViewContext(currency="EUR")
COSTS = {"name": ("Job", "text"), "cost": ("Cost", "money"), "waits": ("Waits", "hours"), "people": ("People", "count")}
ROWS = pd.DataFrame({"name": ["a", "b"], "cost": [Decimal("1.50"), None], "waits": [1.5, 2.0], "people": [3, 4]})


def test_a_table_has_its_rows_and_what_its_amounts_and_hours_come_to() -> None:
    found = measures([Finding("two jobs"), Grid(ROWS, COSTS)], LOOK)
    assert found == (
        Measure("rows", "Rows of its table", "rows", 2.0),
        Measure("cost", "Cost, all rows", "EUR", 1.5),
        Measure("waits", "Waits, all rows", "h", 3.5),
    )  # people may be in both rows


def test_a_second_table_has_names_of_its_own_and_days_are_no_names() -> None:
    by_day = Grid(pd.DataFrame({"2026-11-01": [Decimal(1)]}), {"2026-11-01": ("1 Nov", "money")})
    assert [one.key for one in measures([Grid(ROWS, COSTS), by_day], LOOK)] == ["rows", "cost", "waits", "rows-2"]


def test_amounts_of_two_currencies_are_not_added() -> None:
    both = Grid(ROWS.assign(currency=["EUR", "USD"]), COSTS)
    assert [one.key for one in measures([both], LOOK)] == ["rows", "waits"]


def test_a_metric_is_what_it_says_with_every_digit() -> None:
    row = Metrics(
        [
            Metric("Total, list price", "€1.2k", amount=Decimal("1234.56"), kind="money"),
            Metric("On time", "91.8%", amount=0.918, kind="ratio"),
            Metric("Failed", "55", amount=55),
            Metric("Missing", "–", amount=None),
        ]
    )
    assert measures([row], LOOK) == (
        Measure("total,_list_price", "Total, list price", "EUR", 1234.56),
        Measure("on_time", "On time", "%", 91.8),
        Measure("failed", "Failed", "in all", 55.0),
    )


def test_nothing_found_is_no_row_and_a_sentence_alone_has_no_figure() -> None:
    assert measures([Empty("None of 12 is late.")], LOOK) == (Measure("rows", "Rows of its table", "rows", 0.0),)
    assert measures([Note("3 tables are late.")], LOOK) == ()
