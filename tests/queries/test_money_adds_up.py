"""Every FinOps question that sums money comes to the same bill, to the last digit, on random accounts.

The accounts hold what breaks sums: quantities of 18 decimals, corrections, a price that changes at a full hour, a SKU
without a price, two currencies and two price bases, usage without a workspace, tags in any case, equal ids in two
workspaces.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from queries import kinds
from queries.catalogue import catalogue
from queries.lineage import tables_read
from tests.queries.case_files import Case
from tests.queries.duckdb_engine import write
from tests.support.tiers import deep
from warehouse.embedded import Embedded
from warehouse.normalise import normalise

START, END = dt.date(2026, 1, 1), dt.date(2026, 3, 1)
SKUS = {
    "JOBS": "JOBS",
    "DLT": "DLT",
    "SQL": "SQL",
    "ALL_PURPOSE": "ALL_PURPOSE",
    "GENIE_FREE_USAGE": "GENIE",
    "SERVING": "MODEL_SERVING",
}
IDS = {
    "JOBS": "job_id",
    "DLT": "dlt_pipeline_id",
    "SQL": "warehouse_id",
    "ALL_PURPOSE": "cluster_id",
    "SERVING": "endpoint_id",
}
TAGS: list[dict[str, str] | None] = [None, {}, {"Team": "blue"}, {" team": "red", "env": "prod"}, {"TEAM": " "}]
PARAMS: dict[str, kinds.Param] = {
    "previous": dt.date(2025, 12, 1), "previous_end": START, "start": START, "end": END, "tag": "team", "limit": 100_000,
    "now": dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "grain": "week", "key": "product", "workspaces": "",
    "cost_centers": "",
}  # fmt: skip

Answer = Callable[..., list[dict[str, Any]]]


def _hour(random_: random.Random) -> dt.datetime:
    return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=random_.randrange(59 * 24))


def _usage(random_: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(1500):
        start, sku = _hour(random_), random_.choice(list(SKUS))
        row: dict[str, Any] = {
            "workspace_id": random_.choice(["1", "2", "3", None]),
            "sku_name": sku,
            "cloud": "AWS",
            "usage_unit": "DBU",
            "usage_start_time": start,
            "usage_end_time": start + dt.timedelta(hours=1),
            "usage_date": start.date(),
            "usage_quantity": Decimal(random_.randrange(10**20)).scaleb(-18),
            "record_type": "ORIGINAL",
            "billing_origin_product": SKUS[sku],
            "custom_tags": random_.choice(TAGS),
            "usage_metadata": {IDS[sku]: random_.choice("ab")} if sku in IDS and random_.random() < 0.8 else None,
            "identity_metadata": {"run_as": random_.choice(["ann", "bob", None])},
        }
        yield row
        if random_.random() < 0.1:
            yield {**row, "record_type": "RETRACTION", "usage_quantity": -row["usage_quantity"]}
            yield {
                **row,
                "record_type": "RESTATEMENT",
                "usage_quantity": Decimal(random_.randrange(10**20)).scaleb(-18),
            }


def _prices(random_: random.Random, skus: list[str]) -> Iterator[dict[str, Any]]:
    for sku in skus:
        change = _hour(random_)
        for currency in ("USD", "EUR"):
            for start, end in ((dt.datetime(2025, 1, 1, tzinfo=dt.UTC), change), (change, None)):
                price = {"default": Decimal(random_.randrange(10**9)).scaleb(-8)}
                yield {
                    "sku_name": sku,
                    "cloud": "AWS",
                    "usage_unit": "DBU",
                    "currency_code": currency,
                    "price_start_time": start,
                    "price_end_time": end,
                    "pricing": price,
                }


def _running(random_: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Statements, running times and task runs for the warehouses and clusters of workspace 1."""
    statements: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    tasks: list[dict[str, Any]] = []
    for i in range(200):
        start, seconds = _hour(random_), random_.randrange(9000)
        end = start + dt.timedelta(seconds=seconds)
        statements.append(
            {
                "workspace_id": "1",
                "statement_id": str(i),
                "executed_by": random_.choice(["ann", "bob"]),
                "compute": {"type": "WAREHOUSE", "warehouse_id": "a"},
                "start_time": start,
                "end_time": end,
                "total_task_duration_ms": random_.randrange(3) * seconds,
            }
        )
        tasks.append(
            {
                "workspace_id": "1",
                "job_id": random_.choice("ab"),
                "run_id": str(i),
                "compute_ids": ["a"],
                "period_start_time": start,
                "period_end_time": end,
            }
        )
        kind = random_.choice(["RUNNING", "STOPPED", "SCALED_UP"])
        events.append({"workspace_id": "1", "warehouse_id": "a", "event_type": kind, "event_time": _hour(random_)})
    return {
        "system.query.history": statements,
        "system.compute.warehouse_events": events,
        "system.lakeflow.job_task_run_timeline": tasks,
    }


