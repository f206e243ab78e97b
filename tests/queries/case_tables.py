"""A case's rows as typed tables: from YAML to Python values of the exact Databricks types, and to Arrow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
from sqlglot import exp

from queries import schema
from tests.queries.case_files import Case, instant

_SIMPLE = {
    exp.DType.BOOLEAN: pa.bool_(),
    exp.DType.TINYINT: pa.int8(),
    exp.DType.SMALLINT: pa.int16(),
    exp.DType.INT: pa.int32(),
    exp.DType.BIGINT: pa.int64(),
    exp.DType.FLOAT: pa.float32(),
    exp.DType.DOUBLE: pa.float64(),
    exp.DType.DATE: pa.date32(),
    exp.DType.BINARY: pa.binary(),
}


@cache
def parsed(databricks_type: str) -> exp.DataType:
    return exp.DataType.build(databricks_type, dialect="databricks")


def arrow_type(kind: exp.DataType) -> pa.DataType:
    """The Arrow type of a Databricks type; TIMESTAMP is an instant in UTC."""
    if kind.this == exp.DType.STRUCT:
        return pa.struct([(field.name, arrow_type(field.args["kind"])) for field in kind.expressions])
    if kind.this == exp.DType.ARRAY:
        return pa.list_(arrow_type(kind.expressions[0]))
    if kind.this == exp.DType.MAP:
        return pa.map_(*(arrow_type(part) for part in kind.expressions))
    if kind.this == exp.DType.DECIMAL:
        return pa.decimal128(*(int(part.name) for part in kind.expressions))
    if kind.this in (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ):
        return pa.timestamp("us", tz="UTC")
    return _SIMPLE.get(kind.this, pa.string())


def typed(kind: exp.DataType, value: Any) -> Any:
    """``value`` as YAML gave it, as a Python value of ``kind``; a field a struct does not have is an error."""
    if value is None:
        return None
    if kind.this == exp.DType.STRUCT:
        fields = {field.name: field.args["kind"] for field in kind.expressions}
        if strangers := set(value) - set(fields):
            raise ValueError(f"no field {sorted(strangers)[0]!r} in {kind.sql('databricks')[:80]}")
        return {name: typed(inner, value.get(name)) for name, inner in fields.items()}
    if kind.this == exp.DType.ARRAY:
        return [typed(kind.expressions[0], one) for one in value]
    if kind.this == exp.DType.MAP:
        key, inner = kind.expressions
        return {typed(key, k): typed(inner, v) for k, v in value.items()}
    if kind.this == exp.DType.DECIMAL:
        return Decimal(str(value))
    if pa.types.is_timestamp(arrow_type(kind)):
        return instant(value)
    if kind.this == exp.DType.DATE:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    if pa.types.is_string(arrow_type(kind)):
        return str(value)
    return value


def columns(table: str) -> Mapping[str, exp.DataType]:
    return {name: parsed(kind) for name, kind in schema.tables()[table].columns.items()}


def rows(case: Case, table: str) -> list[dict[str, Any]]:
    """The case's rows of ``table`` with every column, typed; a column the table does not have is an error."""
    kinds = columns(table)
    made = []
    for row in case.tables.get(table, []):
        if strangers := set(row) - set(kinds):
            raise ValueError(f"{case.name}: {table} has no column {sorted(strangers)[0]!r}")
        made.append({name: typed(kind, row.get(name)) for name, kind in kinds.items()})
    return made


def arrow(case: Case, table: str) -> pa.Table:
    """The case's rows of ``table`` as Arrow, empty when the case names none."""
    kinds = columns(table)
    found = rows(case, table)
    arrays = [
        pa.array([_maps_as_pairs(kind, row[name]) for row in found], arrow_type(kind)) for name, kind in kinds.items()
    ]
    return pa.table(arrays, names=list(kinds))


def _maps_as_pairs(kind: exp.DataType, value: Any) -> Any:
    if value is None:
        return None
    if kind.this == exp.DType.MAP:
        return [(k, _maps_as_pairs(kind.expressions[1], v)) for k, v in value.items()]
    if kind.this == exp.DType.STRUCT:
        inner = {field.name: field.args["kind"] for field in kind.expressions}
        return {name: _maps_as_pairs(inner[name], v) for name, v in value.items()}
    if kind.this == exp.DType.ARRAY:
        return [_maps_as_pairs(kind.expressions[0], one) for one in value]
    return value
