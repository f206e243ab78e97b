"""The long form: every question over the whole synthetic organisation, on real Spark and on the embedded lakehouse, whether
its bounds in time reach Spark's scans, and every construct of the battery asked of Spark anew."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.chosen import chosen_run
from bench.typical import params
from demo.lakehouse import build
from demo.tables import ABSENT, place
from queries import schema
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
FACTS = schema.facts()
SINCE = r"GreaterThan(OrEqual)?\({0},|\b{0}#\d+ >"  # of rows, of partitions
SCAN = re.compile(
    r"Location: [^,]*/(system\.[\w.]+)\.parquet\], PartitionFilters: \[(.*?)\], PushedFilters: \[(.*?)\], ReadSchema"
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    assert java_home() is not None, "the long form needs a Java 17 or 21"
    made = start(tmp_path_factory.mktemp("spark"))
    made.conf.set("spark.sql.codegen.wholeStage", "true")  # many rows now, not many statements
    made.conf.set("spark.sql.codegen.factoryMode", "FALLBACK")
    made.conf.set("spark.sql.maxMetadataStringLength", "100000")  # plans are read
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


def all_days(spark: Spark, sql: str, given: dict[str, Param]) -> list[str]:
    """The tables that grow of which a scan passes over no partition and no group of rows by their time."""
    plan: Any = spark.frame(sql, given)._jdf.queryExecution().executedPlan()
    scans = [(table, f"{parts} {rows}") for table, parts, rows in SCAN.findall(plan.toString())]
    assert scans, "a plan that reads nothing"
    return [table for table, kept in scans if table in FACTS and not re.search(SINCE.format(FACTS[table]), kept)]


@pytest.mark.parametrize("name", sorted(name for name in catalogue() if tables_read(catalogue()[name].sql) & {*FACTS}))
def test_bounds_in_time_reach_the_scans_of_spark(both: Both, name: str) -> None:
    spark, _, chosen = both
    query = catalogue()[name]
    lacks = query.optional & ABSENT
    assert all_days(spark, without(query.sql, lacks) if lacks else query.sql, params(query, NOW, chosen)) == []


def test_a_bound_that_does_not_reach_the_scan_is_seen(both: Both) -> None:
    spark, _, chosen = both
    query = catalogue()["finops.spend_by_day"]
    late = query.sql
    for bound in (">= :start", "< :end"):
        late = late.replace(f"usage_date {bound}", f"date_add(usage_date, 0) {bound}")
    assert late != query.sql and all_days(spark, late, params(query, NOW, chosen)) == ["system.billing.usage"]


@pytest.mark.parametrize("item", ADMITTED, ids=lambda item: item["name"])
def test_spark_still_says_what_the_battery_says(session: Any, item: dict[str, Any]) -> None:
    rows = [row.asDict(recursive=True) for row in session.sql(item["sql"]).collect()]
    assert len(rows) == len(item["spark_rows"])
    for row, want in zip(rows, item["spark_rows"], strict=True):
        assert same(list(row.values()), want), f"{list(row.values())} instead of {want}"
