"""The tables of the app's own database, all of them, and how a value of theirs is written as JSON and read back."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa

REVISION = "alembic_version"


def declared() -> list[sa.Table]:
    """Every table that the room of approvals declares, those that others point to first."""
    import approvals
    from approvals.store.store import METADATA

    room = Path(approvals.__path__[0])
    for path in sorted(room.glob("*/*.py")):
        import_module(f"approvals.{path.parent.name}.{path.stem}")
    return list(METADATA.sorted_tables)


def is_json(column: sa.Column[Any]) -> bool:
    """Whether the column holds JSON. Its text is carried over as it is: an absent value and a JSON null are two things."""
    return isinstance(column.type, sa.JSON)


def kind_of(column: sa.Column[Any]) -> type:
    """The Python type of a column's values, JSON being text."""
    inner = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
    return str if is_json(column) else inner.python_type


def selected(table: sa.Table) -> sa.Select[Any]:
    """All rows, by key, JSON as its text."""
    columns = [sa.cast(c, sa.Text).label(c.name) if is_json(c) else c for c in table.columns]
    return sa.select(*columns).order_by(*table.primary_key.columns)


def inserted(table: sa.Table, dialect: str) -> sa.Insert:
    """The statement that takes rows as :func:`decoded` gives them."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if is_json(column):
            given = sa.bindparam(column.name, type_=sa.Text)
            values[column.name] = given if dialect == "sqlite" else sa.cast(given, sa.JSON)
        else:
            values[column.name] = sa.bindparam(column.name, type_=column.type)
    return sa.insert(table).values(values)


def encoded(value: Any) -> Any:
    """A value of a row as JSON: times, days, money and bytes as text."""
    if isinstance(value, dt.datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return zoned.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return format(value, "f") if isinstance(value, Decimal) else value


def decoded(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the table takes it; raises ``ValueError`` where a name or a value does not fit."""
    if row.keys() != {column.name for column in table.columns}:
        raise ValueError(f"the columns of {table.name} are others")
    return {column.name: _decoded(column, row[column.name]) for column in table.columns}


def _decoded(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    wanted = kind_of(column)
    if wanted is dt.datetime and isinstance(value, str):
        return dt.datetime.fromisoformat(value)
    if wanted is dt.date and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if wanted is Decimal and isinstance(value, str):
        return Decimal(value)
    if wanted is bytes and isinstance(value, str):
        return base64.b64decode(value, validate=True)
    if type(value) is not wanted:
        raise ValueError(f"{column.table.name}.{column.name} holds {type(value).__name__}, not {wanted.__name__}")
    return value
