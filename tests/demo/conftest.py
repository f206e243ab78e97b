"""A small lakehouse of the synthetic organisation, built once per test process, and the whole one for the long form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bench.typical import params
from demo.lakehouse import build
from queries.catalogue import catalogue
from queries.kinds import Param
from warehouse.embedded import Embedded
from warehouse.normalise import normalise

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
Ask = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session", params=[0.1, pytest.param(1.0, marks=pytest.mark.soak)], ids=["small", "whole"])
def lakehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("organisation") / "lakehouse.duckdb"
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
