"""A small lakehouse of the synthetic organisation, built once per test process, and the whole one for the long form."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import warehouse.overlaid
from bench.typical import params
from demo.lakehouse import build
from demo.workspace.overlay import SystemTables
from queries.catalogue import catalogue
from queries.kinds import Param
from tests.demo.workspace import Beside, Served, served
from tests.lakehouses import SCALE
from tests.lakehouses import lakehouse as small
from warehouse.embedded import Embedded
from warehouse.normalise import normalise

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
Ask = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session", params=[SCALE, pytest.param(1.0, marks=pytest.mark.soak)], ids=["small", "whole"])
def lakehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("organisation") / "lakehouse.duckdb"
    if request.param == SCALE:
        return small(tmp_path_factory, path, NOW)
    build(path, seed=7, scale=request.param, now=NOW)
    return path


@pytest.fixture(scope="session")
def ask(lakehouse: Path) -> Iterator[Ask]:
    """Answers a question as a page would ask it: ``ask("finops.spend_total", currency="EUR")``."""
    embedded = Embedded(lakehouse)

    def rows(name: str, **chosen: Param) -> Any:
        query = catalogue()[name]
        given: Mapping[str, Any] = params(query, NOW, chosen)
        return normalise(embedded.fetch(query.sql, given, tags={}, timeout=120), query.columns).to_pandas()

    yield rows
    embedded.close()


@pytest.fixture
def beside(lakehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Beside]:
    """A workspace of the small organisation beside a lakehouse of its own that looks for news at every statement."""
    monkeypatch.setattr(warehouse.overlaid, "EVERY", 0.0)
    shutil.copy(lakehouse, tmp_path / "lakehouse.duckdb")
    opened = Embedded(tmp_path / "lakehouse.duckdb")
    with served(tmp_path) as one:
        yield Beside(
            one, SystemTables(tmp_path / "overlay", one.world, one.state, one.workspace.look), opened, tmp_path
        )
    opened.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    """One workspace for the tests of a file."""
    with served() as one:
        yield one


@pytest.fixture
def fresh(running: Served) -> Iterator[Served]:
    """The one workspace without switches; tests count effects from here on."""
    running.emulator.faults.clear()
    running.workspace.drift = None
    yield running
    running.emulator.faults.clear()
