"""The engine's Arrow, brought into the declared columns: the same schema whatever answered."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from queries.kinds import COLUMNS
from warehouse.errors import BadValue
from warehouse.spellings import merged


def normalise(table: pa.Table, columns: Mapping[str, str]) -> pa.Table:
    """``table`` with exactly ``columns`` (name: kind) in that order, in the Arrow types of :mod:`queries.kinds`.

    Money, prices and quantities stay exact decimals, rounded where they have more than 18 places; times become UTC
    microseconds. Raises :class:`BadValue` naming the column when one is missing, unexpected, or holds a value that does
    not fit its kind.
    """
    if missing := [name for name in columns if name not in table.column_names]:
        raise BadValue(f"column {missing[0]} is missing")
    if extra := [name for name in table.column_names if name not in columns]:
        raise BadValue(f"column {extra[0]} was not expected")
    if len(table.column_names) != len(columns):
        raise BadValue("a column came twice")
    arrays = [_column(table[name], COLUMNS[kind], name) for name, kind in columns.items()]
    made = pa.table(arrays, schema=pa.schema([(name, COLUMNS[kind]) for name, kind in columns.items()]))
    return merged(made, columns) if "spelling" in columns.values() else made


def _column(values: pa.ChunkedArray, to: pa.DataType, name: str) -> pa.ChunkedArray:
    if values.type == to:
        return values
    try:
        return _cast(values, to)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError) as error:
        raise BadValue(f"column {name} holds {values.type} where {to} was declared") from error


def _cast(values: pa.ChunkedArray, to: pa.DataType) -> pa.ChunkedArray:
    given = values.type
    if pa.types.is_dictionary(given):
        return _cast(values.cast(given.value_type), to)
    if pa.types.is_null(given):
        return values.cast(to)
    if pa.types.is_decimal(to) and pa.types.is_floating(given):
        raise TypeError("money must not pass through a float")
    if pa.types.is_string(to) and not (pa.types.is_string(given) or pa.types.is_large_string(given)):
        raise TypeError("only text is text")
    if pa.types.is_timestamp(to):
        return _instants(values, to)
    if pa.types.is_boolean(to) or pa.types.is_date(to):
        raise TypeError("no other type stands for it")
    if (pa.types.is_integer(to) or pa.types.is_floating(to)) and not _numeric(given):
        raise TypeError("only numbers are numbers")
    if pa.types.is_floating(to) and pa.types.is_decimal(given):
        return pc.cast(values, to, safe=False)
    if pa.types.is_decimal(to) and pa.types.is_decimal(given) and given.scale > to.scale:
        values = pc.round(values, ndigits=to.scale, round_mode="half_towards_infinity")
    return pc.cast(values, to)


def _numeric(given: pa.DataType) -> bool:
    return bool(pa.types.is_integer(given) or pa.types.is_floating(given) or pa.types.is_decimal(given))


def _instants(values: pa.ChunkedArray, to: pa.DataType) -> pa.ChunkedArray:
    """Sessions run in UTC, so a time without a zone is a UTC time; nanoseconds are cut to microseconds."""
    if not pa.types.is_timestamp(values.type):
        raise TypeError("only times are times")
    naive = values.type.tz is None
    plain = pc.cast(values, pa.timestamp("us", tz=values.type.tz), safe=False)
    return pc.assume_timezone(plain, "UTC") if naive else pc.cast(plain, to)
