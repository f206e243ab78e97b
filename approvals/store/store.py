"""The app's own database: SQLite on a laptop, Postgres in production, the same tables and statements for both."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from settings import Settings
from single_flight import SharedOnce

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _durable(connection: Any, _record: Any) -> None:
    """SQLite: readers beside one writer, and a crash loses nothing that was committed. Transactions are begun by
    :func:`_begin`, because the driver's own habit of beginning late lets two writers read the same old state."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=10000")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")


class StoreAway(ConnectionError):
    """The database did not answer: nothing was read, nothing was written. It may be back in a moment."""

    def __init__(self) -> None:
        super().__init__("The app's own database does not answer.")


MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = threading.Lock()
_ENGINES: dict[str | Settings, SharedOnce[Engine]] = {}


def engine(where: str | Settings) -> Engine:
    """The engine of a URL or of what the settings choose, its schema brought up to date; one per process and place,
    however many ask at once. On Lakebase it may raise :class:`approvals.store.lakebase.StoreRefused`."""
    place = _place(where)
    with _LOCK:
        made = _ENGINES.setdefault(place, SharedOnce(lambda: _made(place)))
    return made()


def _place(where: str | Settings) -> str | Settings:
    """A URL; the settings themselves where a URL is not enough to get in."""
    return where if isinstance(where, str) or where.lakebase else where.store


def unmigrated(where: str | Settings) -> Engine:
    """An engine of its own on ``where``; nothing is made or changed there."""
    place = _place(where)
    if isinstance(place, Settings):
        from approvals.store.lakebase import lakebase_engine

        return lakebase_engine(place)
    # Values may be anybody's words: an error names the statement, never what was written.
    made = create_engine(place, pool_pre_ping=True, hide_parameters=True)
    if made.dialect.name == "sqlite":
        database = make_url(place).database
        if database and database != ":memory:":
            _private(Path(database))
        event.listen(made, "connect", _durable)
        event.listen(made, "begin", _begin)
    return made


def _private(database: Path) -> None:
    """The file is this user's alone, and so are those that SQLite puts beside it: they take its mode."""
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    database.touch(mode=0o600)
    for file in (database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))):
        if file.exists() and file.stat().st_mode & 0o077:
            file.chmod(0o600)


def _made(place: str | Settings) -> Engine:
    made = unmigrated(place)
    if isinstance(place, Settings):
        from approvals.store.lakebase import own_schema

        own_schema(made, place, lambda: migrate(made))
    else:
        migrate(made)
    return made


@cache
def migrations() -> ScriptDirectory:
    """The revisions that this version of the app knows (Alembic, ``approvals/store/migrations``)."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS))


def migrate(made: Engine) -> None:
    """Bring the schema of ``made`` to the newest revision."""
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with made.begin() as connection:
        if made.dialect.name == "postgresql":  # two processes that start at once migrate one after the other
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7236814)")
        if MigrationContext.configure(connection).get_current_revision() == migrations().get_current_head():
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def database_time(connection: Connection) -> dt.datetime:
    """Now by the clock of the database, UTC: the only clock that decides. SQLite runs on this machine's."""
    if connection.dialect.name == "sqlite":
        return dt.datetime.now(dt.UTC)
    at: dt.datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return at.astimezone(dt.UTC)


@dataclass(frozen=True)
class Tx:
    """A transaction: its connection and the time (UTC) at which it began to act."""

    connection: Connection
    now: dt.datetime

    @property
    def locks_rows(self) -> bool:
        """Whether rows can be locked one by one; SQLite has one writer at a time."""
        return self.connection.dialect.name != "sqlite"


_TURNS, _WRITERS = threading.Lock(), WeakKeyDictionary[Engine, threading.Lock]()


def _turn(engine: Engine) -> AbstractContextManager[object]:
    if engine.dialect.name != "sqlite":
        return nullcontext()
    with _TURNS:
        return _WRITERS.setdefault(engine, threading.Lock())


@dataclass(frozen=True)
class Store:
    """The database of decisions and executions, and the clock that counts in it."""

    engine: Engine
    clock: Callable[[Connection], dt.datetime] = database_time

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        """A transaction that may write; committed at the end, rolled back by any exception. Raises :class:`StoreAway`
        before it begins; a database that is lost later raises SQLAlchemy's own. On SQLite it is the only
        writer from its first moment on, and writers of this process queue here: SQLite has no queue of its own, whoever
        waits looks again and again, and may be unlucky for seconds. On Postgres rows are locked by those who change
        them."""
        with _turn(self.engine), self._begun(self.engine) as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A transaction that only reads. Raises :class:`StoreAway`."""
        with self._begun(self.engine.execution_options(reading=True)) as tx:
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """A transaction that only reads, and sees one moment whatever others write meanwhile (SQLite's always does).
        Raises :class:`StoreAway`."""
        options: dict[str, object] = {"reading": True}
        if self.engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"
        with self._begun(self.engine.execution_options(**options)) as tx:
            yield tx

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Tx]:
        """A transaction whose first statement has been answered. A database that went to sleep since the connection was
        looked at breaks that one, which has changed nothing: then once more on a new one."""
        with ExitStack() as opened:
            try:
                try:
                    tx = self._first(engine, opened)
                except DBAPIError as error:
                    if not error.connection_invalidated:
                        raise
                    tx = self._first(engine, opened)
            except (OperationalError, InterfaceError) as error:
                raise StoreAway from error
            yield tx

    def _first(self, engine: Engine, opened: ExitStack) -> Tx:
        with ExitStack() as trying:
            connection = trying.enter_context(engine.begin())
            tx = Tx(connection, self.clock(connection))
            opened.push(trying.pop_all())
            return tx


def open_store(where: str | Settings) -> Store:
    """The store at a URL, or the one that the settings choose; the same engine at every call (:func:`engine`). Raises
    :class:`StoreAway`, and on Lakebase :class:`approvals.store.lakebase.StoreRefused`."""
    try:
        return Store(engine(where))
    except (OperationalError, InterfaceError) as error:
        raise StoreAway from error
