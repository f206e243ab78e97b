"""Rows that the Statement Execution API gives as JSON text, as Arrow of the types that its manifest names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import BadValue

_TYPES: Mapping[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(), "BYTE": pa.int64(), "SHORT": pa.int64(), "INT": pa.int64(), "LONG": pa.int64(),
    "FLOAT": pa.float64(), "DOUBLE": pa.float64(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    "STRING": pa.string(), "CHAR": pa.string(), "NULL": pa.null(),
}  # fmt: skip


def table_of(columns: Sequence[Any], rows: Sequence[Sequence[str | None]]) -> pa.Table:
    """``rows`` of text under ``columns`` (``name``, ``type_name``, ``type_precision``, ``type_scale``)."""
    try:
        arrays = [_array(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    except (pa.ArrowException, ValueError, IndexError) as error:
        raise BadValue("a value is not of the type that the answer names") from error
    return pa.Table.from_arrays(arrays, names=[column.name for column in columns])


def _array(column: Any, values: list[str | None]) -> pa.Array:
    name = column.type_name.value if column.type_name is not None else "STRING"
    if name == "ARRAY":
        return pa.array([None if one is None else json.loads(one) for one in values])
    if name == "DECIMAL":
        return pc.cast(
            pa.array(values, pa.string()), pa.decimal128(column.type_precision or 38, column.type_scale or 0)
        )
    if name not in _TYPES:
        raise ValueError(f"no way to read {name}")
    return pa.nulls(len(values)) if name == "NULL" else pc.cast(pa.array(values, pa.string()), _TYPES[name])
