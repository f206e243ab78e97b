"""The embedded lakehouse as an engine for cases: a tiny file of the case's tables, read by the real `Embedded`."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from queries import schema
from queries.adapt import without
from queries.lineage import tables_read
from tests.queries.case_files import Case
from tests.queries.case_tables import arrow
from warehouse.dialect import INFORMATION, duckdb_type
from warehouse.embedded import Embedded
from warehouse.normalise import normalise


def write(case: Case, path: Path) -> None:
    """A lakehouse file with the tables that the case's query reads."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table in sorted(tables_read(case.query.sql) | set(case.tables)):
            if table in case.absent:
                continue
            _, folder, name = table.split(".")
            folder = INFORMATION if folder == "information_schema" else folder
            fields = ", ".join(f'"{c}" {duckdb_type(kind)}' for c, kind in schema.tables()[table].columns.items())
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{folder}"')
            connection.execute(f'CREATE TABLE "{folder}"."{name}" ({fields})')
            rows = arrow(case, table)
            if rows.num_rows:
                connection.register("rows_of_case", rows)
                connection.execute(f'INSERT INTO "{folder}"."{name}" SELECT * FROM rows_of_case')
                connection.unregister("rows_of_case")


class DuckDB:
    """Answers cases in files of their own below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rows(self, case: Case) -> pa.Table:
        path = self._folder / f"{case.name.replace('/', '-')}.duckdb"
        write(case, path)
        lakehouse = Embedded(path)
        try:
            sql = without(case.query.sql, case.absent) if case.absent else case.query.sql
            return normalise(lakehouse.fetch(sql, case.params, tags={}, timeout=30), case.query.columns)
        finally:
            lakehouse.close()
