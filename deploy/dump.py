"""The app's own database as one file of JSON lines that any of its kinds of database can be restored from.

The first line says which revision of the tables it is, the last one how many rows there are and the digest of all lines
before it. Rows are streamed both ways. A file has its name only when it is complete; a restore is one transaction into
empty tables, and the ledger is verified inside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from approvals.ledger.ledger_report import said
from approvals.reading.ledger_export import verify_store
from approvals.store.guards import guards, remove
from approvals.store.store import Store, Tx, database_time
from deploy.store_tables import REVISION, declared, decoded, encoded, inserted, selected

FORMAT = "lakehelm-dump/1"
BATCH = 500  # rows


class BadDump(Exception):
    """A file or a database that cannot be used; nothing was written."""


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _revision(connection: sa.Connection) -> str:
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {REVISION}").scalar_one())  # noqa: S608


@contextmanager
def _snapshot(store: Store) -> Iterator[sa.Connection]:
    """A transaction that sees one moment, whatever others write meanwhile."""
    options: dict[str, Any] = {"reading": True, "yield_per": BATCH}
    if store.engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with store.engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def dump(store: Store, target: Path) -> int:
    """Write everything to ``target``; returns the number of rows. Raises :class:`BadDump`."""
    half = target.with_name(f".{target.name}.half")
    tables = declared()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _snapshot(store) as connection, half.open("wb") as out:
            strangers = set(sa.inspect(connection).get_table_names()) - {one.name for one in tables} - {REVISION}
            if strangers:
                raise BadDump(f"the database has tables that are not known here: {', '.join(sorted(strangers))}")
            digest, rows = hashlib.sha256(), 0
            for made in _written(connection, tables):
                out.write(made)
                digest.update(made)
                rows += 1
            rows -= 1  # the first line is no row
            out.write(_line({"end": True, "rows": rows, "sha256": digest.hexdigest()}))
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return rows


def _written(connection: sa.Connection, tables: list[sa.Table]) -> Iterator[bytes]:
    yield _line({"format": FORMAT, "revision": _revision(connection), "tables": [one.name for one in tables]})
    for table in tables:
        for row in connection.execute(selected(table)).mappings():
            yield _line({"table": table.name, "row": {name: encoded(value) for name, value in row.items()}})


def checked(source: Path) -> dict[str, Any]:
    """The first line of a complete and unharmed file; raises :class:`BadDump`."""
    digest, count, first, last = hashlib.sha256(), 0, b"", b""
    try:
        with source.open("rb") as lines:
            for line in lines:
                if last:
                    digest.update(last)
                first, last, count = first or line, line, count + 1
    except OSError as error:
        raise BadDump(f"{source} cannot be read ({type(error).__name__})") from error
    try:
        head, end = json.loads(first or b"null"), json.loads(last or b"null")
    except ValueError as error:
        raise BadDump(f"{source} is no dump, or its end is missing") from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BadDump(f"{source} is no dump of this kind ({FORMAT})")
    if not isinstance(end, dict) or end.get("end") is not True:
        raise BadDump(f"the end of {source} is missing: it was cut off")
    if (end.get("rows"), end.get("sha256")) != (count - 2, digest.hexdigest()):
        raise BadDump(f"{source} was changed or damaged: its digest is another")
    return head


class _Within(Store):
    """A store that reads inside a transaction that is not committed yet."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection.engine)
        object.__setattr__(self, "_inside", connection)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        inside: sa.Connection = self._inside  # type: ignore[attr-defined]
        yield Tx(inside, database_time(inside))

    snapshot = reading


def restore(store: Store, source: Path) -> int:
    """Write ``source`` into the empty tables of ``store``; returns the number of rows. Raises :class:`BadDump`, and then
    nothing was written."""
    head = checked(source)
    tables = {one.name: one for one in declared()}
    try:
        with store.engine.begin() as connection:
            if (now := _revision(connection)) != head.get("revision"):
                raise BadDump(f"the dump is of revision {head.get('revision')}, the database is at {now}")
            for table in tables.values():
                if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
                    raise BadDump(f"{table.name} is not empty: a dump is restored into empty tables only")
            remove(connection)
            rows = _inserted(connection, tables, source)
            guards(connection)
            report = verify_store(_Within(connection))
            if report.code:
                raise BadDump(f"the ledger in {source} is not intact: {said(report)}")
    except (sa.exc.SQLAlchemyError, ValueError) as error:
        raise BadDump(
            f"{source} does not fit the tables ({type(error).__name__}: {str(error).splitlines()[0][:160]})"
        ) from error
    return rows


def _inserted(connection: sa.Connection, tables: dict[str, sa.Table], source: Path) -> int:
    rows, batch, current = 0, list[dict[str, Any]](), ""

    def flush() -> None:
        if batch:
            connection.execute(inserted(tables[current], connection.dialect.name), batch)
            batch.clear()

    with source.open("rb") as lines:
        next(lines)
        for line in lines:
            read = json.loads(line)
            if "end" in read:
                break
            if read["table"] not in tables:
                raise ValueError(f"no table is called {read['table']}")
            if read["table"] != current or len(batch) >= BATCH:
                flush()
                current = read["table"]
            batch.append(decoded(tables[current], read["row"]))
            rows += 1
    flush()
    return rows
