"""A question as a text that runs as it stands, in any editor of SQL: its parameters written out as literals."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping

from queries.kinds import Param
from queries.own_tables import in_sql

# Comments and texts are passed over: what looks like a parameter in them is none.
_PARAMETER = re.compile(r"--[^\n]*|'(?:[^'\\]|\\.)*'|(?<!:):(?P<name>[A-Za-z_]\w*)")


def filled_in(sql: str, params: Mapping[str, Param]) -> str:
    """``sql`` (Databricks SQL) with the account's own names and a literal for each of ``params``; others stay."""

    def written(found: re.Match[str]) -> str:
        name = found["name"]
        return literal(params[name]) if name in params else found.group()

    return _PARAMETER.sub(written, in_sql(sql))


def literal(value: Param) -> str:
    """``value`` as Databricks SQL reads it. In a text whatever cannot be seen is written as its number."""
    if isinstance(value, str):
        return f"'{''.join(map(_character, value))}'"
    if isinstance(value, dt.datetime):
        return f"TIMESTAMP'{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}Z'"
    if isinstance(value, dt.date):
        return f"DATE'{value.isoformat()}'"
    if isinstance(value, float):
        return f"CAST('{value!r}' AS DOUBLE)"
    return f"{value:f}" if not isinstance(value, int) else str(value)


def _character(one: str) -> str:
    if one in "'\\":
        return f"\\{one}"
    if one.isprintable() and not unicodedata.combining(one):
        return one
    return f"\\u{ord(one):04x}" if ord(one) <= 0xFFFF else f"\\U{ord(one):08x}"
