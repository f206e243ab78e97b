"""The overlay beside the embedded lakehouse: what it adds and takes away, that nothing else changes, who hears of it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import warehouse.overlaid
from demo.tables import create_all
from queries.catalogue import catalogue
from tests.warehouse.fakes import query
from warehouse import overlay
from warehouse.dialect import to_duckdb
from warehouse.embedded import Embedded
from warehouse.news import News
from warehouse.overlay import Beside, Gone

AT = "2026-11-20T10:11:12.123456+00:00"
WAREHOUSES = (
    "SELECT warehouse_id, auto_stop_minutes FROM system.compute.warehouses ORDER BY warehouse_id, auto_stop_minutes"
)
PRIVILEGES = "system.information_schema.table_privileges"


@pytest.fixture
def lakehouse(tmp_path: Path) -> Path:
    path = tmp_path / "lakehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_all(connection)
        connection.execute(
            "INSERT INTO compute.warehouses (warehouse_id, auto_stop_minutes) VALUES ('a', 120), ('b', 10)"
        )
        connection.execute(
            "INSERT INTO info_schema.table_privileges (grantee, table_name, privilege_type) VALUES "
            "('ada', 't', 'SELECT'), ('bo', 't', 'SELECT'), (NULL, 't', 'SELECT')"
        )
        connection.execute(
            "INSERT INTO billing.usage (record_id, usage_start_time, usage_metadata) SELECT n, "
            "TIMESTAMPTZ '2026-11-20 00:00:00+00' + INTERVAL 1 HOUR * n, NULL FROM range(4) AS t(n)"
        )
    return path


@pytest.fixture
def folder(lakehouse: Path) -> Path:
    return lakehouse.with_name("overlay")


@pytest.fixture
def opened(lakehouse: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Embedded]:
    """The lakehouse, looking for news at every statement."""
    monkeypatch.setattr(warehouse.overlaid, "EVERY", 0.0)
    made = Embedded(lakehouse)
    yield made
    made.close()


def rows(opened: Embedded, sql: str, **params: Any) -> list[tuple[Any, ...]]:
    table = opened.fetch(sql, params, tags={}, timeout=20)
    return [tuple(row.values()) for row in table.to_pylist()]


def test_a_row_beside_the_file_is_read_with_it(opened: Embedded, folder: Path) -> None:
    assert rows(opened, WAREHOUSES) == [("a", 120), ("b", 10)]
    overlay.write(folder, {"system.compute.warehouses": Beside(({"warehouse_id": "a", "auto_stop_minutes": 10},))})
    assert rows(opened, WAREHOUSES) == [("a", 10), ("a", 120), ("b", 10)]
    overlay.write(folder, {"system.compute.warehouses": Beside(({"warehouse_id": "c", "auto_stop_minutes": 5},))})
    assert rows(opened, WAREHOUSES) == [("a", 120), ("b", 10), ("c", 5)]
    overlay.clear(folder)
    assert rows(opened, WAREHOUSES) == [("a", 120), ("b", 10)]


@pytest.mark.parametrize("sql", [
    "SELECT warehouses.warehouse_id AS id FROM system.compute.warehouses ORDER BY 1",
    "SELECT w.warehouse_id AS id FROM system.compute.warehouses w ORDER BY 1",
    "SELECT w.warehouse_id AS id FROM SYSTEM.Compute.Warehouses AS w ORDER BY 1",
    "WITH warehouses AS (SELECT * FROM system.compute.warehouses) SELECT warehouse_id AS id FROM warehouses ORDER BY 1",
    "SELECT a.warehouse_id AS id FROM system.compute.warehouses a JOIN system.compute.warehouses b USING (warehouse_id) "
    "WHERE a.warehouse_id >= :low ORDER BY 1",
])  # fmt: skip
def test_however_a_table_is_called(opened: Embedded, folder: Path, sql: str) -> None:
    overlay.write(folder, {"system.compute.warehouses": Beside(({"warehouse_id": "c"},))})
    assert rows(opened, sql, low="a") == [("a",), ("b",), ("c",)]


def test_every_kind_of_column_keeps_its_type(opened: Embedded, folder: Path) -> None:
    tables: dict[str, tuple[overlay.Json, ...]] = {
        "system.access.audit": ({
            "event_time": AT, "event_date": "2026-11-20", "user_identity": {"email": "o'hara@example.com"},
            "request_params": {"a": "1", "it's": "x"}, "response": {"status_code": 200},
        },),
        "system.billing.usage": ({
            "record_id": "x", "usage_quantity": "12.123456789012345678", "usage_date": "2026-11-20", "custom_tags": {},
            "usage_metadata": {"warehouse_id": "w", "ai_gateway": {"endpoint_name": "e"}},
        },),
        "system.lakeflow.jobs": ({
            "job_id": "1", "paused": True, "timeout_seconds": 7, "create_time": AT,
            "trigger": {"schedule": {"quartz_cron_expression": "0 0 * * * ?", "timezone_id": "UTC"}},
            "health_rules": [{"metric": "m", "operator": "o", "value": 3}],
        },),
    }  # fmt: skip
    types = {name: opened.fetch(f"SELECT * FROM {name}", {}, tags={}, timeout=20).schema for name in tables}
    overlay.write(folder, {name: Beside(own) for name, own in tables.items()})
    found = {name: opened.fetch(f"SELECT * FROM {name}", {}, tags={}, timeout=20) for name in tables}
    assert {name: table.schema for name, table in found.items()} == types
    event = found["system.access.audit"].to_pylist()[0]
    assert event["event_time"] == dt.datetime.fromisoformat(AT)
    assert event["event_date"] == dt.date(2026, 11, 20)
    assert event["request_params"] == [("a", "1"), ("it's", "x")]
    assert event["user_identity"] == {"email": "o'hara@example.com", "subject_name": None}
    usage = next(one for one in found["system.billing.usage"].to_pylist() if one["record_id"] == "x")
    assert usage["usage_quantity"] == Decimal("12.123456789012345678")
    assert usage["usage_metadata"]["ai_gateway"]["endpoint_name"] == "e"
    job = found["system.lakeflow.jobs"].to_pylist()[0]
    assert (job["paused"], job["timeout_seconds"], job["trigger"]["schedule"]["timezone_id"]) == (True, 7, "UTC")
    assert job["health_rules"] == [{"metric": "m", "operator": "o", "value": 3}]


def test_removed_rows_vanish_and_may_come_again(opened: Embedded, folder: Path) -> None:
    sql = f"SELECT grantee FROM {PRIVILEGES} ORDER BY grantee NULLS FIRST"
    gone = Gone((("grantee", "ada"), ("table_name", "t"), ("privilege_type", "SELECT")))
    overlay.write(folder, {PRIVILEGES: Beside(gone=(gone,))})
    assert rows(opened, sql) == [(None,), ("bo",)]
    again = {"grantee": "ada", "table_name": "t", "privilege_type": "SELECT"}
    overlay.write(folder, {PRIVILEGES: Beside((again,), (gone, Gone((("grantee", "it's nobody"),))))})
    assert rows(opened, sql) == [(None,), ("ada",), ("bo",)]


def test_what_is_gone_since_a_time_stays_before_it(opened: Embedded, folder: Path) -> None:
    sql = "SELECT record_id FROM system.billing.usage ORDER BY record_id"
    two, three = "2026-11-20T02:00:00+00:00", "2026-11-20T03:00:00+00:00"
    late = (Gone((("record_id", "3"),), ("usage_start_time", two)), Gone((("record_id", "1"),), ("usage_start_time", two)),
            Gone((("record_id", "2"),), ("usage_start_time", three)), Gone((("record_id", "0"),)))  # fmt: skip
    overlay.write(folder, {"system.billing.usage": Beside(({"record_id": "new"},), late)})
    assert rows(opened, sql) == [("1",), ("2",), ("new",)]


def test_without_an_overlay_the_statement_is_the_same_text(
    opened: Embedded, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = warehouse.embedded._arrow

    def noted(cursor: Any, sql: str, bound: Any) -> pa.Table:
        seen.append(sql)
        return real(cursor, sql, bound)

    monkeypatch.setattr(warehouse.embedded, "_arrow", noted)
    plain = to_duckdb(WAREHOUSES)[0]
    rows(opened, WAREHOUSES)
    overlay.write(folder, {"system.compute.clusters": Beside(({"cluster_id": "c"},))})
    rows(opened, WAREHOUSES)
    overlay.write(folder, {"system.compute.warehouses": Beside(({"warehouse_id": "c"},))})
    rows(opened, WAREHOUSES)
    assert seen[:2] == [plain, plain]
    assert "memory.beside" in seen[2]
    assert "memory" not in plain


def test_the_file_stays_locked(opened: Embedded, folder: Path) -> None:
    overlay.write(folder, {"system.compute.warehouses": Beside(({"warehouse_id": "c"},))})
    rows(opened, WAREHOUSES)
    cursor = opened._connection.cursor()
    for statement in (
        "DELETE FROM sys.compute.warehouses",
        "COPY (SELECT 1) TO '/tmp/lakehelm-test.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(statement)


def test_an_overlay_that_cannot_be_used_leaves_the_file_readable(opened: Embedded, folder: Path) -> None:
    overlay.write(
        folder,
        {
            "system.compute.warehouses": Beside(({"warehouse_id": "c", "auto_stop_minutes": "no number"},)),
            "system.compute.no_such_table": Beside(({"x": 1},)),
            "system.compute.clusters": Beside(({"cluster_id": "fine"},)),
        },
    )
    assert rows(opened, WAREHOUSES) == [("a", 120), ("b", 10)]
    assert rows(opened, "SELECT cluster_id FROM system.compute.clusters") == [("fine",)]
    (folder / overlay.LIST).write_text("{ half of a li", encoding="utf-8")
    assert rows(opened, WAREHOUSES) == [("a", 120), ("b", 10)]


def test_the_folder_is_looked_at_once_a_second(lakehouse: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []
    real = overlay.stamp

    def noted(where: Path) -> tuple[int, int] | None:
        looks.append(where)
        return real(where)

    monkeypatch.setattr(overlay, "stamp", noted)
    moment = [100.0]
    monkeypatch.setattr("warehouse.overlaid.time.monotonic", lambda: moment[0])
    opened = Embedded(lakehouse)
    for _ in range(5):
        rows(opened, WAREHOUSES)
    assert len(looks) == 1
    overlay.write(folder, {"system.compute.warehouses": Beside(({"warehouse_id": "c"},))})
    assert len(rows(opened, WAREHOUSES)) == 2
    moment[0] += 1.0
    assert len(rows(opened, WAREHOUSES)) == 3
    assert len(looks) == 2
    opened.close()


def test_changes_under_many_readers_are_seen_whole(opened: Embedded, folder: Path) -> None:
    """Every answer is one version of the overlay: 50 rows of the same number, never a mixture."""
    seen: list[set[int]] = []
    sizes: set[int] = set()
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                found = rows(opened, "SELECT auto_stop_minutes FROM system.compute.warehouses WHERE warehouse_id = 'v'")
            except BaseException as error:
                failures.append(error)
                return
            sizes.add(len(found))
            seen.append({n for (n,) in found})

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in range(15):
        row = {"warehouse_id": "v", "auto_stop_minutes": version}
        overlay.write(folder, {"system.compute.warehouses": Beside((row,) * 50)})
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sizes <= {0, 50}
    assert {len(one) for one in seen} <= {0, 1}


def test_typed_refuses_what_does_not_fit() -> None:
    schema = pa.schema([("n", pa.int32()), ("s", pa.struct([("a", pa.string())]))])
    assert overlay.typed([{"n": 1, "stranger": 2}], schema).to_pylist() == [{"n": 1, "s": None}]
    with pytest.raises((ValueError, TypeError)):
        overlay.typed([{"n": "one"}], schema)
    with pytest.raises(ValueError, match="no field b"):
        overlay.typed([{"s": {"b": 1}}], schema)


def test_queries_of_changed_tables_are_called_outdated(folder: Path) -> None:
    known = {"w": query("w", sql=WAREHOUSES), "p": query("p", sql=f"SELECT grantee FROM {PRIVILEGES}")}
    outdated: list[str] = []
    news = News(folder, known, outdated.append)
    news.stop()
    assert news.look() == frozenset()
    overlay.write(folder, {"system.compute.warehouses": Beside(({"warehouse_id": "c"},))})
    news.tell(news.look())
    assert outdated == ["w"]
    assert news.look() == frozenset()
    overlay.write(folder, {PRIVILEGES: Beside()})
    news.tell(news.look())
    assert outdated == ["w", "p"]
    overlay.clear(folder)
    assert news.look() == {"system.compute.warehouses", PRIVILEGES}


def test_what_stands_there_at_the_start_outdates_what_was_read_before_and_nothing_since(folder: Path) -> None:
    overlay.write(folder, {"system.compute.warehouses": Beside(({"warehouse_id": "c"},))})
    outdated: list[str] = []
    news = News(folder, {"w": query("w", sql=WAREHOUSES)}, outdated.append)
    news.stop()
    assert outdated == ["w"]  # now, before anybody asks
    assert news.look() == frozenset()


def test_the_same_rows_written_again_are_no_change(folder: Path) -> None:
    rows = {"system.compute.warehouses": Beside(({"warehouse_id": "c"},), (Gone((("warehouse_id", "d"),)),))}
    overlay.write(folder, rows)
    stamp, files = overlay.stamp(folder), overlay.listed(folder)
    overlay.write(folder, rows)
    assert (overlay.stamp(folder), overlay.listed(folder)) == (stamp, files)
    overlay.write(folder, rows | {PRIVILEGES: Beside()})
    assert overlay.stamp(folder) != stamp
    assert overlay.listed(folder)["system.compute.warehouses"] == files["system.compute.warehouses"]


def test_every_query_can_be_read_through_views() -> None:
    """Whatever a question reads may have an overlay: the text with views is DuckDB's SQL as well."""
    from queries.lineage import tables_read

    for one in catalogue().values():
        text, names = to_duckdb(one.sql, tables_read(one.sql))
        assert names == to_duckdb(one.sql)[1]
        assert "sys." not in text
