"""Databases that hold the newest schema already, copied instead of migrated: what migrations do has its own tests."""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from approvals.store.store import Store, engine

FOLDER = tempfile.TemporaryDirectory(prefix="lakehelm-prepared-")  # goes away with the process


@functools.cache
def _migrated() -> Path:
    file = Path(FOLDER.name) / "store.sqlite"
    engine(f"sqlite:///{file}").dispose()
    return file


def prepared(url: str) -> str:
    """``url``, and in its place an empty store, if it names a SQLite file that is not there yet."""
    made = sa.make_url(url)
    if made.get_backend_name() == "sqlite" and made.database and not (file := Path(made.database)).exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_migrated(), file)
    return url


def store_at(where: str | Path, clock: Callable[[Any], dt.datetime] | None = None) -> Store:
    """The store at a URL or in a SQLite file, empty where there was none; by the clock of the database if none is given."""
    made = engine(prepared(where if isinstance(where, str) else f"sqlite:///{where}"))
    return Store(made, clock) if clock else Store(made)
