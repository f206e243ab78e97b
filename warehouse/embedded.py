"""The embedded lakehouse: a DuckDB file, opened read-only and locked down, that answers the same Databricks SQL."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot.errors import SqlglotError

from queries.kinds import Param
from warehouse.dialect import CATALOG, to_duckdb
from warehouse.errors import Failed, NotThere, TimedOut, Unreachable, WarehouseError
from warehouse.overlaid import Overlaid

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "1GB"
OVERLAY = "overlay"  # the folder beside the file
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)  # see _arrow
# Without these a missing table could pick up a Python variable or a file, or the network be asked for an extension.
LOCK_DOWN = (
    "SET GLOBAL TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    f"SET memory_limit = '{MEMORY_LIMIT}'",
    "SET lock_configuration = true",
)


class Embedded:
    """Implements :class:`warehouse.interface.Warehouse` on the file at ``path``: one connection per object, a fresh
    cursor per query (cursors of one connection may run in many threads; the connection itself may not). What stands in
    the folder ``overlay`` beside the file is read with it."""

    name = "embedded"

    def __init__(self, path: Path) -> None:
        import duckdb

        self._turn = threading.Lock()
        try:
            self._connection = duckdb.connect(":memory:")
            target = str(path).replace("'", "''")
            self._connection.execute(f"ATTACH '{target}' AS {CATALOG} (READ_ONLY)")
            for statement in LOCK_DOWN:
                self._connection.execute(statement)
        except duckdb.Error as error:
            raise Unreachable(f"the embedded lakehouse cannot be opened ({type(error).__name__})") from error
        self._overlaid = Overlaid(path.with_name(OVERLAY), self._cursor)

    def fetch(self, sql: str, params: Mapping[str, Param], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        """The rows of ``sql`` (Databricks SQL); ``tags`` have nowhere to go here."""
        import duckdb

        try:
            beside = self._overlaid.of(sql)
            statement, names = to_duckdb(sql, beside) if beside else to_duckdb(sql)
        except SqlglotError:
            raise Failed("it is no Databricks SQL that can be read.") from None
        cursor, done, expired = self._cursor(), threading.Event(), threading.Event()

        def watch() -> None:
            if not done.wait(timeout):
                expired.set()
            while not done.wait(0.02):  # an interruption before the statement has begun is lost
                cursor.interrupt()

        threading.Thread(target=watch, daemon=True).start()
        try:
            return _arrow(cursor, statement, {name: value for name, value in params.items() if name in names})
        except duckdb.Error as error:
            raise TimedOut(timeout) if expired.is_set() else _reason(error) from None  # the cause quotes the statement
        finally:
            done.set()
            cursor.close()

    def prepare(self) -> None:
        """Nothing to do: the file is open."""

    def close(self) -> None:
        """Release the file; statements that still run end with a failure."""
        with self._turn:
            self._connection.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh one. The connection serves one caller at a time and refuses others instead of letting them wait."""
        with self._turn:
            return self._connection.cursor()


def _arrow(cursor: duckdb.DuckDBPyConnection, statement: str, bound: Mapping[str, Param]) -> pa.Table:
    """Not by a relation: it plans the statement twice, which takes longer than to copy the rows of an answer."""
    ran = cursor.execute(statement, dict(bound)) if bound else cursor.execute(statement)
    return ran.to_arrow_table()


def _reason(error: Exception) -> WarehouseError:
    """DuckDB's words as a typed failure; nothing of the statement is repeated."""
    import duckdb

    text = str(error)
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
        for pattern in (
            r'Table with name (?P<name>[\w."]+) does not exist',
            r'Referenced column "(?P<name>\w+)" (?:was )?not found',
            r'Table "\w+" does not have a column named "(?P<name>\w+)"',
            r'Column "(?P<name>\w+)" referenced that exists in the SELECT clause',  # f(column) AS column, without the column
            r'Could not find key "(?P<name>\w+)" in struct',
        ):
            if found := re.search(pattern, text):
                return NotThere(found.group("name").strip('"'))
        if re.search(r'[Ss]chema (?:with name )?"?[\w.]+"? does not exist', text):
            return NotThere("a schema of the lakehouse")
    return Failed(f"the embedded engine reported {type(error).__name__}.")