@pytest.fixture(scope="module", params=[1, deep(2), deep(3)])
def answer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answer]:
    """Answers a FinOps question on a random account: ``answer("spend_total", currency="USD", basis="list")``."""
    random_ = random.Random(request.param)
    read = set().union(*(tables_read(query.sql) for query in catalogue().values() if query.name.startswith("finops.")))
    tables: dict[str, list[dict[str, Any]]] = {key: [] for key in sorted(read)} | {
        "system.billing.usage": list(_usage(random_)),
        "system.billing.list_prices": list(_prices(random_, ["JOBS", "DLT", "SQL", "ALL_PURPOSE", "SERVING"])),
        "system.billing.account_prices": list(_prices(random_, ["JOBS", "SQL"])),
        "system.access.workspaces_latest": [{"workspace_id": "1", "workspace_name": "analytics"}],
        **_running(random_),
    }
    path = tmp_path_factory.mktemp("account") / "lakehouse.duckdb"
    bill = catalogue()["finops.bill_by_month"]
    write(Case("account", bill, {}, tables, frozenset(), pa.table({}), ""), path)
    lakehouse = Embedded(path)

    @cache
    def rows(name: str, **params: kinds.Param) -> list[dict[str, Any]]:
        query = catalogue()[name if "." in name else f"finops.{name}"]
        given = {key: value for key, value in (PARAMS | params).items() if key in query.params}
        found = normalise(lakehouse.fetch(query.sql, given, tags={}, timeout=30), query.columns)
        keys = [tuple(row[column] for column in query.grain) for row in found.to_pylist()]
        assert len(set(keys)) == len(keys), f"{name}: two rows of one grain"
        return list(found.to_pylist())

    yield rows
    lakehouse.close()


def _sum(rows: list[dict[str, Any]], column: str = "cost") -> Decimal:
    return sum((row[column] for row in rows if row[column] is not None), Decimal(0))


@pytest.mark.parametrize(("currency", "basis"), [("USD", "list"), ("EUR", "net")])
def test_the_parts_of_each_month_are_its_bill(answer: Answer, currency: str, basis: str) -> None:
    price: dict[str, kinds.Param] = {"currency": currency, "basis": basis}
    bills = {row["month"]: row["bill"] for row in answer("bill_by_month", **price)}
    parts = answer("reconciliation", **price)
    assert len(bills) == 2 and all(bills.values())
    assert {row["part"] for row in parts} == {"allocated", "idle", "unallocated", "unpriced", "untagged"}
    for month, bill in bills.items():
        assert _sum([row for row in parts if row["month"] == month]) == bill
    assert sum(row["usage_rows"] for row in parts) == sum(
        row["priced_rows"] + row["unpriced_rows"] for row in answer("bill_by_month", **price)
    )


@pytest.mark.parametrize(("currency", "basis"), [("USD", "list"), ("EUR", "net")])
def test_every_breakdown_comes_to_the_bill(answer: Answer, currency: str, basis: str) -> None:
    price: dict[str, kinds.Param] = {"currency": currency, "basis": basis}
    bill = _sum(answer("bill_by_month", **price), "bill")
    for name in ("spend_total", "spend_by_day", "daily_total", "owners", "cost_sources", "daily_by_object", "untagged"):
        assert _sum(answer(name, **price)) == bill, name
    assert _sum(answer("spend_tree", limit=1, **price)) == bill
    for key in ("product", "workspace", "sku", "owner", "tag"):
        assert _sum(answer("spend_matrix", key=key, limit=2, **price)) == bill, key
        assert _sum(answer("spend_movers", key=key, limit=2, **price)) == bill, key


