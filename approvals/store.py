"""The app's own database: SQLite on a laptop, Postgres in production, the same tables and statements for both."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _durable(connection: Any, _record: Any) -> None:
    """SQLite: readers beside one writer, and a crash loses nothing that was committed."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=5000")


_LOCK = threading.Lock()
_ENGINES: dict[str, Engine] = {}


def engine(url: str) -> Engine:
    """The engine of ``url``, its schema brought up to date; one per process and URL, however many ask at once."""
    with _LOCK:
        if url not in _ENGINES:
            _ENGINES[url] = _made(url)
        return _ENGINES[url]


def _made(url: str) -> Engine:
    made = create_engine(url, pool_pre_ping=True)
    if made.dialect.name == "sqlite":
        database = make_url(url).database
        if database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(made, "connect", _durable)
    migrate(made)
    return made


def migrate(made: Engine) -> None:
    """Bring the schema of ``made`` to the newest revision (Alembic, ``approvals/migrations``)."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
