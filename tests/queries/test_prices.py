"""Every hour of usage meets exactly the price that is in force when it ends, however the price list overlaps."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal, getcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from queries.catalogue import catalogue
from tests.queries.case_files import Case
from tests.queries.duckdb_engine import DuckDB

START, DAYS = dt.datetime(2026, 2, 1, tzinfo=dt.UTC), 28
WHEN = {"start": START.date(), "end": (START + dt.timedelta(days=DAYS)).date()}
ALL: dict[str, Any] = {"currency": "USD", "workspaces": "", "cost_centers": ""}
KEY = {"sku_name": "S", "cloud": "AWS", "usage_unit": "DBU"}
Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums by hand have as many digits as those of the engine."""
    monkeypatch.setattr(getcontext(), "prec", 60)


def listed(random_: random.Random) -> Rows:
    """Price rows that overlap, repeat each other, leave holes, and touch at full hours."""
    rows: Rows = []
    for _ in range(random_.randrange(1, 8)):
        begins = START + dt.timedelta(hours=random_.randrange(-200, DAYS * 24))
        ends = random_.choice([None, begins + dt.timedelta(hours=random_.randrange(1, 300))])
        price = {"default": Decimal(random_.randrange(1, 10**10)).scaleb(-10)}
        rows.append(
            KEY | {"currency_code": "USD", "price_start_time": begins, "price_end_time": ends, "pricing": price}
        )
    return [*rows, random_.choice(rows)]


def in_force(rows: Rows, at: dt.datetime) -> Decimal | None:
    """By hand: the row that started last, of those that began at one moment the one that has an end, the latest end."""
    covering = [
        r for r in rows if r["price_start_time"] <= at and (r["price_end_time"] is None or at < r["price_end_time"])
    ]
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    best = max(covering, key=lambda r: (r["price_start_time"], r["price_end_time"] or never), default=None)
    return best["pricing"]["default"] if best else None


def usage(random_: random.Random) -> Rows:
    hours = [START + dt.timedelta(hours=h) for h in range(DAYS * 24)]
    return [
        KEY
        | {
            "workspace_id": "1",
            "usage_date": at.date(),
            "usage_start_time": at,
            "usage_end_time": at + dt.timedelta(hours=1),
            "record_type": "ORIGINAL",
            "billing_origin_product": "JOBS",
            "usage_quantity": Decimal(random_.randrange(10**18)).scaleb(-8),
        }
        for at in hours
    ]


@pytest.mark.parametrize("seed", range(12))
def test_every_hour_has_the_price_in_force_when_it_ends(seed: int, tmp_path: Path) -> None:
    random_ = random.Random(seed)
    rows, used = listed(random_), usage(random_)
    query = catalogue()["finops.spend_by_day"]
    params = WHEN | ALL | {"basis": "list", "now": START + dt.timedelta(days=60)}
    tables = {"system.billing.list_prices": rows, "system.billing.usage": used}
    answer = DuckDB(tmp_path).rows(Case("prices", query, params, tables, frozenset(), pa.table({}), "")).to_pylist()
    for day in answer:
        own = [
            (u["usage_quantity"], in_force(rows, u["usage_end_time"]))
            for u in used
            if u["usage_date"] == day["usage_date"]
        ]
        priced = [quantity * price for quantity, price in own if price is not None]
        assert day["unpriced_rows"] == len(own) - len(priced)
        assert day["cost"] == (sum(priced, Decimal(0)) if priced else None)


@pytest.mark.parametrize("seed", range(6))
def test_the_discount_rests_on_the_same_prices(seed: int, tmp_path: Path) -> None:
    random_ = random.Random(seed)
    lists, nets, used = listed(random_), listed(random_), usage(random_)
    query = catalogue()["finops.discounts"]
    tables = {"system.billing.list_prices": lists, "system.billing.account_prices": nets, "system.billing.usage": used}
    params = WHEN | ALL | {"limit": 9}
    answer = DuckDB(tmp_path).rows(Case("discounts", query, params, tables, frozenset(), pa.table({}), "")).to_pylist()
    own = [
        (u["usage_quantity"], in_force(lists, u["usage_end_time"]), in_force(nets, u["usage_end_time"])) for u in used
    ]
    both = [(quantity, one, other) for quantity, one, other in own if one is not None and other is not None]
    wanted = [(sum(q * one for q, one, _ in both), sum(q * other for q, _, other in both))] if both else []
    assert [(row["list_cost"], row["net_cost"]) for row in answer] == wanted
