"""Clusters that could be smaller."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from agents.capability import Observation
from agents.infraops import oversized as infraops
from queries.catalogue import catalogue
from tests.agents.made import NOW, TODAY, ago, changed, frame, left, proposed
from warehouse.params import checked

CLUSTER: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "cluster_id": "c1", "cluster": "wide", "owner": "zoe@x.com", "role": "workers",
    "cpu": 0.06, "memory": 0.25, "cpu_peak": 0.07, "memory_peak": 0.28, "swapping": 0.0, "machines": 8, "days": 20,
    "measured": 0.98, "workers": 8, "workers_least": None, "autoscales": False, "cost_a_day": Decimal("90"),
}  # fmt: skip


def clusters(lately: float | None = None, cost: Decimal = Decimal(90), **more: Any) -> list[Observation]:
    changes = [] if lately is None else [changed("cluster", "c1", "workers 2 → 8", ago(days=lately))]
    days = [
        {"usage_date": TODAY - dt.timedelta(days=one), "product": "ALL_PURPOSE", "sku_name": "S", "cost": cost,
         "unpriced_rows": 0, "complete": one > 1}
        for one in range(28, -1, -1)
    ]  # fmt: skip
    frames = {
        "use": frame(CLUSTER | more, CLUSTER | {"role": "driver", "cpu_peak": 0.9}),
        "changed": frame(*changes, like=changed("", "", "", None)),
        "1/c1": frame(*days),
    }
    return infraops.oversized(frames, NOW)


def test_a_cluster_loses_half_of_its_workers_at_most() -> None:
    draft = proposed(clusters())
    assert (draft.kind, draft.target.key, draft.params) == ("cluster.resize", "1/cluster/c1", {"num_workers": 4})
    assert "3 of 8 workers would do" in draft.ooda.observe[1]  # 8 x 0.28 x 1.25 = 2.8
    assert draft.ooda.options[1].what == "3 at once"
    assert draft.benefit is not None
    assert (draft.benefit.low, draft.benefit.high) == (Decimal("1200.00"), Decimal("1200.00"))  # 90 x 4 / 9 x 30
    assert "the last 27 days" in draft.benefit.method
    assert draft.confidence == Decimal("0.8")


def test_what_is_needed_is_not_undercut() -> None:
    assert proposed(clusters(memory_peak=0.4)).params == {"num_workers": 4}  # 8 x 0.4 x 1.25 = 4
    assert "needs 5 of its 8 workers" in left(clusters(memory_peak=0.41))
    assert "needs 5 of its 8 workers" in left(clusters(cpu_peak=0.45))


def test_its_use_may_change_up_to_what_fits_the_new_size() -> None:
    scalars = {one.column: one for one in proposed(clusters()).evidence[0].scalars}
    assert scalars["memory_peak"].threshold == Decimal("0.4")
    assert scalars["swapping"].tolerance == Decimal(0)


def test_one_that_never_scales_down_gets_a_lower_end() -> None:
    draft = proposed(clusters(autoscales=True, workers=10, workers_least=8))
    assert draft.params == {"min_workers": 4, "max_workers": 10}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"swapping": 0.001}, "it swaps"),
        ({"memory_peak": 0.8}, "memory is full"),
        ({"days": 2}, "measured on 2 days only"),
        ({"measured": 0.4}, "only 40% of its billed time was measured"),
        ({"role": "not measured", "cpu_peak": None}, "not measured"),
        ({"autoscales": True, "workers_least": 2}, "it scales by itself from 2 to 8"),
        ({"autoscales": True, "workers_least": 8, "machines": 9}, "it scales by itself"),
        ({"workers": 1, "machines": 1}, "needs 1 of its 1 workers"),
        ({"cost_a_day": None}, "no price in USD"),
        ({"lately": 6}, "changed 6 days ago"),
        ({"cost": Decimal("0.10"), "cost_a_day": Decimal("0.10")}, "not worth a look"),
    ],
)
def test_it_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(clusters(**changes))


def test_few_days_make_half_as_sure() -> None:
    assert proposed(clusters(days=6)).confidence == Decimal("0.35")


def test_days_are_read_of_those_that_could_be_smaller_only() -> None:
    asked = infraops.days_of({"use": frame(CLUSTER, CLUSTER | {"cluster_id": "c2", "swapping": 0.2})}, NOW)
    assert asked.keys() == {"1/c1"}
    for one in asked.values():
        checked(catalogue(), one)
