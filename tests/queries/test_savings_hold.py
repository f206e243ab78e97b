"""No saving is larger than what the thing cost in the days that have evidence, whatever an account looks like.

The accounts hold what makes savings too large: events, statements and measurements that begin in the middle of the
window, warehouses without any event, states that contradict each other, corrections, hours nobody was billed for.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from queries.catalogue import catalogue
from queries.lineage import tables_read
from tests.queries.case_files import Case
from tests.queries.duckdb_engine import write
from tests.support.tiers import deep
from warehouse.embedded import Embedded
from warehouse.normalise import normalise

START, DAYS = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 28
END = START + dt.timedelta(days=DAYS)
IDS = {"SQL": "warehouse_id", "ALL_PURPOSE": "cluster_id", "JOBS": "job_id", "MODEL_SERVING": "endpoint_id"}
SAVINGS = ("idle_endpoints", "no_autotermination", "long_autotermination", "all_purpose_jobs", "failed_runs")
EVENTS = ("STARTING", "RUNNING", "SCALED_UP", "SCALED_DOWN", "STOPPING", "STOPPED")
STATES = ("SUCCEEDED", "FAILED", None)
Rows = list[dict[str, Any]]


def _hours(random_: random.Random, first: int, share: float) -> list[dt.datetime]:
    """Some of the hours from the day ``first`` on."""
    return [START + dt.timedelta(hours=h) for h in range(first * 24, DAYS * 24) if random_.random() < share]


def _usage(random_: random.Random) -> Rows:
    made: Rows = []
    for product, key in IDS.items():
        for one in "abc":
            for hour in _hours(random_, random_.choice([0, 0, 10]), 0.15):
                row: dict[str, Any] = {
                    "workspace_id": "1",
                    "sku_name": f"X_{product}_COMPUTE",
                    "cloud": "AWS",
                    "usage_unit": "DBU",
                    "usage_date": hour.date(),
                    "usage_start_time": hour,
                    "usage_end_time": hour + dt.timedelta(hours=1),
                    "usage_quantity": Decimal(random_.randrange(1, 900)) / 100,
                    "record_type": "ORIGINAL",
                    "billing_origin_product": product,
                    "usage_metadata": {key: one} | ({"job_run_id": f"{one}{hour:%d%H}"} if product == "JOBS" else {}),
                }
                made.append(row)
                if random_.random() < 0.1:
                    made.append(row | {"record_type": "RETRACTION", "usage_quantity": -row["usage_quantity"]})
    return made


def _account(random_: random.Random, usage: Rows) -> dict[str, Rows]:
    tables: dict[str, Rows] = {"system.billing.usage": usage}
    tables["system.billing.list_prices"] = [
        {
            "sku_name": f"X_{product}_COMPUTE",
            "cloud": "AWS",
            "usage_unit": "DBU",
            "currency_code": "USD",
            "price_start_time": START - dt.timedelta(days=900),
            "pricing": {"default": Decimal(random_.randrange(1, 9))},
        }
        for product in IDS
    ]
    since = {name: random_.choice([-5, 0, 9, 20]) for name in ("events", "history", "nodes", "runs", "tasks")}

    def moments(name: str, share: float) -> list[dt.datetime]:
        whole = range(max(since[name], -5) * 24, DAYS * 24)
        return [START + dt.timedelta(hours=h, minutes=random_.randrange(60)) for h in whole if random_.random() < share]

    tables["system.compute.warehouse_events"] = [
        {
            "workspace_id": "1",
            "warehouse_id": random_.choice("ab"),
            "event_type": random_.choice(EVENTS),
            "event_time": at,
        }
        for at in moments("events", 0.1)
    ]
    tables["system.query.history"] = [
        {
            "workspace_id": "1",
            "statement_id": f"{at}",
            "compute": {"type": "WAREHOUSE", "warehouse_id": random_.choice("abc")},
            "start_time": at,
            "end_time": at + dt.timedelta(minutes=random_.randrange(90)),
            "total_task_duration_ms": 1000,
        }
        for at in moments("history", 0.1)
    ]
    tables["system.compute.node_timeline"] = [
        {
            "workspace_id": "1",
            "cluster_id": random_.choice("abc"),
            "instance_id": "i",
            "start_time": at,
            "cpu_user_percent": random_.choice([1.0, 50.0]),
            "cpu_system_percent": 1.0,
            "mem_used_percent": 10.0,
        }
        for at in moments("nodes", 0.6)
    ]
    tables["system.lakeflow.job_run_timeline"] = [
        {
            "workspace_id": "1",
            "job_id": row["usage_metadata"]["job_id"],
            "run_id": row["usage_metadata"]["job_run_id"],
            "result_state": random_.choice(STATES),
            "period_start_time": row["usage_start_time"],
            "period_end_time": row["usage_end_time"],
        }
        for row in usage
        if row["billing_origin_product"] == "JOBS"
        and row["usage_start_time"] >= START + dt.timedelta(days=since["runs"])
    ]
    tables["system.lakeflow.job_task_run_timeline"] = [
        {
            "workspace_id": "1",
            "job_id": random_.choice("ab"),
            "run_id": "1",
            "compute_ids": [random_.choice("abc")],
            "period_start_time": at,
            "period_end_time": at + dt.timedelta(minutes=random_.randrange(1, 90)),
        }
        for at in moments("tasks", 0.4)
    ]
    old = START - dt.timedelta(days=400)
    tables["system.compute.warehouses"] = [
        {
            "workspace_id": "1",
            "warehouse_id": w,
            "warehouse_name": w,
            "warehouse_type": kind,
            "auto_stop_minutes": m,
            "change_time": old,
        }
        for w, m, kind in (("a", 0, "SERVERLESS"), ("b", 45, "PRO"), ("c", 20, None))
    ]
    tables["system.compute.clusters"] = [
        {
            "workspace_id": "1",
            "cluster_id": c,
            "cluster_name": c,
            "cluster_source": "UI",
            "auto_termination_minutes": m,
            "change_time": old,
        }
        for c, m in (("a", 0), ("b", 120), ("c", None))
    ]
    tables["system.serving.served_entities"] = [
        {"workspace_id": "1", "endpoint_id": e, "endpoint_name": e, "served_entity_id": e, "change_time": old}
        for e in "abc"
    ]
    tables["system.serving.endpoint_usage"] = [
        {
            "workspace_id": "1",
            "served_entity_id": e,
            "request_time": START + dt.timedelta(days=random_.randrange(-60, 28)),
        }
        for e in "abc"
    ]
    return tables


Account = tuple[Callable[[str], Rows], Rows]
CENT = Decimal("0.01")


@pytest.fixture(scope="module", params=[0, 1, *map(deep, range(2, 6))])
def account(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Answers a question, and the usage of the account with its cost."""
    random_ = random.Random(request.param)
    usage = _usage(random_)
    tables = _account(random_, usage)
    prices = {row["sku_name"]: row["pricing"]["default"] for row in tables["system.billing.list_prices"]}
    costs = [row | {"cost": row["usage_quantity"] * prices[row["sku_name"]]} for row in usage]
    named = ("idle_warehouses", "warehouse_idle", "warehouse_share", *(f"savings_{s}" for s in SAVINGS))
    questions = [catalogue()[f"finops.{name}"] for name in named]
    read = set().union(*(tables_read(question.sql) for question in questions))
    path = tmp_path_factory.mktemp("account") / "lakehouse.duckdb"
    write(Case("account", questions[0], {}, {key: [] for key in read} | tables, frozenset(), pa.table({}), ""), path)
    lakehouse = Embedded(path)
    known = {
        "start": START.date(),
        "end": END.date(),
        "currency": "USD",
        "basis": "list",
        "workspaces": "",
        "minutes": "5,10,15,20,30,60",
        "limit": 1000,
    }

    @cache
    def rows(name: str) -> Rows:
        query = catalogue()[f"finops.{name}"]
        given: dict[str, Any] = {key: known[key] for key in query.params}
        return list(normalise(lakehouse.fetch(query.sql, given, tags={}, timeout=30), query.columns).to_pylist())

    yield rows, costs
    lakehouse.close()


