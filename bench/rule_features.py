"""What a rule that looks at one column could see of each thing: every numeric column of every table that names it, and every short
word, as its height, depth, mean, sum, share, count and newest value, over all time, the last two weeks and the last two days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import reduce
from types import MappingProxyType

import duckdb
import pandas as pd
import pyarrow as pa

from bench.judge_days import CAME

WORDS = 12  # values of a column of words, at most, each of which is counted
SPANS: Mapping[str, int] = MappingProxyType({"ever": 0, "14 days": 14, "2 days": 2})
_FULL = "table_catalog || '.' || table_schema || '.' || table_name"
_SCAN = "catalog_name || '.' || schema_name || '.' || table_name"
_ENDPOINT = "(SELECT any_value(e.endpoint_id) FROM serving.served_entities AS e WHERE e.served_entity_id = own.served_entity_id)"
_MODEL = "(SELECT any_value(r.tags['endpoint']) FROM mlflow.runs_latest AS r WHERE r.run_id = own.run_id)"
_INDEXED = """CASE WHEN target_table_full_name || '_index' IN (SELECT a.request_params['name'] FROM access.audit AS a)
  THEN target_table_full_name || '_index' END"""

_SCHEMA, _SCANNED = "table_catalog || '.' || table_schema", "catalog_name || '.' || schema_name"
_READ, _WRITTEN = (
    f"nullif(regexp_extract({side}_table_full_name, '^(.*)[.]', 1), '')" for side in ("source", "target")
)

# Of each type of thing the tables that name it, and by which expression.
NAMED: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({
    "job": (("lakeflow.jobs", "job_id"), ("lakeflow.job_run_timeline", "job_id"), ("lakeflow.job_task_run_timeline", "job_id"),
            ("billing.usage", "usage_metadata.job_id"),
            ("access.table_lineage", "CASE WHEN entity_type = 'JOB' THEN entity_id END")),
    "cluster": (("compute.clusters", "cluster_id"), ("compute.node_timeline", "cluster_id"),
                ("billing.usage", "usage_metadata.cluster_id")),
    "warehouse": (("compute.warehouses", "warehouse_id"), ("compute.warehouse_events", "warehouse_id"),
                  ("query.history", "compute.warehouse_id"), ("billing.usage", "usage_metadata.warehouse_id")),
    "pipeline": (("lakeflow.pipelines", "pipeline_id"), ("lakeflow.pipeline_update_timeline", "pipeline_id"),
                 ("billing.usage", "usage_metadata.dlt_pipeline_id")),
    "table": (("info_schema.tables", _FULL), ("info_schema.columns", _FULL), ("info_schema.table_privileges", _FULL),
              ("info_schema.column_masks", _FULL), ("data_quality_monitoring.table_results", _SCAN),
              ("data_classification.results", _SCAN), ("access.table_lineage", "target_table_full_name"),
              ("access.table_lineage", "source_table_full_name"), ("access.column_lineage", "source_table_full_name")),
    "schema": (("info_schema.tables", _SCHEMA), ("info_schema.columns", _SCHEMA), ("info_schema.table_privileges", _SCHEMA),
               ("data_quality_monitoring.table_results", _SCANNED), ("data_classification.results", _SCANNED),
               ("access.table_lineage", _READ), ("access.table_lineage", _WRITTEN)),
    "person": (("access.audit", "user_identity.email"), ("query.history", "executed_by"),
               ("mlflow.runs_latest", "created_by"), ("access.table_lineage", "created_by")),
    "endpoint": (("serving.served_entities", "endpoint_id"), ("serving.endpoint_usage", _ENDPOINT),
                 ("billing.usage", "usage_metadata.endpoint_id"), ("mlflow.run_metrics_history", _MODEL)),
    "agent": (("ai_gateway.usage", "service_name"), ("mlflow.trace_unified", "tags['mlflow.traceName']")),
    "index": (("access.audit", "request_params['name']"), ("access.table_lineage", _INDEXED)),
})  # fmt: skip
_NUMBERS: Mapping[str, str] = MappingProxyType({
    "highest": "max({0})", "lowest": "min({0})", "mean": "avg({0})", "sum": "sum({0})",
})  # fmt: skip


def features(connection: duckdb.DuckDBPyConnection, entity: str, now: dt.datetime) -> pd.DataFrame:
    """One row for each thing of type ``entity`` by its id (or name), one column for each figure; NaN where there is none, 0 where
    something is counted."""
    made = [_of_table(connection, table, by, now) for table, by in NAMED[entity]]
    joined: pd.DataFrame = reduce(lambda one, other: one.join(other, how="outer"), made)
    counted = [name for name in joined.columns if name.endswith((" count", " rows"))]
    joined[counted] = joined[counted].fillna(0.0)
    return joined


def _of_table(connection: duckdb.DuckDBPyConnection, table: str, by: str, now: dt.datetime) -> pd.DataFrame:
    schema = connection.execute(f"SELECT * FROM {table} LIMIT 0").to_arrow_table().schema
    leaves = [leaf for field in schema for leaf in _leaves(f'"{field.name}"', field.type)]
    at = next((f'"{name}"' for name in CAME if name in schema.names), None)
    place = f"{table} by {by}" if table == "access.table_lineage" else table
    spans = {span: f" FILTER ({at} >= $now - INTERVAL {days} DAYS)" if days else "" for span, days in SPANS.items()}
    spans = {span: only for span, only in spans.items() if at or not only}

    def asked(chosen: Mapping[str, str], more: str = "") -> pd.DataFrame:
        listed = ", ".join(f'{sql} AS "{number}"' for number, sql in enumerate(chosen.values()))
        found: pd.DataFrame = connection.execute(
            f"SELECT CAST({by} AS VARCHAR) AS thing{more}, {listed} FROM {table} AS own WHERE {by} IS NOT NULL GROUP BY ALL",
            {"now": now} if "$now" in listed else {},
        ).df()
        return found.set_index("thing").rename(columns={str(number): name for number, name in enumerate(chosen)})

    numbers = asked(dict(_of_numbers(leaves, at, spans)))
    rows = {span: numbers[f"{span} rows"] for span in spans}
    made = [numbers]
    for path in _words(connection, table, [path for path, type_ in leaves if _is_text(type_)]):
        counted = asked({span: f"count(*){only}" for span, only in spans.items()}, f", {path} AS word")
        for word, own in counted[counted.word.notna()].groupby("word"):
            for span in spans:
                count = own[span].reindex(numbers.index, fill_value=0)
                made.append(
                    pd.DataFrame(
                        {f"{path} {word} {span} count": count, f"{path} {word} {span} share": count / rows[span]}
                    )
                )
    return pd.concat(made, axis=1).add_prefix(f"{place}: ").astype("float64")


def _leaves(path: str, type_: pa.DataType) -> Iterator[tuple[str, pa.DataType]]:
    """The columns of a table, those inside of others too."""
    if pa.types.is_struct(type_):
        for field in type_:
            yield from _leaves(f'{path}."{field.name}"', field.type)
    else:
        yield path, type_


def _of_numbers(
    leaves: list[tuple[str, pa.DataType]], at: str | None, spans: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Name and SQL of the figures of every numeric column."""
    numbers = [(path, pa.types.is_boolean(type_)) for path, type_ in leaves if _is_number(type_)]
    for span, only in spans.items():
        yield f"{span} rows", f"count(*){only}"
        for path, is_flag in numbers:
            for name, sql in _NUMBERS.items():
                if name == "mean" or not is_flag:
                    yield f"{path} {span} {name}", f"{sql.format(f'CAST({path} AS DOUBLE)')}{only}"
            yield f"{path} {span} absent", f"avg(CASE WHEN {path} IS NULL THEN 1.0 ELSE 0.0 END){only}"
    if at is not None:
        for path, _ in numbers:
            yield f"{path} newest", f"arg_max(coalesce(CAST({path} AS DOUBLE), 0), {at})"


def _words(connection: duckdb.DuckDBPyConnection, table: str, paths: list[str]) -> list[str]:
    """Those of ``paths`` that have few different values."""
    few = f"SELECT DISTINCT {{0}} FROM {table} WHERE {{0}} IS NOT NULL LIMIT {WORDS + 1}"
    return [path for path in paths if 1 < len(connection.execute(few.format(path)).fetchall()) <= WORDS]


def _is_number(type_: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(type_)
        or pa.types.is_floating(type_)
        or pa.types.is_decimal(type_)
        or pa.types.is_boolean(type_)
    )


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))
