"""Tables whose name an account chooses itself. Questions call one by a stand-in, which is what the embedded lakehouse has; an engine
of Databricks gets the name that a setting says, each part quoted. Without one the table counts as absent."""

from __future__ import annotations

import re

from queries.needs import dotted

TRACES = "system.mlflow.trace_unified"  # MLflow's traces in Unity Catalog: the view ``<prefix>_trace_unified``
_NAMES: dict[str, str] = {}


def name_traces(name: str) -> None:
    """The view of traces is called ``name`` from now on; empty: by its stand-in."""
    _NAMES.clear()
    if name:
        _NAMES[TRACES] = name


def is_named(table: str) -> bool:
    """Whether the account has a name of its own for ``table``: then no list of system tables tells whether it is there."""
    return table in _NAMES


def in_sql(sql: str) -> str:
    """``sql`` with the account's names."""
    for stand_in, name in _NAMES.items():
        sql = re.sub(rf"\b{re.escape(stand_in)}\b", lambda _, name=name: dotted(name), sql)  # type: ignore[misc]
    return sql


def stand_in(name: str) -> str:
    """What questions call the table that an engine calls ``name``."""
    said = name.replace("`", "").lower()
    return next((one for one, own in _NAMES.items() if own.lower() == said), name)


def called(table: str) -> str:
    """What the account calls ``table``, a full name as questions write it."""
    return _NAMES.get(table, table)
