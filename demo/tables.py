"""Writes frames into lakehouse tables of the exact Databricks types: columns nobody names are NULL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from queries import schema
from warehouse.dialect import INFORMATION, duckdb_type

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Preview tables that this account does not have: a question that may read them must live without.
ABSENT = frozenset({"system.billing.cloud_infra_cost", "system.billing.attributed_usage"})


def place(table: str) -> str:
    """``system.billing.usage`` -> ``billing.usage``, quoted, as it is called inside the lakehouse file."""
    _, folder, name = table.split(".")
    return f'"{INFORMATION if folder == "information_schema" else folder}"."{name}"'


def create_all(connection: DuckDBPyConnection) -> None:
    """Every table of the catalogue that this account has, empty."""
    for name, table in schema.tables().items():
        if name in ABSENT:
            continue
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {place(name).split('.')[0]}")
        fields = ", ".join(f'"{column}" {duckdb_type(kind)}' for column, kind in table.columns.items())
        connection.execute(f"CREATE TABLE {place(name)} ({fields})")


def insert(
    connection: DuckDBPyConnection,
    table: str,
    frame: pd.DataFrame,
    values: Mapping[str, Any] | None = None,
    order: str = "",
    join: str = "",
) -> int:
    """Insert ``frame``'s rows; returns how many.

    A column of the frame that has the table column's name goes there. ``values`` maps a table column to a DuckDB
    expression over the frame's columns, or, for a struct, to a mapping of field to expression (or mapping). ``join``
    adds what repeats in every row (tag sets, say) from a table inside the lakehouse.
    """
    if frame.empty:
        return 0
    expressions = []
    given = dict(values or {})
    for column, kind in schema.tables()[table].columns.items():
        if column in given:
            expressions.append(f"{_expression(kind, given[column])}")
        elif column in frame.columns:
            expressions.append(f'CAST("{column}" AS {duckdb_type(kind)})')
        else:
            expressions.append(f"CAST(NULL AS {duckdb_type(kind)})")
    connection.register("rows_to_insert", frame)
    ordered = f" ORDER BY {order}" if order else ""
    connection.execute(
        f"INSERT INTO {place(table)} SELECT {', '.join(expressions)} FROM rows_to_insert {join}{ordered}"
    )  # noqa: S608
    connection.unregister("rows_to_insert")
    return len(frame)


def _expression(kind: str, value: Any) -> str:
    """A typed DuckDB expression; a mapping packs a struct, its unnamed fields NULL."""
    if not isinstance(value, Mapping):
        return f"CAST({value} AS {duckdb_type(kind)})"
    fields = _fields(kind)
    if strangers := set(value) - set(fields):
        raise KeyError(f"no field {sorted(strangers)[0]} in {kind[:60]}")
    packed = ", ".join(
        f'"{name}" := {_expression(inner, value[name]) if name in value else f"CAST(NULL AS {duckdb_type(inner)})"}'
        for name, inner in fields.items()
    )
    return f"struct_pack({packed})"


def _fields(kind: str) -> dict[str, str]:
    from sqlglot import exp

    parsed = exp.DataType.build(kind, dialect="databricks")
    return {field.name: field.args["kind"].sql("databricks") for field in parsed.expressions}
