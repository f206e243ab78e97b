"""The emulated deployment of these tests: one lakehouse with every system table, a fresh workspace for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from demo.tables import create_all
from tests.deploy.workplace import Workplace, workplace


@pytest.fixture(scope="session")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every system table, without a row: whether it can be read is all that is asked."""
    path: Path = tmp_path_factory.mktemp("lakehouse") / "lakehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_all(connection)
    return path


@pytest.fixture
def place(lakehouse: Path, tmp_path: Path, empty_postgres_url: str) -> Iterator[Workplace]:
    """A deployment in which everything is as it should be."""
    with workplace(lakehouse, tmp_path / "home", empty_postgres_url) as made:
        yield made
