"""The settings choose the warehouse; a process has one reader; places never share snapshots."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from settings import Settings
from tests.warehouse.fakes import Clock, Fake
from warehouse.open import close_readers, open_reader, open_warehouse


@pytest.fixture(autouse=True)
def transports(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, Any]]]:
    """Every transport replaced by one that only tells how it was opened."""
    monkeypatch.setattr("warehouse.open.catalogue", dict)
    opened: list[tuple[str, Any]] = []

    def stand_in(name: str) -> Any:
        def make(argument: Any) -> Fake:
            opened.append((name, argument))
            return Fake()

        return make

    for module, name in [("embedded", "Embedded"), ("rest", "Rest"), ("connector", "Connector")]:
        made = ModuleType(f"warehouse.{module}")
        setattr(made, name, stand_in(name))
        monkeypatch.setitem(sys.modules, f"warehouse.{module}", made)
    yield opened
    close_readers()


def test_the_settings_choose(tmp_path: Path, transports: list[tuple[str, Any]]) -> None:
    embedded = Settings(home=tmp_path)
    databricks = replace(embedded, profile="databricks")
    rest = replace(databricks, sql_transport="rest")
    for chosen in (embedded, databricks, rest):
        open_warehouse(chosen)
    assert transports == [("Embedded", tmp_path / "lakehouse.duckdb"), ("Connector", databricks), ("Rest", rest)]


def test_one_reader_per_process_even_when_many_open_it(tmp_path: Path, transports: list[tuple[str, Any]]) -> None:
    chosen = Settings(home=tmp_path)
    with ThreadPoolExecutor(8) as crowd:
        readers = set(crowd.map(lambda _: open_reader(chosen, Clock()), range(16)))
    assert len(readers) == len(transports) == 1
    close_readers()
    assert open_reader(chosen, Clock()) not in readers


def test_places_do_not_share_snapshots(tmp_path: Path) -> None:
    embedded = Settings(home=tmp_path)
    real = replace(embedded, profile="databricks", host="https://one.example", warehouse_id="1")
    for chosen in (
        embedded,
        replace(embedded, seed=8),
        real,
        replace(real, warehouse_id="2"),
        replace(real, token="t"),
    ):
        open_reader(chosen, Clock())
    assert len(list((tmp_path / "snapshots").iterdir())) == 4
