"""The settings choose the warehouse; a process has one reader; places never share snapshots."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from settings import Settings
from tests.support.clock import Clock
from tests.warehouse.fakes import START, Fake, query, rows
from warehouse.errors import Unreachable
from warehouse.interface import ask
from warehouse.open import Deferred, close_readers, open_reader, open_warehouse
from warehouse.reader import Reader


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
        readers = set(crowd.map(lambda _: open_reader(chosen, Clock(START)), range(16)))
    assert len(readers) == 1
    assert transports == []  # opened by the first question
    close_readers()
    assert open_reader(chosen, Clock(START)) not in readers


def test_what_cannot_be_opened_yet_is_tried_again_by_the_next_question() -> None:
    outcomes: list[Any] = [Unreachable("not built"), Fake(a=rows(7))]

    def opening() -> Fake:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        assert isinstance(outcome, Fake)
        return outcome

    clock, deferred = Clock(START), Deferred("fake", opening)
    reader = Reader(deferred, {"a": query("a")}, clock=clock)
    assert isinstance(reader.read([ask("a")])[0].error, Unreachable)
    clock.forward(5)
    assert reader.read([ask("a")])[0].table == rows(7)
    clock.forward(301)
    reader.close()
    with pytest.raises(Unreachable):
        deferred.fetch("SELECT 1", {}, tags={}, timeout=1)


def test_places_do_not_share_snapshots(tmp_path: Path) -> None:
    (tmp_path / "lakehouse.duckdb").touch()
    embedded = Settings(home=tmp_path)
    real = replace(embedded, profile="databricks", host="https://one.example", warehouse_id="1")
    for chosen in (
        embedded,
        real,
        replace(real, warehouse_id="2"),
        replace(real, token="t"),
    ):
        open_reader(chosen, Clock(START))
    close_readers()
    os.utime(tmp_path / "lakehouse.duckdb", ns=(1, 1))  # another lakehouse took its place
    open_reader(embedded, Clock(START))
    assert len(list((tmp_path / "snapshots").iterdir())) == 4
