"""SQL warehouses that were made larger."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.finops import cost_rise as finops
from agents.finops.size_changes import compared, size_change
from queries.catalogue import catalogue
from tests.agents.made import NOW, TODAY, ago, changed, frame, left, proposed
from tests.agents.test_queue_pressure import WAREHOUSE
from warehouse.params import checked

GREW = changed("warehouse", "w1", "clusters at most 1 → 2, size Medium → X-Large", ago(days=8))


def hours(
    cost: float = 2.5, statements: float = 1.0, queued: tuple[float, float] = (0.0, 0.0), since: int = 8
) -> pd.DataFrame:
    """Twice an hour of each day: 40 on a working day, 10 on one of a weekend, that many times as much after the change."""
    made = []
    for one in range(42, 0, -1):
        day, after = TODAY - dt.timedelta(days=one), one < since
        usual = 10 if day.weekday() > 4 else 40
        for hour in (9, 15):
            made.append(
                {"hour": pd.Timestamp(day, tz="UTC") + pd.Timedelta(hours=hour), "clusters": 1.0, "running_hours": 1.0,
                 "busy_hours": 0.5, "running": 1, "queued": 0, "queued_hours": queued[after] / 2,
                 "statements": round(50 * (statements if after else 1)),
                 "cost": Decimal(str(usual / 2 * (cost if after else 1)))}
            )  # fmt: skip
    return frame(*made)


def warehouses(changes: tuple[Any, ...] = (GREW,), **seen: Any) -> list[Observation]:
    frames = {
        "waits": frame(WAREHOUSE | {"warehouse_size": "X_LARGE"}, WAREHOUSE | {"warehouse_id": "w2"}),
        "changed": frame(*changes, like=changed("", "", "", None)),
        "1/w1": hours(**seen),
    }
    return finops.cost_rise(frames, NOW)


def test_a_warehouse_gets_back_the_size_that_it_had() -> None:
    draft = proposed(warehouses())
    assert (draft.kind, draft.target.key) == ("warehouse.resize", "1/warehouse/w1")
    assert draft.params == {"cluster_size": "Medium"}
    assert "from Medium to X-Large on 2026-11-12 10:25 UTC by ann@x.com" in draft.ooda.observe[0]
    # Since 13 November five working days and two of a weekend: 220 a week before, 550 since
    assert "31.43 before and 78.57 since (2.5 times, 7 whole days" in draft.ooda.observe[1]
    assert draft.benefit is not None
    assert draft.benefit.low < Decimal("1414.29") < draft.benefit.high
    assert draft.confidence == Decimal("0.7")
    assert "undone by setting X-Large again" in draft.narrative


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        ({"cost": 1.1}, "no difference"),
        ({"cost": 2.5, "statements": 2.4}, "for more work: 2.4 times the statements, 2.5 times the cost"),
        ({"queued": (2.0, 0.5)}, "the queue fell from 2.0 to 0.5 hours a day"),
        ({"changes": (changed("warehouse", "w1", "size Large → Small", ago(days=8)),)}, "not made larger"),
        ({"changes": (changed("warehouse", "w1", "auto-stop 10 → 20 min", ago(days=8)),)}, "not made larger"),
        ({"changes": (changed("warehouse", "w1", "size Medium → X-Large", ago(days=2)),)}, "too few whole days"),
        ({"changes": (changed("warehouse", "w1", "auto-stop 10 → 20 min", ago(days=6)), GREW)}, "too few whole days"),
    ],
)
def test_it_is_left_alone(seen: dict[str, Any], why: str) -> None:
    assert why in left(warehouses(**seen))


def test_more_work_at_a_higher_price_still_is_more() -> None:
    assert proposed(warehouses(cost=4.0, statements=2.0))


def test_what_was_never_changed_is_no_observation() -> None:
    assert warehouses(changes=()) == []


def test_a_queue_that_did_not_fall_speaks_for_the_way_back() -> None:
    assert proposed(warehouses(queued=(2.0, 1.9)))


def test_the_newest_change_of_size_counts() -> None:
    every = frame(changed("warehouse", "w1", "size Small → Large", ago(days=3)), GREW)
    found = size_change(list(every.itertuples()))
    assert found is not None
    assert (found.was, found.became) == ("Small", "Large")
    unknown = frame(changed("warehouse", "w1", "size none → Large", ago(days=3)))
    assert size_change(list(unknown.itertuples())) is None


def test_days_behind_another_change_are_not_compared() -> None:
    other = changed("warehouse", "w1", "auto-stop 10 → 20 min", ago(days=12))
    rows = list(frame(GREW, other).itertuples())
    seen = compared(hours(), rows, ago(days=8).to_pydatetime(), TODAY)
    assert seen is not None
    assert (len(seen.after), seen.before) == (7, 3)  # 9 to 11 November, and 13 to 19
    assert compared(hours()[:0], rows, NOW, TODAY) is None


def test_hours_are_read_of_what_grew_only() -> None:
    other = changed("warehouse", "w2", "size Large → Small", ago(days=8))
    asked = finops.hours_of({"changed": frame(GREW, other)}, NOW)
    assert asked.keys() == {"1/w1"}
    for one in asked.values():
        checked(catalogue(), one)