def _cost(costs: Rows, product: str, resource: str | None, first: int, days: int) -> Decimal:
    """What a resource cost on ``days`` days from the day ``first`` on; all resources where ``resource`` is None."""
    since, until = ((START + dt.timedelta(days=day)).date() for day in (first, first + days))
    own = [
        row["cost"]
        for row in costs
        if row["billing_origin_product"] == product
        and since <= row["usage_date"] < until
        and resource in (None, row["usage_metadata"][IDS[product]])
    ]
    return sum(own, Decimal(0))


def test_a_warehouse_saves_no_more_than_it_costs(account: Account) -> None:
    rows, costs = account
    found = rows("idle_warehouses")
    assert len(found) == 6 + 5 + 5  # nothing shorter than 10 minutes where it is not serverless
    for row in found:
        if row["evidence_days"] is None:
            assert row["saving_high"] in (None, Decimal(0)) and row["saved_hours"] == 0
            assert row["idle_stretches"] == row["cold_starts"] == 0
            continue
        days = row["evidence_days"]
        assert row["known_cost"] in {
            _cost(costs, "SQL", row["warehouse_id"], day, days) for day in range(DAYS - days + 1)
        }
        most = max(row["known_cost"], Decimal(0)) * 30 / days
        assert Decimal(0) <= row["saving_low"] <= row["saving_high"] <= most + CENT


