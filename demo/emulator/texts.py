"""Rows as the Statement Execution API writes them into its answer: JSON text, with the types beside it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pyarrow as pa

_NAMES = (
    (pa.types.is_boolean, "BOOLEAN"), (pa.types.is_int64, "LONG"), (pa.types.is_integer, "INT"),
    (pa.types.is_float32, "FLOAT"), (pa.types.is_floating, "DOUBLE"), (pa.types.is_decimal, "DECIMAL"),
    (pa.types.is_timestamp, "TIMESTAMP"), (pa.types.is_date, "DATE"), (pa.types.is_map, "MAP"), (pa.types.is_list, "ARRAY"),
    (pa.types.is_struct, "STRUCT"), (pa.types.is_null, "NULL"),
)  # fmt: skip


def columns_of(table: pa.Table) -> list[dict[str, Any]]:
    """The columns of the manifest."""
    return [{"name": field.name, "position": place, **_kind(field.type)} for place, field in enumerate(table.schema)]


def _kind(kind: pa.DataType) -> dict[str, Any]:
    name = next((found for test, found in _NAMES if test(kind)), "STRING")
    sizes = {"type_precision": kind.precision, "type_scale": kind.scale} if name == "DECIMAL" else {}
    return {"type_name": name, "type_text": name, **sizes}


def as_text(value: Any) -> str | None:
    """One value; times in ISO 8601, UTC."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, list | dict):
        return json.dumps(value, default=as_text)
    return value.isoformat() if isinstance(value, dt.date) else str(value)
