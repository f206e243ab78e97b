"""Databases that hold the newest schema already, copied instead of migrated: what migrations do has its own tests."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

import sqlalchemy as sa

from approvals.store.store import engine

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
