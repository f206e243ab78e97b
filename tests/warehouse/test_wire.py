"""The two Databricks transports: the real clients over a real socket against the emulated warehouse."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import warehouse.connector
import warehouse.credentials
from demo.emulator import Emulator
from demo.emulator.server import SECRET, TOKEN
from demo.tables import create_all
from settings import Settings
from warehouse.connector import Connector
from warehouse.embedded import Embedded
from warehouse.errors import (
    Failed,
    NoGrant,
    NotThere,
    Refused,
    Starting,
    Throttled,
    TimedOut,
    Unreachable,
    WarehouseError,
)
from warehouse.interface import Warehouse
from warehouse.normalise import normalise
from warehouse.rest import Rest

SQL = "SELECT usage_date FROM system.billing.usage WHERE usage_date >= :start"
START = {"start": dt.date(2026, 1, 1)}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    path: Path = tmp_path_factory.mktemp("wire") / "empty.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_all(connection)
    with Emulator(path) as made:
        yield made


@pytest.fixture(params=["connector", "rest"])
def reads(request: pytest.FixtureRequest, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    """Each transport, with short budgets for retries."""
    monkeypatch.setattr(warehouse.connector, "RETRY_SECONDS", 7)
    monkeypatch.setattr(warehouse.credentials, "RETRY_SECONDS", 2)
    made: Warehouse = (Connector if request.param == "connector" else Rest)(emulator.settings())
    yield made
    emulator.faults.clear()
    made.close()


def fetch(reads: Warehouse, sql: str = SQL, params: Any = START, timeout: float = 20.0, **tags: str) -> Any:
    return reads.fetch(sql, params, tags=tags, timeout=timeout)


def test_values_of_every_kind_arrive_exactly(reads: Warehouse) -> None:
    sql = """SELECT 'text' AS t, array('a', 'b') AS ts, true AS f, DATE'2026-03-05' AS d,
        TIMESTAMP'2026-03-05 10:11:12.123456' AS at, CAST(7 AS BIGINT) AS n,
        CAST('12345678901234567.123456789012345678' AS DECIMAL(38, 18)) AS m, 0.25D AS r,
        named_struct('a', 1) AS s, map('k', 'v') AS p, CAST(NULL AS STRING) AS nothing"""
    row = fetch(reads, sql, {}).to_pylist()[0]
    assert row == {
        "t": "text",
        "ts": ["a", "b"],
        "f": True,
        "d": dt.date(2026, 3, 5),
        "at": dt.datetime(2026, 3, 5, 10, 11, 12, 123456, tzinfo=dt.UTC),
        "n": 7,
        "m": Decimal("12345678901234567.123456789012345678"),
        "r": 0.25,
        "s": {"a": 1},
        "p": [("k", "v")],
        "nothing": None,
    }


def test_parameters_of_every_kind_arrive(reads: Warehouse) -> None:
    at = dt.datetime(2026, 3, 5, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    params = {"t": "it's; -- :x", "d": dt.date(2026, 3, 5), "at": at, "i": 3, "r": 0.5, "m": Decimal("1.5")}
    sql = "SELECT :t AS t, :d AS d, unix_seconds(:at) AS at, :i + 1 AS i, :r * 2 AS r, CAST(:m AS DECIMAL(10, 2)) AS m"
    row = fetch(reads, sql, params).to_pylist()[0]
    assert (row["t"], row["d"], row["i"], row["r"], row["m"]) == (
        "it's; -- :x",
        dt.date(2026, 3, 5),
        4,
        1.0,
        Decimal("1.50"),
    )
    assert row["at"] == int(at.timestamp())


def test_an_empty_answer_keeps_its_columns(reads: Warehouse) -> None:
    table = fetch(reads)
    assert (table.num_rows, table.column_names) == (0, ["usage_date"])


def test_many_rows_come_in_parts_and_in_order(reads: Warehouse) -> None:
    table = fetch(reads, "SELECT id FROM range(12345) AS t(id) ORDER BY id", {})
    assert table["id"].to_pylist() == list(range(12345))


def test_eight_threads_get_their_own_answers(reads: Warehouse) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda i: fetch(reads, "SELECT :i AS i", {"i": i})["i"].to_pylist(), range(40))
    assert list(found) == [[i] for i in range(40)]


def test_tags_reach_the_statement_log(reads: Warehouse, emulator: Emulator) -> None:
    fetch(reads, app="lakehelm", query="finops.some_question")
    last = emulator.statements.log[-1]
    assert last.tags == {"app": "lakehelm", "query": "finops.some_question"}
    assert last.sha256 == hashlib.sha256(SQL.encode()).hexdigest()


def test_a_statement_over_its_time_is_cancelled(
    reads: Warehouse, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert emulator._warehouse is not None
    monkeypatch.setattr(emulator._warehouse.thrift, "direct_wait", 0.2)  # until it has a name to be cancelled by
    emulator.faults.set("slow", value=30)
    with pytest.raises(TimedOut):
        fetch(reads, timeout=0.5)
    assert list(emulator.statements._all.values())[-1].state == "CANCELED"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("no_grant", NoGrant),
        ("missing_table", NotThere),
        ("starting", Starting),
        ("unauthorized", Refused),
        ("forbidden", NoGrant),
        ("throttled", Throttled),
        ("unavailable", (Starting, Throttled)),
        ("dropped", Unreachable),
        ("dropped_after", Unreachable),
    ],
)
def test_each_fault_is_its_own_failure(
    reads: Warehouse, emulator: Emulator, fault: Any, expected: type[WarehouseError] | tuple[type[WarehouseError], ...]
) -> None:
    fetch(reads)  # a session that is open before things go wrong
    emulator.faults.set(fault, -1, value=1)
    with pytest.raises(expected) as found:
        fetch(reads)
    assert found.value.remedy
    emulator.faults.clear()
    assert fetch(reads).num_rows == 0


def test_a_missing_grant_names_the_statement_that_mends_it(reads: Warehouse, emulator: Emulator) -> None:
    emulator.faults.set("no_grant", name="system.billing.usage")
    with pytest.raises(NoGrant) as found:
        fetch(reads)
    assert found.value.grant.startswith("GRANT SELECT ON TABLE system.billing.usage TO ")


def test_what_an_account_lacks_is_named(reads: Warehouse) -> None:
    with pytest.raises(NotThere) as table:
        fetch(reads, "SELECT 1 FROM system.billing.cloud_infra_cost WHERE usage_date >= :start")
    assert table.value.name == "system.billing.cloud_infra_cost"
    with pytest.raises(NotThere) as column:
        fetch(reads, "SELECT no_such_column FROM system.billing.usage WHERE usage_date >= :start")
    assert column.value.name == "no_such_column"


def test_one_refused_request_is_tried_again_unnoticed(reads: Warehouse, emulator: Emulator) -> None:
    fetch(reads)
    emulator.faults.set("throttled", value=0)
    assert fetch(reads).num_rows == 0


def test_a_session_that_died_is_replaced_unnoticed(emulator: Emulator) -> None:
    reads = Connector(emulator.settings())
    fetch(reads)
    emulator.faults.set("dead_session")
    assert fetch(reads).num_rows == 0
    reads.close()


def test_an_answer_that_was_cut_is_not_taken_for_whole(emulator: Emulator) -> None:
    emulator.faults.set("truncated")
    with pytest.raises(WarehouseError, match="cut by the warehouse"):
        fetch(Rest(emulator.settings()), "SELECT id FROM range(10) AS t(id)", {})


@pytest.mark.parametrize("fault", ["extra_column", "wrong_type"])
def test_a_broken_value_is_noticed_when_it_is_normalised(reads: Warehouse, emulator: Emulator, fault: Any) -> None:
    emulator.faults.set(fault)
    table = fetch(reads, "SELECT id FROM range(3) AS t(id)", {})
    with pytest.raises(WarehouseError, match="does not fit"):
        normalise(table, {"id": "count"})


@pytest.mark.parametrize("who", [{"token": "t"}, {"client_id": "c", "client_secret": "s"}], ids=["token", "principal"])
@pytest.mark.parametrize("transport", [Connector, Rest])
def test_nobody_there_is_unreachable(transport: Any, who: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse.credentials, "RETRY_SECONDS", 1)
    where = {"host": "http://127.0.0.1:9", "warehouse_id": "x"}
    nobody = Settings(profile="databricks", **where, **who)  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        transport(nobody).fetch("SELECT 1", {}, tags={}, timeout=2)


def test_a_token_works_as_well_as_a_principal(emulator: Emulator) -> None:
    by_token = emulator.settings(client_id="", client_secret="", token=TOKEN)
    for transport in (Connector, Rest):
        assert fetch(transport(by_token)).num_rows == 0


def test_no_statement_text_and_no_secret_is_logged_or_raised(
    reads: Warehouse, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    emulator.faults.set("no_grant")
    with pytest.raises(WarehouseError) as found:
        fetch(reads, "SELECT 'very secret literal' FROM system.billing.usage WHERE usage_date >= :start")
    with pytest.raises(Failed) as failed:
        fetch(reads, "SELECT CAST('very secret literal' AS INT)", {})
    said = " ".join([caplog.text, str(found.value), str(failed.value), found.value.remedy, failed.value.remedy])
    for secret in ("very secret literal", TOKEN, SECRET):
        assert secret not in said


def test_both_transports_and_the_embedded_lakehouse_agree(reads: Warehouse, emulator: Emulator) -> None:
    sql = "SELECT id AS n, CAST(id AS DECIMAL(38, 18)) AS m, date_add(DATE'2026-01-01', CAST(id AS INT)) AS d FROM range(5) AS t(id)"
    columns = {"n": "count", "m": "money", "d": "date"}
    assert isinstance(emulator.statements.lakehouse, Embedded)
    own = emulator.statements.lakehouse.fetch(sql, {}, tags={}, timeout=5)
    assert normalise(fetch(reads, sql, {}), columns).equals(normalise(own, columns))
