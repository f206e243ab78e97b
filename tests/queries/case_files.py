"""Hand-worked cases: a few rows per table and the answer somebody worked out by hand (format: cases/README.md)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import yaml

from queries import kinds
from queries.catalogue import Query, catalogue

ROOT = Path(__file__).with_name("cases")


@dataclass(frozen=True)
class Case:
    """One case: its query, parameters in Python values, rows per table as written, and the expected rows."""

    name: str
    query: Query
    params: Mapping[str, kinds.Param]
    tables: Mapping[str, list[dict[str, Any]]]
    absent: frozenset[str]
    expected: pa.Table
    why: str


class Engine(Protocol):
    """Something that answers a case: DuckDB, Spark, the connector, the REST transport."""

    def rows(self, case: Case) -> pa.Table:
        """The query's answer on the case's tables, normalised to the header's columns."""
        ...


def instant(text: str | dt.datetime | dt.date) -> dt.datetime:
    """A UTC time from ISO text or what YAML made of it."""
    if isinstance(text, str):
        text = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if not isinstance(text, dt.datetime):
        text = dt.datetime(text.year, text.month, text.day)
    return text.replace(tzinfo=dt.UTC) if text.tzinfo is None else text.astimezone(dt.UTC)


def _param(kind: str, value: Any) -> kinds.Param:
    made: kinds.Param
    if kind == "date":
        made = value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    elif kind == "time":
        made = instant(value)
    elif kind == "integer":
        made = int(value)
    elif kind == "number":
        made = float(value)
    else:
        made = str(value)
    return made


def _value(kind: str, value: Any) -> Any:
    """An expected value as Arrow wants it."""
    if value is None:
        return None
    to = kinds.COLUMNS[kind]
    if pa.types.is_decimal(to):
        if not isinstance(value, str):
            raise ValueError(f"write money and quantities as text, not {value!r}")
        return Decimal(value)
    if pa.types.is_timestamp(to):
        return instant(value)
    if pa.types.is_date(to):
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    if pa.types.is_floating(to):
        return float(value)
    return value


def load(path: Path) -> Case:
    """The case in ``path``; raises ``ValueError`` when its parameters or columns do not fit the query."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    name = f"{path.parent.name}.{path.stem.split('--')[0]}"
    query = catalogue()[name]
    given = document.get("params") or {}
    query = query.limited_to(query.filters.intersection(given))
    if set(given) != set(query.params):
        raise ValueError(f"{path.name}: parameters {sorted(given)} where the query has {sorted(query.params)}")
    expected = document["expected"] or []
    width = len(query.columns)
    if wrong := [row for row in expected if len(row) != width]:
        raise ValueError(f"{path.name}: {width} columns expected, not {len(wrong[0])} in {wrong[0]}")
    schema = pa.schema([(column, kinds.COLUMNS[kind]) for column, kind in query.columns.items()])
    arrays = [
        pa.array([_value(kind, row[i]) for row in expected], kinds.COLUMNS[kind])
        for i, kind in enumerate(query.columns.values())
    ]
    return Case(
        name=f"{path.parent.name}/{path.stem}",
        query=query,
        params={key: _param(query.params[key], value) for key, value in given.items()},
        tables={key: rows or [] for key, rows in (document.get("tables") or {}).items()},
        absent=frozenset(document.get("absent") or ()),
        expected=pa.table(arrays, schema=schema),
        why=document["why"],
    )


def paths() -> list[Path]:
    """Every case file."""
    return sorted(ROOT.rglob("*.yml"))


def difference(answer: pa.Table, expected: pa.Table) -> str:
    """Nothing when the tables are equal (floats to nine digits, wherever those end: sums in another order differ in the
    last), else the rows of both, side by side."""
    left, right = (
        [[_shown(v) for v in row.values()] for row in answer.to_pylist()],
        [[_shown(v) for v in row.values()] for row in expected.to_pylist()],
    )
    if _alike(left, right) and answer.schema.equals(expected.schema):
        return ""
    lines = [f"columns {answer.column_names}"]
    for i in range(max(len(left), len(right))):
        got, want = (side[i] if i < len(side) else None for side in (left, right))
        lines.append(
            f"  {'=' if _alike(got, want) else '!'} row {i}: got {got}"
            + ("" if _alike(got, want) else f"\n            want {want}")
        )
    return "\n".join(lines)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=5e-9, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


def _shown(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value
