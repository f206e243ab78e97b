"""The long form: every question over the whole synthetic organisation, on real Spark and on the embedded lakehouse, and
every construct of the battery asked of Spark anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.chosen import chosen_run
from bench.typical import params
from demo.lakehouse import build
from demo.tables import ABSENT, place
from queries.adapt import without
from queries.catalogue import catalogue
from queries.kinds import Param
from queries.lineage import tables_read
from tests.machine import java_home
from tests.queries.case_files import difference
from tests.queries.spark_engine import Spark, start
from tests.queries.test_battery import ADMITTED, same
from warehouse.embedded import Embedded
from warehouse.normalise import normalise

pytestmark = [pytest.mark.soak, pytest.mark.spark, pytest.mark.xdist_group("spark")]
NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
Both = tuple[Spark, Embedded, dict[str, Param]]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    assert java_home() is not None, "the long form needs a Java 17 or 21"
    made = start(tmp_path_factory.mktemp("spark"))
    made.conf.set("spark.sql.codegen.wholeStage", "true")  # many rows now, not many statements
    made.conf.set("spark.sql.codegen.factoryMode", "FALLBACK")
    yield made
    made.stop()


@pytest.fixture(scope="module", params=[0.1, 1.0])
def both(request: pytest.FixtureRequest, session: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Spark and the embedded lakehouse over the same rows, and a run to look at."""
    folder: Path = tmp_path_factory.mktemp("organisation")
    path = folder / "lakehouse.duckdb"
    build(path, seed=7, scale=request.param, now=NOW)
    spark = Spark(session)
    read = set().union(*(tables_read(query.sql) for query in catalogue().values())) - ABSENT
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table in sorted(read):
            file = folder / f"{table}.parquet"
            connection.execute(f"COPY (SELECT * FROM {place(table)}) TO '{file}' (FORMAT parquet)")
            spark.read(table, file)
    embedded = Embedded(path)
    yield spark, embedded, chosen_run(embedded, NOW)
    embedded.close()


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_both_give_the_same_rows(both: Both, name: str) -> None:
    spark, embedded, chosen = both
    query = catalogue()[name]
    given = params(query, NOW, chosen)
    sql = without(query.sql, query.optional & ABSENT) if query.optional & ABSENT else query.sql
    own = normalise(embedded.fetch(sql, given, tags={}, timeout=600), query.columns)
    found = difference(spark.answer(sql, given, query.columns), own)
    assert not found, found[:3000]


@pytest.mark.parametrize("item", ADMITTED, ids=lambda item: item["name"])
def test_spark_still_says_what_the_battery_says(session: Any, item: dict[str, Any]) -> None:
    rows = [row.asDict(recursive=True) for row in session.sql(item["sql"]).collect()]
    assert len(rows) == len(item["spark_rows"])
    for row, want in zip(rows, item["spark_rows"], strict=True):
        assert same(list(row.values()), want), f"{list(row.values())} instead of {want}"
