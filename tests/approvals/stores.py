"""A fresh store as the app opens it, on SQLite or Postgres, whose clock is set by the test."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from approvals.store.guards import remove
from approvals.store.store import Store, engine
from tests.prepared import prepared
from tests.support.clock import Clock

START = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)


def made(url: str, clock: Clock, *, guarded: bool = True) -> Store:
    """A store at ``url``, its schema brought up to date."""
    store = Store(engine(prepared(url)), clock)
    if not guarded:
        with store.engine.begin() as connection:
            remove(connection)
    return store


def url_of(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database of the kind that the parametrised fixture asks for."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{folder / 'store.sqlite'}"
