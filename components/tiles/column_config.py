"""Column configurations as they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from streamlit.elements.lib.column_types import ButtonColumnResult


def without_none(columns: Mapping[str, Any]) -> dict[str, Any]:
    """``columns`` without the parts that are None, which are not sent anyway: Streamlit copies every part in every run, and
    of a column three of four say nothing."""
    return {name: _column(column) for name, column in columns.items()}


def _column(column: Any) -> Any:
    if isinstance(column, ButtonColumnResult):
        return replace(column, config=_part(column.config))
    return _part(column)


def _part(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    said = {key: value for key, value in part.items() if value is not None}
    of_type = said.get("type_config")
    return said | {"type_config": _part(of_type)} if of_type else said
