"""Every construct the linter lets through gives Spark's recorded answer on DuckDB; every other one it refuses."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types

from queries.checking import lint
from queries.typed import parse
from warehouse.dialect import to_duckdb

BATTERY: list[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("sql_battery.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)
# Their operands come from an untyped VALUES list, which no system table is: nothing tells the linter their types.
# What differs and no rewrite mends: questions take the constructs of queries/folding.py instead, and round decimals.
DIFFERS = {
    "text_trim_blanks",
    "text_lower",
    "text_upper",
    "text_regexp_blanks",
    "round_double_to_decimal",
    "round_double",
}
UNTYPED = {"dec_mul_38_18", "dec_literal_avg", "explode_map_select"}


def problems(sql: str) -> list[str]:
    """The linter's word on a construct; one that cannot be parsed is refused, too."""
    try:
        return lint.problems(annotate_types(parse(sql), dialect="databricks"), sql)
    except SqlglotError as error:
        return [str(error)]


def same(got: Any, want: Any) -> bool:
    """Whether DuckDB's value is Spark's as the battery writes it: decimals as text and exact, reals to nine digits,
    times as ISO text in UTC."""
    if isinstance(got, Decimal):
        return got == Decimal(want) if isinstance(want, str) else same(float(got), want)
    if isinstance(got, bool) or isinstance(want, bool) or got is None or want is None:
        return got is want
    if isinstance(got, float) and math.isnan(got):
        return str(want) == "NaN"
    if isinstance(got, int | float):
        return float(f"{float(got):.9g}") == float(f"{float(want):.9g}")
    if isinstance(got, dt.datetime):
        return bool(got.replace(tzinfo=None).isoformat() == want)
    if isinstance(got, dt.date):
        return bool(got.isoformat() == want)
    if isinstance(got, dict):
        return isinstance(want, dict) and got.keys() == want.keys() and all(same(got[k], want[k]) for k in got)
    if isinstance(got, list | tuple):
        return len(got) == len(want) and all(map(same, got, want))
    return bool(got == want)


def duckdb_rows(sql: str) -> list[list[Any]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        table = connection.sql(to_duckdb(sql)[0]).to_arrow_table()
    return [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]


ADMITTED = [item for item in BATTERY if "spark_rows" in item and not problems(item["sql"])]


@pytest.mark.parametrize(
    "item", [i for i in ADMITTED if i["name"] not in UNTYPED | DIFFERS], ids=lambda item: item["name"]
)
def test_an_admitted_construct_gives_sparks_answer(item: dict[str, Any]) -> None:
    found = duckdb_rows(item["sql"])
    assert same(found, item["spark_rows"]), f"DuckDB {found}, Spark {item['spark_rows']}"


@pytest.mark.parametrize("item", [i for i in BATTERY if i["name"] in DIFFERS], ids=lambda item: item["name"])
def test_what_is_said_to_differ_differs(item: dict[str, Any]) -> None:
    assert not same(duckdb_rows(item["sql"]), item["spark_rows"])


@pytest.mark.parametrize("item", [i for i in BATTERY if "spark_error" in i], ids=lambda item: item["name"])
def test_what_spark_refuses_is_refused(item: dict[str, Any]) -> None:
    assert problems(item["sql"])


def test_the_linter_lets_most_of_the_battery_through() -> None:
    print(f"battery: {len(ADMITTED)} of {len(BATTERY)} constructs admitted")
    assert len(BATTERY) == 291
    assert len(ADMITTED) >= 185


@pytest.mark.parametrize("name", sorted(UNTYPED))
def test_with_their_types_known_the_rest_is_refused(name: str) -> None:
    typed = {
        "dec_mul_38_18": "SELECT CAST(1 AS DECIMAL(38,18)) * CAST(2 AS DECIMAL(38,18)) r",
        "dec_literal_avg": "SELECT avg(CAST(1 AS DECIMAL(2,1))) r",
        "explode_map_select": "SELECT explode(map('a', '1'))",
    }
    assert problems(typed[name])
