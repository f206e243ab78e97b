"""What a month of such days adds up to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agents.settled import changes_of, unsettled
from agents.spread import a_month
from tests.agents.made import NOW, ago, changed, frame


@pytest.mark.parametrize(
    ("days", "low", "high"),
    [
        ([], "0.00", "0.00"),
        ([2.0], "0.00", "120.00"),  # one day says nothing of the others
        ([2.0] * 28, "60.00", "60.00"),
        ([0.0, 4.0] * 14, "40.14", "79.86"),  # 2.0367 a day, times the root of 30 + 900 / 28, times 1.2816: 20.6 off
    ],
)
def test_a_month_of_days(days: list[float], low: str, high: str) -> None:
    found = a_month(days)
    assert found[0] <= found[1]
    assert [abs(one - Decimal(want)) < Decimal("1.0") for one, want in zip(found, (low, high), strict=True)] == [
        True,
        True,
    ]


def test_what_changed_within_a_week_is_not_settled() -> None:
    every = frame(
        changed("cluster", "c1", "workers 2 → 4", ago(days=2)),
        changed("cluster", "c1", "workers 4 → 2", ago(days=20)),
        changed("warehouse", "c1", "size Small → Large", ago(days=1)),
        changed("cluster", "c2", "created", ago(days=7)),
    )
    found = changes_of(every, "cluster")
    assert [len(found["1", one]) for one in ("c1", "c2")] == [2, 1]
    assert unsettled(found["1", "c1"], NOW) == "changed 2 days ago: let it settle"
    assert unsettled(found["1", "c2"], NOW) == unsettled(None, NOW) == ""
    assert changes_of(None, "cluster") == {}
