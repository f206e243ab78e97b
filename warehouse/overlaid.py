"""Lays the overlay over the tables of an open lakehouse: for each table that has one, a view beside it in memory."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from queries.lineage import tables_read
from warehouse import overlay
from warehouse.dialect import BESIDE, CATALOG, INFORMATION

if TYPE_CHECKING:
    import duckdb

EVERY = 1.0  # seconds between two looks at the folder
_LOG = logging.getLogger(__name__)


class Overlaid:
    """The overlay in ``folder`` as one lakehouse's connection sees it; ``cursor`` makes a cursor of that connection.
    Safe for threads: one of them loads what is new, the others wait for it."""

    def __init__(self, folder: Path, cursor: Callable[[], duckdb.DuckDBPyConnection]) -> None:
        self._folder, self._cursor = folder, cursor
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._stamp: tuple[int, int] | None = None
        self._files: dict[str, str] = {}
        self.tables: frozenset[str] = frozenset()

    def of(self, sql: str) -> frozenset[str]:
        """The tables of ``sql`` that must be read through their view; looks for news at most once a second."""
        if self._due():
            with self._lock:
                if self._due():
                    self._look()
        return self.tables & tables_read(sql) if self.tables else self.tables

    def _due(self) -> bool:
        return time.monotonic() - self._looked >= EVERY

    def _look(self) -> None:
        looked = time.monotonic()
        stamp = overlay.stamp(self._folder)
        if stamp != self._stamp:
            try:
                self._load(overlay.listed(self._folder))
                self._stamp = stamp
            except (OSError, ValueError):
                pass  # replaced while it was being read: the next look finds the newer one
        self._looked = looked  # only now: whoever comes meanwhile waits for what is being loaded

    def _load(self, files: dict[str, str]) -> None:
        """Make the views of what is new, forget those of what is gone."""
        for table, file in files.items():
            if self._files.get(table) != file and self._lay(table, overlay.read(self._folder, file)):
                self._files[table] = file
        self._files = {table: file for table, file in self._files.items() if table in files}
        self.tables = frozenset(self._files)

    def _lay(self, table: str, beside: overlay.Beside) -> bool:
        """Whether ``table`` now has its view: not when the lakehouse lacks it, nor when the rows do not fit."""
        import duckdb

        _, folder, name = table.split(".")
        base = f'{CATALOG}."{INFORMATION if folder == "information_schema" else folder}"."{name}"'
        cursor = self._cursor()
        try:
            cursor.execute("BEGIN")
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {BESIDE}")
            cursor.execute(f'CREATE OR REPLACE TABLE {BESIDE}."{table} rows" AS FROM {base} LIMIT 0')
            schema = cursor.sql(f'FROM {BESIDE}."{table} rows"').to_arrow_table().schema
            cursor.register("rows_beside", overlay.typed(beside.rows, schema))
            cursor.execute(f'INSERT INTO {BESIDE}."{table} rows" FROM rows_beside')
            cursor.unregister("rows_beside")
            branches = _left_of(cursor, table, base, beside.gone)
            whole = " UNION ALL BY NAME ".join([*branches, f'SELECT * FROM {BESIDE}."{table} rows"'])  # noqa: S608
            cursor.execute(f'CREATE OR REPLACE VIEW {BESIDE}."{table}" AS {whole}')
            cursor.execute("COMMIT")
        except (duckdb.Error, ValueError, TypeError) as error:
            cursor.close()  # takes the transaction back
            _LOG.warning("the overlay of %s cannot be used (%s)", table, type(error).__name__)
            return False
        cursor.close()
        return True


def _left_of(cursor: duckdb.DuckDBPyConnection, table: str, base: str, gone: tuple[overlay.Gone, ...]) -> list[str]:
    """The rows of ``base`` that are not gone, as statements that stand side by side. Rows from before the earliest
    ``since`` are a statement of their own, because they need no second look and most rows are among them."""
    every = f"SELECT * FROM {base} AS base"  # noqa: S608
    kept = " AND ".join(_unmatched(cursor, table, [one for one in gone if not one.since]))
    late = [one for one in gone if one.since]
    if not late:
        return [f"{every} WHERE {kept}" if kept else every]
    columns = {one.since[0] for one in late if one.since}
    if len(columns) > 1:
        raise ValueError("two time columns decide what is gone")
    time_column = f"base.{_quoted(columns.pop())}"
    first = f"TIMESTAMPTZ {_text(min(one.since[1] for one in late if one.since))}"
    each = [
        " AND ".join(
            [
                *(f"base.{_quoted(name)} = {_text(text)}" for name, text in one.match),
                f"{time_column} >= TIMESTAMPTZ {_text(one.since[1])}",
            ]
        )
        for one in late
        if one.since
    ]
    further = f" AND {kept}" if kept else ""
    return [
        f"{every} WHERE ({time_column} < {first} OR {time_column} IS NULL){further}",
        f"{every} WHERE {time_column} >= {first} AND ({' OR '.join(f'({one})' for one in each)}) IS NOT TRUE{further}",
    ]


def _unmatched(cursor: duckdb.DuckDBPyConnection, table: str, gone: list[overlay.Gone]) -> list[str]:
    """Conditions that a row of ``base`` matches none of ``gone``; one for each set of columns that decides."""
    shapes: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for one in gone:
        shapes.setdefault(tuple(name for name, _ in one.match), []).append(tuple(text for _, text in one.match))
    conditions = []
    for number, (names, values) in enumerate(shapes.items()):
        place = f'{BESIDE}."{table} gone {number}"'
        cursor.execute(f"CREATE OR REPLACE TABLE {place} ({', '.join(f'c{i} VARCHAR' for i in range(len(names)))})")
        columns = {f"c{i}": pa.array([row[i] for row in values], pa.string()) for i in range(len(names))}
        cursor.register("gone_from_base", pa.table(columns))
        cursor.execute(f"INSERT INTO {place} FROM gone_from_base")
        cursor.unregister("gone_from_base")
        equal = " AND ".join(f"gone.c{i} = base.{_quoted(name)}" for i, name in enumerate(names))
        conditions.append(f"NOT EXISTS (SELECT 1 FROM {place} AS gone WHERE {equal})")  # noqa: S608
    return conditions


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(column: str) -> str:
    return ".".join(f'"{part}"' for part in column.split("."))
