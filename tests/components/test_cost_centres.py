"""The bill by cost centre, as it is handed on: every spelling once, what names none apart, the sum that of the bill."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from components.panels.cost_centres import by_cost_centre
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid
from tests.components.bodies import frame, one, seen
from things import Thing

LOOK, OCTOBER = ViewContext(), dt.date(2026, 10, 1)
HANDED_ON = by_cost_centre("October 2026")


def costs(*rows: tuple[str | None, str | None]) -> dict[str, object]:
    values = [
        {
            "period": OCTOBER,
            "group_key": key,
            "label": key or "untagged",
            "cost": cost if cost is None else Decimal(cost),
            "unpriced_rows": int(cost is None),
        }
        for key, cost in rows
    ]
    return dict(frame("finops.spend_matrix", *values))


def bill(text: str) -> dict[str, object]:
    return dict(frame("finops.bill_by_month", {"month": OCTOBER, "bill": Decimal(text)}))


def test_a_centre_stands_once_however_it_is_spelt_and_what_names_none_stands_last() -> None:
    said = HANDED_ON(costs(("CC-2", "10"), ("cc-2", "20"), ("cc-1", "25"), (None, "45")) | bill("100"), LOOK)  # type: ignore[arg-type]
    grid = one(said, Grid)
    assert seen(grid, "centre", "cost", "share") == [
        ("cc-2", 30, 0.3),
        ("cc-1", 25, 0.25),
        ("no cost centre", 45, 0.45),
        ("All", 100, 1),
    ]
    assert [grid.thing_at("centre", row) for row in range(3)] == [
        Thing("cost_centre", "cc-2"),
        Thing("cost_centre", "cc-1"),
        None,
    ]
    assert one(said, Finding).text == "$100.00 in October 2026 over 2 cost centres; 45% names none"
    assert grid.caption == "the rows sum to the bill, to the last digit"


@pytest.mark.parametrize(
    ("other", "caption"), [("100.000000000000000001", "the rows and the bill were read at different times"), (None, "")]
)
def test_what_is_not_the_bill_is_not_said_to_be(other: str | None, caption: str) -> None:
    frames = costs(("cc-1", "100")) | (bill(other) if other else {})
    assert one(HANDED_ON(frames, LOOK), Grid).caption == caption  # type: ignore[arg-type]


def test_what_has_no_price_is_unknown_not_free() -> None:
    said = HANDED_ON(costs(("cc-1", "5"), ("cc-2", None)), LOOK)  # type: ignore[arg-type]
    assert seen(one(said, Grid), "centre", "cost", "unpriced_rows") == [
        ("cc-1", 5, 0), ("cc-2", None, 1), ("All", 5, 1),
    ]  # fmt: skip


def test_a_month_without_a_bill_says_so() -> None:
    assert one(HANDED_ON(costs(), LOOK), Empty).text == "Nothing was billed in October 2026."  # type: ignore[arg-type]
