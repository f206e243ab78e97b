"""What the engines cannot do with names: compose them (NFC). Two rows that differ in nothing else become one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

_ADDED = frozenset({"money", "quantity", "dbu", "count", "hours", "seconds", "bytes", "tokens"})
_APART = frozenset({"spelling", "date", "time"})


def merged(table: pa.Table, columns: Mapping[str, str]) -> pa.Table:
    """``table`` with the columns of kind ``spelling`` composed. Rows with equal spellings, dates and times then are one:
    what can be added is added, the rest is the costliest row's (by the first column that is added)."""
    names = [name for name, kind in columns.items() if kind == "spelling"]
    if all(_composed(value) is value for name in names for value in table[name].to_pylist()):
        return table
    added = [name for name, kind in columns.items() if kind in _ADDED]
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in table.to_pylist():
        row |= {name: _composed(row[name]) for name in names}
        key = tuple(row[name] for name, kind in columns.items() if kind in _APART)
        rows[key] = _one(rows[key], row, added) if key in rows else row
    return pa.Table.from_pylist(list(rows.values()), schema=table.schema)


def _composed(text: str | None) -> str | None:
    if text is None or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


def _one(first: dict[str, Any], second: dict[str, Any], added: list[str]) -> dict[str, Any]:
    larger = second if added and (second[added[0]] or 0) > (first[added[0]] or 0) else first
    sums = {name: _sum(first[name], second[name]) for name in added}
    return larger | sums


def _sum(one: Any, other: Any) -> Any:
    return one if other is None else other if one is None else one + other
