"""SQL warehouses on which people queue day after day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.infraops import queue_pressure as infraops
from queries.catalogue import catalogue
from tests.agents.made import NOW, TODAY, ago, changed, frame, left, proposed
from warehouse.params import checked

WAREHOUSE: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "warehouse_id": "w1", "warehouse": "<b>wh</b>", "warehouse_type": "SERVERLESS",
    "warehouse_size": "SMALL", "max_clusters": 2, "auto_stop_minutes": 10, "owner": "zoe@x.com", "cost": Decimal(900),
    "idle_cost": Decimal(100), "evidence_days": 28, "cost_a_day": Decimal("32"), "idle_a_day": Decimal("3.5"),
    "queued_a_day": 3.0, "waited_days": 8, "people": 12, "queued_last": 2.5, "people_last": 9,
}  # fmt: skip
DAYS = (1, 2, 3, 4, 7, 8, 9, 10)  # ago, Thursday back to Tuesday of last week


def hours(days: tuple[int, ...], queued: int, running: int = 4) -> pd.DataFrame:
    made = []
    for one in days:
        for hour in (8, 9, 14):
            at = pd.Timestamp(TODAY - dt.timedelta(days=one), tz="UTC") + pd.Timedelta(hours=hour)
            rush = hour < 12
            made.append(
                {"hour": at, "clusters": 2.0, "running_hours": 1.0, "busy_hours": 0.8, "running": running,
                 "queued": queued if rush else 1, "queued_hours": 1.5 if rush else 0.001, "statements": 90, "cost": Decimal(10)}
            )  # fmt: skip
    return frame(*made, like=["hour", "queued_hours"])


def warehouses(
    days: tuple[int, ...] = DAYS, queued: int = 3, lately: float | None = None, **more: Any
) -> list[Observation]:
    changes = [] if lately is None else [changed("warehouse", "w1", "clusters at most 1 → 2", ago(days=lately))]
    frames = {
        "waits": frame(WAREHOUSE | {"waited_days": len(days)} | more),
        "changed": frame(*changes, like=changed("", "", "", None)),
        "1/w1": hours(days, queued),
    }
    return infraops.queue_pressure(frames, NOW)


def test_a_warehouse_on_which_people_queue_may_use_more_clusters() -> None:
    draft = proposed(warehouses())
    assert (draft.kind, draft.target.key) == ("warehouse.set_max_clusters", "1/warehouse/w1")
    assert draft.params == {"max_num_clusters": 4}  # 7 at once where 4 ran: 1.75 times 2
    assert "3.0 h on each of 8 of 28 days, 2026-11-10 to 2026-11-19" in draft.ooda.observe[0]
    assert "8:00, 9:00 UTC" in draft.ooda.observe[1]
    assert draft.benefit is not None
    assert draft.benefit.kind == "sla"
    # 16 hours with a queue at 10 for two clusters, at work for 0.8 of each: 64 in 28 days for one more, 68.57 a month
    assert "at most USD 137.14 a month" in draft.benefit.method
    assert draft.ooda.options[-1].what == "do nothing"


@pytest.mark.parametrize(("queued", "clusters"), [(1, 3), (2, 3), (3, 4), (40, 4)])
def test_one_step_is_twice_as_many_at_most(queued: int, clusters: int) -> None:
    assert proposed(warehouses(queued=queued)).params == {"max_num_clusters": clusters}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"days": (5,)}, "on 1 of 28 days only"),
        ({"queued_a_day": 0.4}, "nobody need wait less"),
        ({"queued_a_day": None}, "not known"),
        ({"max_clusters": None}, "not known"),
        ({"max_clusters": 40}, "as many clusters as there can be"),
        ({"lately": 3}, "changed 3 days ago"),
        ({"days": (9, 10, 11, 14)}, "no queue since 2026-11-11: it has passed"),
    ],
)
def test_it_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(warehouses(**changes))


def test_nobody_who_queues_is_no_observation() -> None:
    assert warehouses(queued_a_day=0.0) == []


def test_hours_are_read_where_people_queue_only() -> None:
    asked = infraops.hours_of({"waits": frame(WAREHOUSE, WAREHOUSE | {"warehouse_id": "w2", "waited_days": 1})}, NOW)
    assert asked.keys() == {"1/w1"}
    for one in asked.values():
        checked(catalogue(), one)