@pytest.mark.parametrize(("currency", "basis"), [("USD", "list"), ("EUR", "net")])
def test_one_quantity_has_one_amount_whatever_question_names_it(answer: Answer, currency: str, basis: str) -> None:
    price: dict[str, kinds.Param] = {"currency": currency, "basis": basis}
    unpriced = {
        name: _sum(answer(name, **price), "unpriced_rows")
        for name in (
            "bill_by_month",
            "spend_total",
            "spend_by_day",
            "spend_tree",
            "owners",
            "cost_sources",
            "spend_matrix",
        )
    } | {"unpriced": _sum(answer("unpriced", **price), "usage_rows")}
    assert len(set(unpriced.values())) == 1, unpriced
    matrix = answer("spend_matrix", key="owner", **price)
    for row in answer("owners", **price):
        assert _sum([row]) == _sum([one for one in matrix if one["group_key"] == row["owner"]])
    idle = {
        "warehouse_idle": _sum(answer("warehouse_idle", **price), "idle_cost"),
        "warehouse_share": _sum([row for row in answer("warehouse_share", **price) if row["part"] == "idle"]),
        "reconciliation": _sum([row for row in answer("reconciliation", **price) if row["part"] == "idle"]),
    }
    assert max(idle.values()) - min(idle.values()) < Decimal("1e-4"), idle


@pytest.mark.parametrize(("currency", "basis"), [("USD", "list"), ("EUR", "net")])
def test_the_cost_of_endpoints_is_what_finops_says_of_model_serving(answer: Answer, currency: str, basis: str) -> None:
    """By day; what names no endpoint is within it."""
    price: dict[str, kinds.Param] = {"currency": currency, "basis": basis}
    rows, whole = answer("mlops.serving_cost", **price), answer("spend_by_day", **price)
    known = {row["usage_date"]: row for row in whole if row["product"] == "MODEL_SERVING"}
    assert len(known) > 30 and {row["usage_date"] for row in rows} == known.keys()
    for day, one in known.items():
        own = [row for row in rows if row["usage_date"] == day and row["product"] == "MODEL_SERVING"]
        assert _sum(own) == (one["cost"] or 0) and _sum(own, "unpriced_rows") == one["unpriced_rows"]
        assert {row["complete"] for row in own} == {one["complete"]}
    assert any(row["unnamed"] for row in rows) == any(row["cost"] for row in rows)


LISTS = {"finops.discounts", "finops.tag_variants"}  # a sum over them says nothing: the tile says where they end
LIMITED = sorted(q.name for q in catalogue().values() if q.name.startswith("finops.") and "limit" in q.params)


def test_only_lists_are_cut() -> None:
    assert {name for name in LIMITED if catalogue()[name].is_cut} == LISTS


@pytest.mark.parametrize("name", [name.split(".")[1] for name in LIMITED if name not in LISTS])
@pytest.mark.parametrize("limit", [0, 1, 3])
def test_a_limit_takes_no_money_away(answer: Answer, name: str, limit: int) -> None:
    price: dict[str, kinds.Param] = {"currency": "USD", "basis": "list"}
    money = [column for column, kind in catalogue()[f"finops.{name}"].columns.items() if kind in ("money", "count")]
    whole, cut = answer(name, **price), answer(name, **price, limit=limit)
    assert len(cut) <= len(whole)
    for column in set(money) - {"resources", "workspaces"}:
        assert abs(_sum(cut, column) - _sum(whole, column)) < Decimal("1e-6"), column


def test_quantity_and_price_explain_the_whole_change(answer: Answer) -> None:
    february = dt.date(2026, 2, 1)
    middle: dict[str, kinds.Param] = {
        "previous": START,
        "previous_end": february,
        "start": february,
        "currency": "USD",
        "basis": "list",
    }
    movers = answer("spend_movers", **middle)
    assert any(row["price_effect"] != 0 for row in movers)
    left = [row["quantity_effect"] + row["price_effect"] - row["change"] for row in movers]
    assert max(map(abs, left)) <= Decimal("1e-18")  # each of the three is rounded to the eighteen decimals of money
    assert _sum(movers, "change") == answer("spend_total", **middle)[0]["change"]


def test_shared_compute_is_shared_out_without_a_remainder(answer: Answer) -> None:
    price: dict[str, kinds.Param] = {"currency": "USD", "basis": "list"}
    tree = answer("spend_tree", **price)
    for kind, question, total in (("warehouse", "warehouse_share", 4), ("cluster", "cluster_share", 2)):
        parts = answer(question, **price)
        assert len({row["part"] for row in parts}) >= min(total, 2)
        for workspace, resource in {(row["workspace_id"], row[f"{kind}_id"]) for row in parts}:
            billed = [row for row in tree if (row["workspace_id"], row["resource_id"]) == (workspace, resource)]
            shared = [row for row in parts if (row["workspace_id"], row[f"{kind}_id"]) == (workspace, resource)]
            cost = _sum([row for row in billed if row["resource_kind"] == kind])
            assert abs(_sum(shared) - cost) < Decimal("1e-6")
            assert all(row["cost"] >= Decimal("-1e-6") for row in shared) or cost < 0
