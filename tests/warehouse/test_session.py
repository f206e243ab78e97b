"""A warehouse whose zone or mode is another: the same rows where the session can be set, else a refusal with the reason."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from bench.typical import params
from demo.emulator import Emulator
from demo.tables import create_all
from queries.catalogue import catalogue
from queries.kinds import Param
from tests.support.tiers import deep
from warehouse.connector import Connector
from warehouse.errors import Failed, Unreachable, WrongSession
from warehouse.rest import Rest
from warehouse.session import ANSI, UTC, ZONE, Assured

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ONE: dict[str, Param] = {"workspace_id": "1", "job_id": "2", "run_id": "3"}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    path: Path = tmp_path_factory.mktemp("session") / "empty.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_all(connection)
    with Emulator(path) as made:
        yield made


@pytest.mark.costs("every question, by each transport")
@pytest.mark.parametrize(
    ("zone", "ansi", "said", "each"),
    [("Asia/Kolkata", True, "Asia/Kolkata", 1), ("UTC", False, "ANSI mode", 5), deep("UTC", False, "ANSI mode", 1)],
)
def test_every_question_gives_the_same_rows_or_is_refused(
    emulator: Emulator, zone: str, ansi: bool, said: str, each: int
) -> None:
    """One in ``each`` so many questions."""
    emulator.statements.zone, emulator.statements.ansi = zone, ansi
    connector, rest = Connector(emulator.settings()), Rest(emulator.settings())
    for name, query in list(catalogue().items())[::each]:
        given = params(query, NOW, dict(ONE))
        own = emulator.statements.lakehouse.fetch(query.sql, given, tags={}, timeout=60)
        assert connector.fetch(query.sql, given, tags={}, timeout=60).to_pylist() == own.to_pylist(), name
        with pytest.raises(WrongSession, match=said) as refused:
            rest.fetch(query.sql, given, tags={}, timeout=60)
        assert "LAKEHELM_SQL_TRANSPORT=connector" in refused.value.remedy
    connector.close()
    emulator.statements.zone, emulator.statements.ansi = "UTC", True
    assert rest.fetch("SELECT 1 AS n", {}, tags={}, timeout=20).num_rows == 1  # mended: it is asked again


def answering(zone: str, ansi: bool = True) -> tuple[Assured, list[str]]:
    asked: list[str] = []

    def ask(sql: str) -> pa.Table:
        asked.append(sql)
        if sql == ANSI and ansi:
            raise Failed("no number")
        return pa.table({"zone": [zone]})

    return Assured(ask), asked


@pytest.mark.parametrize("zone", [*sorted(UTC), "Etc/UTC", "utc"])
def test_utc_has_many_names_and_is_asked_once(zone: str) -> None:
    assured, asked = answering(zone)
    for _ in range(3):
        assured()
    assert asked == [ZONE, ANSI]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/London", "+05:30", "America/New_York", ""])
def test_another_zone_is_refused_each_time(zone: str) -> None:
    assured, asked = answering(zone)
    for _ in range(2):
        with pytest.raises(WrongSession):
            assured()
    assert asked == [ZONE, ZONE]


def test_those_who_come_at_once_wait_for_one_asking() -> None:
    opened, asked = threading.Event(), []

    def ask(sql: str) -> pa.Table:
        asked.append(sql)
        assert opened.wait(30)
        if sql == ANSI:
            raise Failed("no number")
        return pa.table({"zone": ["UTC"]})

    assured = Assured(ask)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(assured) for _ in range(8)]
        opened.set()
        for one in waiting:
            one.result(30)
    assert asked == [ZONE, ANSI]


def test_what_could_not_be_asked_is_no_verdict() -> None:
    def ask(_: str) -> pa.Table:
        raise Unreachable

    with pytest.raises(Unreachable):
        Assured(ask)()
