"""The bounds in time reach the scans: in the plan of every question each read of a table that grows is limited where it
is read, so that the engine passes over the partitions of other days."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.chosen import chosen_run
from bench.typical import params
from demo.tables import ABSENT, place
from queries import schema
from queries.adapt import without
from queries.catalogue import Query, catalogue
from queries.kinds import Param
from queries.lineage import tables_read
from queries.typed import parse
from tests.lakehouses import lakehouse
from warehouse.dialect import CATALOG, to_duckdb
from warehouse.embedded import Embedded

pytestmark = pytest.mark.xdist_group("organisation")
NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
FACTS = schema.facts()
NAMES = sorted(name for name, query in catalogue().items() if tables_read(query.sql) & FACTS.keys())
Planned = tuple[duckdb.DuckDBPyConnection, Mapping[str, Param]]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    """The small organisation, and in each table a row long before and one long after all others: no bound holds by itself."""
    small = lakehouse(tmp_path_factory, tmp_path_factory.mktemp("plans") / "lakehouse.duckdb", NOW)
    asked = Embedded(small)
    chosen = chosen_run(asked, NOW)
    asked.close()
    wide = Path(shutil.copy(small, small.with_name("wide.duckdb")))
    with duckdb.connect(str(wide)) as connection:
        for table, column in FACTS.items():
            if table not in ABSENT:
                connection.execute(f"INSERT INTO {place(table)} ({column}) VALUES ('1990-01-01'), ('2090-01-01')")
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = 'UTC'; ATTACH '{wide}' AS {CATALOG} (READ_ONLY)")
        yield connection, chosen


def scans(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each table that the plan reads, and what the scan itself leaves out."""
    said = node.get("extra_info", {})
    if "Table" in said:
        yield "system." + ".".join(said["Table"].split(".")[-2:]), str(said.get("Filters", ""))
    for child in node.get("children", ()):
        yield from scans(child)


def unbounded(planned: Planned, query: Query, sql: str) -> list[str]:
    """The scans of tables that grow which read all there is; all of them where the plan shows none."""
    connection, chosen = planned
    lacks = query.optional & ABSENT
    text, names = to_duckdb(without(sql, lacks) if lacks else sql)
    given = {name: value for name, value in params(query, NOW, dict(chosen)).items() if name in names}
    found = connection.execute(f"EXPLAIN (FORMAT json) {text}", given).fetchall()
    read = [one for _, plan in found for root in json.loads(plan) for one in scans(root) if one[0] in FACTS]
    return [table for table, kept in read if not re.search(rf"\b{FACTS[table]}\b[^<=]*>", kept)]


@pytest.mark.parametrize("name", NAMES)
def test_every_scan_of_a_table_that_grows_is_bounded(planned: Planned, name: str) -> None:
    assert unbounded(planned, catalogue()[name], catalogue()[name].sql) == []


def test_a_bound_that_does_not_reach_the_scan_is_seen(planned: Planned) -> None:
    query = catalogue()["finops.spend_by_day"]
    late = query.sql.replace("usage_date >= :start AND", "usage_date + INTERVAL 0 DAY >= :start AND")
    assert late != query.sql and parse(late)
    assert unbounded(planned, query, late.replace("usage_date < :end", "true")) != []
