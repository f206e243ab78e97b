"""The system tables as Databricks publishes them: columns, types, status words (``system_tables.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("system_tables.yml")


@dataclass(frozen=True)
class SystemTable:
    """One table: ``columns`` maps name to Databricks SQL type; ``filter_column`` bounds a scan in time, if any.

    ``usual_lag`` is how old the newest row is at most; None where silence is normal (events that may not happen).
    ``recent`` columns may be absent."""

    name: str
    columns: Mapping[str, str]
    filter_column: str | None
    status: str
    latency: str
    grain: str
    usual_lag: timedelta | None
    recent: frozenset[str]


@cache
def _document() -> dict[str, dict[str, object]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, dict[str, object]] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return document


@cache
def tables() -> Mapping[str, SystemTable]:
    """Every catalogued table by full name (``system.billing.usage``)."""
    found: dict[str, SystemTable] = {}
    for name, entry in _document()["tables"].items():
        assert isinstance(entry, dict)
        found[name] = SystemTable(
            name=name,
            columns=entry["columns"],
            filter_column=entry.get("filter_column"),
            status=str(entry.get("status", "")),
            latency=str(entry.get("latency", "")),
            grain=str(entry.get("grain", "")),
            usual_lag=timedelta(hours=int(str(entry["usual_lag"]).removesuffix("h"))) if "usual_lag" in entry else None,
            recent=frozenset(entry.get("recent") or ()),
        )
    return found


# Dimensions with versions are read whole: a change long ago is still the state of today.
_VERSIONED = ("change_time", "change_date", "update_time")


@cache
def facts() -> Mapping[str, str]:
    """Tables that grow with time, and the column that bounds a scan of them."""
    return {
        name: table.filter_column
        for name, table in tables().items()
        if table.filter_column and table.filter_column not in _VERSIONED
    }


@cache
def enums() -> Mapping[str, frozenset[str]]:
    """Status words by ``schema.column`` key (``lakeflow.result_state``)."""
    return {name: frozenset(map(str, words)) for name, words in _document()["enums"].items()}  # type: ignore[call-overload]
