"""Writes frames into lakehouse tables of the exact Databricks types: columns nobody names are NULL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from demo.rhythm import Frame
from queries import schema
from warehouse.dialect import INFORMATION, duckdb_type

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Preview tables that this account does not have: a question that may read them must live without.
ABSENT = frozenset({"system.billing.cloud_infra_cost", "system.billing.attributed_usage"})
# The classic cluster a run on job compute, or an update of a classic pipeline, gets for itself.
_OWN_CLUSTER = """CREATE OR REPLACE TEMP MACRO own_cluster(run) AS
    lpad(CAST(run // 7 % 1300 AS VARCHAR), 4, '0') || '-' || lpad(CAST(run % 240000 AS VARCHAR), 6, '0') || '-'
    || substr(md5(CAST(run AS VARCHAR)), 1, 8)"""


def place(table: str) -> str:
    """``system.billing.usage`` -> ``billing.usage``, quoted, as it is called inside the lakehouse file."""
    _, folder, name = table.split(".")
    return f'"{INFORMATION if folder == "information_schema" else folder}"."{name}"'


def create_all(connection: DuckDBPyConnection, absent: frozenset[str] = ABSENT) -> None:
    """Every table of the catalogue that this account has, empty."""
    for name, table in schema.tables().items():
        if name in absent:
            continue
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {place(name).split('.')[0]}")
        fields = ", ".join(f'"{column}" {duckdb_type(kind)}' for column, kind in table.columns.items())
        connection.execute(f"CREATE TABLE {place(name)} ({fields})")
    connection.execute(_OWN_CLUSTER)


def stage(connection: DuckDBPyConnection, name: str, frame: Frame) -> None:
    """A temporary table ``name`` of ``frame``, so that large inserts can join what repeats in every row."""
    connection.register("frame_to_stage", frame)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM frame_to_stage")  # noqa: S608
    connection.unregister("frame_to_stage")


def insert(
    connection: DuckDBPyConnection,
    table: str,
    frame: Frame,
    values: Mapping[str, Any] | None = None,
    order: str = "",
    join: str = "",
) -> int:
    """Insert ``frame``'s rows; returns how many. A table that this lakehouse does without is left out.

    A column of the frame that has the table column's name goes there. ``values`` maps a table column to a DuckDB
    expression over the frame's columns, or, for a struct, to a mapping of field to expression (or mapping). ``join``
    adds what repeats in every row (tag sets, say) from a table inside the lakehouse.
    """
    if len(frame) == 0 or not _exists(connection, table):
        return 0
    columns = schema.tables()[table].columns
    given = dict(values or {})
    if strangers := given.keys() - columns.keys():
        raise KeyError(f"{table} has no column {sorted(strangers)[0]}")
    chosen = []
    for column, kind in columns.items():
        own = f'rows_to_insert."{column}"' if column in frame.columns else "NULL"
        chosen.append(_expression(kind, given.get(column, own)))
    connection.register("rows_to_insert", frame)
    ordered = f" ORDER BY {order}" if order else ""
    picked = f"SELECT {', '.join(chosen)} FROM rows_to_insert {join}{ordered}"  # noqa: S608
    connection.execute(f"INSERT INTO {place(table)} {picked}")
    connection.unregister("rows_to_insert")
    return len(frame)


def _exists(connection: DuckDBPyConnection, table: str) -> bool:
    folder, name = place(table).replace('"', "").split(".")
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [folder, name]
    ).fetchall()
    return bool(found)


def _expression(kind: str, value: Any) -> str:
    """A typed DuckDB expression; a mapping packs a struct, its unnamed fields NULL."""
    if not isinstance(value, Mapping):
        return f"CAST({value} AS {duckdb_type(kind)})"
    fields = _fields(kind)
    if strangers := value.keys() - fields.keys():
        raise KeyError(f"no field {sorted(strangers)[0]} in {kind[:60]}")
    packed = ", ".join(f'"{name}" := {_expression(inner, value.get(name, "NULL"))}' for name, inner in fields.items())
    return f"struct_pack({packed})"


def _fields(kind: str) -> dict[str, str]:
    from sqlglot import exp

    parsed = exp.DataType.build(kind, dialect="databricks")
    return {field.name: field.args["kind"].sql("databricks") for field in parsed.expressions}
