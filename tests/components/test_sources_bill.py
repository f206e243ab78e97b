"""Corrections of the bill by the month that they correct, by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from components.panels.sources_bill import restated
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid
from tests.components.bodies import frame, listed, one, seen

LOOK = ViewContext()


def corrected(day: dt.date, last: dt.date, effect: str, rows: int) -> dict[str, Any]:
    return {"usage_date": day, "product": "JOBS", "retraction_rows": rows, "restatement_rows": rows, "effect": Decimal(effect)} | {
        "unpriced_rows": 0, "last_ingested": last,
    }  # fmt: skip


def drawn(*rows: dict[str, Any]) -> list[Any]:
    return listed(restated(frame("finops.corrections", *rows), LOOK))


def test_what_came_after_the_month_was_over_is_the_title() -> None:
    october, november = dt.date(2026, 10, 3), dt.date(2026, 11, 2)
    said = drawn(
        corrected(october, dt.date(2026, 10, 31), "-5", 2),
        corrected(october, november, "-212", 3),
        corrected(november, november, "1", 1),
    )
    assert one(said, Finding).text == "6 corrections changed October by −$212.00 after it was over"
    assert [row[1:] for row in seen(one(said, Grid), "month", "rows", "late_rows", "effect", "late_effect")] == [
        (2, 0, 1.0, 0.0), (10, 6, -217.0, -212.0),
    ]  # fmt: skip


def test_corrections_within_their_month_change_no_bill_that_is_over() -> None:
    said = drawn(corrected(dt.date(2026, 11, 2), dt.date(2026, 11, 30), "-5", 2))
    assert one(said, Finding).text == "4 corrections, −$5.00 in all, none after its month was over"
    assert isinstance(drawn()[0], Empty)
