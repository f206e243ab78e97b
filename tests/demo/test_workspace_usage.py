"""What a changed warehouse or cluster costs later, hour by hour with the workspace's clock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from demo.names import PROD
from demo.workspace.people import APP
from demo.workspace.state import Effect
from demo.workspace.usage_rows import usage
from tests.demo.workspace import NOW, Beside, Served, home_warehouse, served, set_autostop


def spent(one: Beside, target: str) -> Decimal:
    found = one.rows(
        f"SELECT sum(usage_quantity) AS dbu FROM system.billing.usage WHERE usage_metadata.warehouse_id = '{target}' "
        "AND usage_start_time >= TIMESTAMP'2026-11-20 10:00:00'"
    )
    return Decimal(found[0]["dbu"] or 0)


@pytest.mark.parametrize("lakehouse", [0.1], ids=["small"], indirect=True)
def test_cost_comes_hour_by_hour_with_the_clock(beside: Beside) -> None:
    target = home_warehouse(beside)
    set_autostop(beside.served.client(), target, 25)
    assert spent(beside, target) == 0
    beside.served.clock.forward(26 * 3600)
    day = spent(beside, target)
    assert day > 0
    beside.served.clock.forward(24 * 3600)
    both = spent(beside, target)
    assert both > day
    rows = beside.rows("SELECT * FROM system.billing.usage WHERE usage_start_time >= TIMESTAMP'2026-11-20 10:00:00'")
    assert len({row["usage_start_time"] for row in rows}) == len(rows)
    assert {row["usage_metadata"]["warehouse_id"] for row in rows} == {target}
    assert {row["billing_origin_product"] for row in rows} == {"SQL"}
    joined = beside.rows(
        "SELECT count(*) AS n FROM system.billing.usage u JOIN system.billing.list_prices p ON "
        "p.sku_name = u.sku_name AND p.currency_code = 'USD' AND u.usage_start_time >= p.price_start_time AND "
        "(p.price_end_time IS NULL OR u.usage_start_time < p.price_end_time) "
        "WHERE u.usage_start_time >= TIMESTAMP'2026-11-20 10:00:00'"
    )
    assert joined[0]["n"] == len(rows)


def change(kind: str, identifier: str, before: dict[str, Any], after: dict[str, Any], action: str = "edit") -> Effect:
    """The effect of a change of settings at ``NOW``."""
    return Effect(f"{kind}s.{action}", kind, identifier, NOW, APP, PROD, {"object": after, "before": before})


def billed(one: Served, *effects: Effect, hours: int = 24 * 14) -> float:
    rows = usage(one.world, effects, int(NOW.timestamp()) + hours * 3600).rows
    return sum(float(row["usage_quantity"]) for row in rows)


def test_less_idle_time_and_smaller_sizes_cost_less() -> None:
    with served() as one:
        identifier = str(one.world.warehouses.warehouse_id[3])  # asked little, stops after two hours
        was = {"auto_stop_mins": 120, "cluster_size": "X-Small"}
        long = billed(one, change("warehouse", identifier, was, was))
        short = billed(one, change("warehouse", identifier, was, was | {"auto_stop_mins": 10}))
        never = billed(one, change("warehouse", identifier, was, was | {"auto_stop_mins": 0}))
        large = billed(one, change("warehouse", identifier, was, was | {"cluster_size": "Small"}))
        assert short < 0.5 * long < long < never
        assert never <= 24 * 14 * 6
        assert large == pytest.approx(2 * long, rel=0.01)
        cluster = str(one.world.clusters.cluster_id[1])
        had = {"autotermination_minutes": 120, "num_workers": 4}
        usual = billed(one, change("cluster", cluster, had, had))
        assert billed(one, change("cluster", cluster, had, had | {"autotermination_minutes": 10})) < usual
        assert billed(one, change("cluster", cluster, had, had | {"num_workers": 1})) == pytest.approx(
            usual / 2, rel=0.01
        )
        assert billed(one, change("cluster", cluster, had, had, "permanent_delete")) == 0


def test_an_hour_once_billed_stays_as_it_is() -> None:
    with served() as one:
        identifier = str(one.world.warehouses.warehouse_id[0])
        was = {"auto_stop_mins": 10, "cluster_size": "Small"}
        effect = change("warehouse", identifier, was, was)

        def hours(until: int) -> dict[str, str]:
            rows = usage(one.world, [effect], int(NOW.timestamp()) + until * 3600).rows
            return {str(row["usage_start_time"]): str(row["usage_quantity"]) for row in rows}

        early, late = hours(30), hours(80)
        settled = sorted(early)[:-1]
        assert len(settled) > 5
        assert {hour: late[hour] for hour in settled} == {hour: early[hour] for hour in settled}
