"""The reader over the real embedded lakehouse: exact sums, absent parts left out, figures that survive the file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from queries import schema
from queries.catalogue import Query, catalogue
from tests.support.clock import Clock
from tests.warehouse.fakes import START, query
from warehouse.dialect import INFORMATION, duckdb_type
from warehouse.embedded import Embedded
from warehouse.errors import Unreachable
from warehouse.features import COLUMNS_QUERY
from warehouse.interface import ask
from warehouse.open import Deferred
from warehouse.reader import Reader

PRICES = query(
    "prices",
    params={"currency": "text"},
    columns={"source": "text", "price": "money", "at": "time"},
    optional=("system.billing.account_prices",),
    sql="""
    SELECT 'list' AS source, SUM(pricing.default) AS price, MAX(price_start_time) AS at
    FROM system.billing.list_prices WHERE currency_code = :currency
    UNION ALL
    SELECT 'net' AS source, SUM(pricing.default) AS price, MAX(price_start_time) AS at
    FROM system.billing.account_prices WHERE currency_code = :currency
    ORDER BY source
    """,
)
QUESTION = ask("prices", currency="USD")


@pytest.fixture
def lakehouse(tmp_path: Path) -> Path:
    """Two list prices in US dollars and one in euro; no account prices."""
    path = tmp_path / "lakehouse.duckdb"
    kinds = schema.tables()["system.billing.list_prices"].columns
    price = duckdb_type(kinds["pricing"])
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE SCHEMA billing")
        fields = ", ".join(f'"{name}" {duckdb_type(kind)}' for name, kind in kinds.items())
        connection.execute(f"CREATE TABLE billing.list_prices ({fields})")
        connection.execute(
            f"""INSERT INTO billing.list_prices BY NAME
            SELECT currency_code, CAST({{'default': amount}} AS {price}) AS pricing,
                   TIMESTAMPTZ '2026-03-01 12:00:00+00' AS price_start_time
            FROM (VALUES ('USD', 0.1), ('USD', 0.2), ('EUR', 9.0)) AS given(currency_code, amount)"""
        )
    return path


def reader(path: Path, snapshots: Path, clock: Clock, *queries: Query) -> Reader:
    warehouse = Deferred("embedded", lambda: Embedded(path))
    return Reader(warehouse, {q.name: q for q in queries or (PRICES,)}, clock=clock, threads=2, snapshots=snapshots)


def test_figures_survive_the_lakehouse(lakehouse: Path, tmp_path: Path) -> None:
    clock = Clock(START)
    first = reader(lakehouse, tmp_path / "s", clock)
    (answer,) = first.read([QUESTION])
    assert answer.error is None
    assert answer.table is not None
    assert answer.table.to_pylist() == [
        {"source": "list", "price": Decimal("0.3"), "at": START},
        {"source": "net", "price": None, "at": None},
    ]
    assert answer.notes == (
        "system.billing.account_prices is not in this account, or not visible to the app: left out.",
    )
    settled(first)
    first.close()
    lakehouse.unlink()
    clock.forward(3600)
    second = reader(lakehouse, tmp_path / "s", clock)
    (kept,) = second.read([QUESTION])
    assert (kept.state, kept.table, kept.notes, kept.read_at) == ("stale", answer.table, answer.notes, START)
    settled(second)
    assert isinstance(second.peek(QUESTION).error, Unreachable)  # type: ignore[union-attr]
    second.close()


def settled(reading: Reader) -> None:
    """Wait until the pool has nothing left to do, snapshots included."""
    reading._pool.shutdown(wait=True)


def test_a_missing_required_table_is_an_answer(lakehouse: Path, tmp_path: Path) -> None:
    strict = query("prices", params=PRICES.params, columns=PRICES.columns, sql=PRICES.sql)
    reading = reader(lakehouse, tmp_path / "s", Clock(START), strict)
    (answer,) = reading.read([QUESTION])
    assert (answer.state, type(answer.error).__name__) == ("failed", "NotThere")
    reading.close()


def test_the_column_list_spares_the_failing_statement(lakehouse: Path, tmp_path: Path) -> None:
    present = schema.tables()["system.billing.list_prices"].columns
    kinds = schema.tables()["system.information_schema.columns"].columns
    with duckdb.connect(str(lakehouse)) as connection:
        connection.execute(f"CREATE SCHEMA {INFORMATION}")
        fields = ", ".join(f'"{name}" {duckdb_type(kind)}' for name, kind in kinds.items())
        connection.execute(f"CREATE TABLE {INFORMATION}.columns ({fields})")
        connection.executemany(
            f"""INSERT INTO {INFORMATION}.columns (table_catalog, table_schema, table_name, column_name, full_data_type)
            VALUES ('system', 'billing', 'list_prices', ?, ?)""",
            [[name, kind.lower()] for name, kind in present.items()],
        )
    reading = reader(lakehouse, tmp_path / "s", Clock(START), PRICES, catalogue()[COLUMNS_QUERY])
    (answer,) = reading.read([QUESTION])
    assert (answer.state, len(answer.notes)) == ("fresh", 1)
    figures = reading.figures()
    assert (figures.executions, figures.failures) == (2, 0)  # the list and the question, each once
    reading.close()