def test_the_best_time_saves_most_after_its_waits_and_sooner_never_saves_less(account: Account) -> None:
    rows, _ = account
    found = rows("idle_warehouses")
    for warehouse in "abc":
        weighed = sorted((row for row in found if row["warehouse_id"] == warehouse), key=lambda row: row["minutes"])
        for sooner, later in pairwise(weighed):
            assert sooner["saved_hours"] >= later["saved_hours"]
            assert sooner["idle_stretches"] >= later["idle_stretches"]
            assert sooner["cold_starts"] >= later["cold_starts"]
        (best,) = [row for row in weighed if row["best"]]
        if best["saving_high"] is not None and best["start_cost"] is not None:
            assert _kept(best) == max(map(_kept, weighed))
            each = Decimal("0.05") if warehouse == "a" else Decimal(2)
            waits = each * best["cold_starts"] * 30 / best["evidence_days"]
            assert abs(best["start_cost"] - waits) <= CENT


def _kept(row: dict[str, Any]) -> Decimal:
    return Decimal(row["saving_low"] + row["saving_high"]) / 2 - Decimal(row["start_cost"])


@pytest.mark.parametrize("name", SAVINGS)
def test_nothing_saves_more_than_it_costs(account: Account, name: str) -> None:
    rows, costs = account
    product = {"idle_endpoints": "MODEL_SERVING", "failed_runs": "JOBS"}.get(name, "ALL_PURPOSE")
    for row in rows(f"savings_{name}"):
        known = re.search(r"on (\d+) of \d+ days", row["evidence"])
        days = int(known[1]) if known else DAYS
        if last := re.search(r"last request on (\S+)", row["evidence"]):
            days = (END.date() - dt.date.fromisoformat(last[1])).days - 1
        days = min(days, DAYS)
        resource = None if name == "all_purpose_jobs" else row["resource_id"]
        most = max(_cost(costs, product, resource, first, days) for first in range(DAYS - days + 1)) * 30 / days
        assert Decimal(0) < row["monthly_saving"] <= most + CENT


def test_every_question_names_one_idle_cost_and_one_cost(account: Account) -> None:
    rows, _ = account
    replayed = {row["warehouse_id"]: row for row in rows("idle_warehouses")}
    parts = rows("warehouse_share")
    for seen in rows("warehouse_idle"):
        shares = [row for row in parts if row["warehouse_id"] == seen["warehouse_id"]]
        idle = sum((row["cost"] for row in shares if row["part"] == "idle"), Decimal(0))
        assert abs(idle - (seen["idle_cost"] or 0)) < Decimal("1e-6")
        assert abs(sum(row["cost"] for row in shares) - seen["cost"]) < Decimal("1e-6")
        again = replayed[seen["warehouse_id"]]
        assert (again["running_hours"], again["busy_hours"]) == (seen["running_hours"], seen["busy_hours"])
        assert abs((again["idle_cost"] or 0) - (seen["idle_cost"] or 0)) <= CENT
