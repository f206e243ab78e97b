"""Statements fitted to accounts that lack something, run on DuckDB over tables that lack it."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from queries.adapt import without
from queries.lineage import tables_read
from warehouse.dialect import to_duckdb

USAGE = "system.billing.usage"
SQL = f"SELECT sku_name, usage_metadata.job_id AS job, u.product_features.is_serverless AS serverless FROM {USAGE} u"


@pytest.fixture
def account() -> duckdb.DuckDBPyConnection:
    """An old account: usage has two columns, and the struct one field."""
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS sys; CREATE SCHEMA sys.billing")
    connection.execute(
        "CREATE TABLE sys.billing.usage (sku_name TEXT, usage_metadata STRUCT(cluster_id TEXT, job_id TEXT))"
    )
    connection.execute("INSERT INTO sys.billing.usage VALUES ('A', {cluster_id: 'c', job_id: '7'}), ('B', NULL)")
    return connection


def rows(account: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return list(account.sql(to_duckdb(sql)[0]).fetchall())


def test_nothing_missing_leaves_the_meaning(account: duckdb.DuckDBPyConnection) -> None:
    sql = f"SELECT sku_name FROM {USAGE} ORDER BY sku_name"
    assert rows(account, without(sql, ())) == rows(account, sql) == [("A",), ("B",)]


def test_a_missing_column_is_null_and_what_is_not_named_is_not_read(account: duckdb.DuckDBPyConnection) -> None:
    fitted = without(SQL, {f"{USAGE}.product_features"})
    assert rows(account, fitted + " ORDER BY sku_name") == [("A", "7", None), ("B", None, None)]


def test_a_missing_field_is_null_and_its_struct_stays(account: duckdb.DuckDBPyConnection) -> None:
    sql = f"SELECT sku_name, usage_metadata.node_type AS node, usage_metadata IS NULL AS none FROM {USAGE} ORDER BY 1"
    declared = ("instance_pool_id", "warehouse_id", "job_name", "dlt_pipeline_id", "app_id", "node_type")
    from queries import schema

    fields = schema.tables()[USAGE].columns["usage_metadata"]
    lacking = {f"{USAGE}.usage_metadata.{part.split(':')[0].strip()}" for part in fields[7:-1].split(",")}
    lacking -= {f"{USAGE}.usage_metadata.cluster_id", f"{USAGE}.usage_metadata.job_id"}
    assert any(name.endswith(field) for name in lacking for field in declared)
    assert rows(account, without(sql, lacking)) == [("A", None, False), ("B", None, True)]


def test_a_missing_table_is_empty_with_its_columns(account: duckdb.DuckDBPyConnection) -> None:
    sql = f"SELECT u.sku_name, p.currency_code FROM {USAGE} u LEFT JOIN system.billing.list_prices p USING (sku_name)"
    fitted = without(sql + " ORDER BY 1", {"system.billing.list_prices"})
    assert rows(account, fitted) == [("A", None), ("B", None)]
    assert tables_read(fitted) == {USAGE}


def test_names_in_capitals_are_the_same_names(account: duckdb.DuckDBPyConnection) -> None:
    fitted = without(
        "SELECT SKU_NAME, Product_Features.jobs_tier AS j FROM SYSTEM.Billing.USAGE ORDER BY 1",
        {"System.billing.usage.PRODUCT_FEATURES"},
    )
    assert rows(account, fitted) == [("A", None), ("B", None)]


def test_a_field_inside_an_array_takes_the_column_with_it() -> None:
    from queries import schema

    table, column = next(
        (t.name, c)
        for t in schema.tables().values()
        for c, kind in t.columns.items()
        if kind.startswith("ARRAY<STRUCT<")
    )
    fitted = without(f"SELECT {column} FROM {table}", {f"{table}.{column}.no_such_field"})
    assert "CAST(NULL AS" in fitted


def test_tables_outside_the_catalogue_are_left_alone() -> None:
    assert "main.own.table" in without("SELECT a FROM main.own.table", {"main.own.table.a"})
