"""The system tables as Databricks publishes them: columns, types, status words (``system_tables.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("system_tables.yml")


@dataclass(frozen=True)
class SystemTable:
    """One table: ``columns`` maps name to Databricks SQL type; ``filter_column`` bounds a scan in time, if any."""

    name: str
    columns: Mapping[str, str]
    filter_column: str | None
    status: str
    latency: str
    grain: str


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
        )
    return found


@cache
def enums() -> Mapping[str, frozenset[str]]:
    """Status words by ``schema.column`` key (``lakeflow.result_state``)."""
    return {name: frozenset(map(str, words)) for name, words in _document()["enums"].items()}  # type: ignore[call-overload]
