"""What this account lacks: optional tables and columns (previews, columns newer than the account) that are not there.

The answer comes from one query over the metastore's column list, kept for half a day. Without that list nothing is
taken for missing, and the engine's own "not there" teaches the same lesson at the cost of one failed statement.
A column list shows only what the app may see: a table without a grant looks missing too, and the notes say so.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa

from queries.own_tables import is_named

COLUMNS_QUERY = "platform.columns_present"
KEPT = dt.timedelta(hours=12)
RETRY = dt.timedelta(minutes=5)

Columns = Mapping[str, Mapping[str, str]]  # schema.table -> column -> type, all in lower case


class Features:
    """The missing parts of this account. ``detect`` reads the column list, or gives None when it cannot."""

    def __init__(self, detect: Callable[[], pa.Table | None], clock: Callable[[], dt.datetime]) -> None:
        self._detect = detect
        self._clock = clock
        self._lock = threading.Lock()
        self._columns: Columns = {}
        self._until: dt.datetime | None = None
        self._learned: frozenset[str] = frozenset()

    def missing(self, optional: frozenset[str]) -> frozenset[str]:
        """Those of ``optional`` (full names) that the account lacks. Reads the list when it is too old; whoever comes
        meanwhile waits for that one reading."""
        with self._lock:
            now = self._clock()
            if self._until is None or now >= self._until:
                table = self._detect()
                if table is not None and table.num_rows:
                    self._columns, self._learned, self._until = by_table(table), frozenset(), now + KEPT
                else:
                    self._until = now + RETRY
            return absent(self._columns, optional) | (self._learned & optional)

    def forget(self) -> None:
        """Read the list again when it is next needed. Takes no lock, so as not to wait for a reading under way."""
        self._until = None

    def learn(self, names: frozenset[str]) -> None:
        """Remember, until the list is read next, that the engine did not find ``names``."""
        with self._lock:
            self._learned |= names


def by_table(table: pa.Table) -> Columns:
    """The column list (``table_schema``, ``table_name``, ``column_name``, ``full_data_type``) by ``schema.table``."""
    found: dict[str, dict[str, str]] = {}
    names = (table.column(c).to_pylist() for c in ("table_schema", "table_name", "column_name", "full_data_type"))
    for schema, name, column, kind in zip(*names, strict=True):
        found.setdefault(f"{schema}.{name}".lower(), {})[str(column).lower()] = str(kind or "").lower()
    return found


def absent(columns: Columns, optional: Iterable[str]) -> frozenset[str]:
    """Those of ``optional`` that ``columns`` shows to be absent; none when the list is empty, that is unknown.

    A column counts as absent only where its table is listed: of an unlisted table nothing is known but that it is
    unlisted, and if the query cannot do without it the engine shall say so. No list has a table that the account names.
    """
    return frozenset(name for name in optional if columns and not is_named(name) and not _present(columns, name))


def _present(columns: Columns, name: str) -> bool:
    _, schema, table, *path = name.lower().split(".")  # catalog.schema.table[.column[.field…]]
    listed = columns.get(f"{schema}.{table}")
    if listed is None:
        return bool(path)
    if not path:
        return True
    kind = listed.get(path[0])
    return kind is not None and all(re.search(rf"\b{re.escape(field)}\s*:", kind) for field in path[1:])


def named_by(name: str, optional: Iterable[str]) -> frozenset[str]:
    """Those of ``optional`` an engine may mean by ``name``: engines quote, shorten, and use aliases, so the whole name
    decides if one fits, else its last part."""
    said = name.replace("`", "").replace('"', "").lower().strip()
    by_name = {part.lower(): part for part in optional}
    if said in by_name:
        return frozenset({by_name[said]})
    if said.count(".") == 1 and (within := {n for lower, n in by_name.items() if lower.startswith(f"{said}.")}):
        return frozenset(within)  # a whole schema that is not enabled
    last = said.rsplit(".", 1)[-1]
    return frozenset(part for lower, part in by_name.items() if lower.rsplit(".", 1)[-1] == last)
