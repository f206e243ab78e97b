"""Every question says so when its answer is not whole: a table the account lacks, one that is younger than what is asked
for or behind, rows that were cut. (Columns the account lacks: :mod:`tests.queries.test_older_account`.)"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from bench.typical import params
from queries import schema
from queries.catalogue import Query, catalogue
from queries.kinds import COLUMNS, Param
from queries.lineage import tables_read, tables_read_with
from tests.queries.test_older_account import NOW, ONE, account
from tests.support.tiers import deep
from warehouse import execute, reach
from warehouse.cache import Result
from warehouse.dialect import INFORMATION
from warehouse.embedded import Embedded
from warehouse.execute import QueryRunner
from warehouse.features import COLUMNS_QUERY, Features
from warehouse.reach import Reach, coverage, sources

QUERIES = {name: query for name, query in sorted(catalogue().items()) if name not in reach.OF_SOURCES}
KNOWN = schema.tables().keys()
LISTS = "system.information_schema.columns"  # by which the app learns what an account has
TABLES = sorted((frozenset().union(*(tables_read(query.sql) for query in QUERIES.values())) & KNOWN) - {LISTS})
DAY = dt.timedelta(days=1)
LONG = dict.fromkeys(schema.facts(), NOW - 800 * DAY)
FILLED = dict.fromkeys(schema.facts(), NOW)


def typical(query: Query) -> dict[str, Param]:
    return params(query, NOW, dict(ONE))


def empty(query: Query) -> Result:
    return Result(pa.table({name: pa.array([], COLUMNS[kind]) for name, kind in query.columns.items()}), NOW, 1.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An account that has every table."""
    path: Path = tmp_path_factory.mktemp("whole") / "whole.duckdb"
    account(path, ())
    return path


def lose(path: Path, table: str) -> None:
    """The account has it no more."""
    _, folder, short = table.split(".")
    place = INFORMATION if folder == "information_schema" else folder
    with duckdb.connect(str(path)) as connection:
        connection.execute(f'DROP TABLE {place}."{short}"')
        listed = f"DELETE FROM {INFORMATION}.columns WHERE table_schema = ? AND table_name = ?"
        connection.execute(listed, [folder, short])


@pytest.mark.parametrize("most", [3, deep(len(QUERIES))])
@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_the_account_lacks_is_said(table: str, most: int, whole: Path, tmp_path: Path) -> None:
    shutil.copy(whole, tmp_path / "lacking.duckdb")
    lose(tmp_path / "lacking.duckdb", table)
    warehouse = Embedded(tmp_path / "lacking.duckdb")
    runner = QueryRunner(warehouse, lambda: NOW, 60, "test")
    listing = runner.run(catalogue()[COLUMNS_QUERY], {}, None, None).result
    features = Features(lambda: listing.table if listing else None, lambda: NOW)
    reading = [name for name, query in QUERIES.items() if table in tables_read_with(query.sql, typical(query))]
    for name in reading[:most]:
        query = QUERIES[name]
        outcome = runner.run(query, typical(query), features, None)
        said = " ".join(outcome.result.notes) if outcome.result else str(outcome.error)
        assert table.rpartition(".")[2] in said, (name, said)  # the engine names it by its last part
        if outcome.result:
            assert not coverage(query, typical(query), outcome.result, Reach(LONG, FILLED, NOW)).complete, name
    warehouse.close()


@pytest.mark.parametrize("name", QUERIES)
def test_a_whole_answer_is_whole(name: str) -> None:
    query = QUERIES[name]
    assert coverage(query, typical(query), empty(query), Reach(LONG, FILLED, NOW)).complete


@pytest.mark.parametrize("name", QUERIES)
def test_a_table_younger_than_what_is_asked_for_is_said(name: str) -> None:
    query = QUERIES[name]
    for table in sources(query, typical(query)):
        begun = NOW - DAY / 2
        found = coverage(query, typical(query), empty(query), Reach({**LONG, table: begun}, FILLED, NOW))
        assert any(table in gap for gap in found.gaps) or (found.since is not None and found.since >= begun), (
            name,
            table,
        )


@pytest.mark.parametrize("name", QUERIES)
def test_a_table_that_is_behind_is_said(name: str) -> None:
    query = QUERIES[name]
    for table in sources(query, typical(query)):
        lag = schema.tables()[table].usual_lag
        if lag is None:
            continue  # its silence is normal
        last = NOW - lag - 2 * DAY
        found = coverage(query, typical(query), empty(query), Reach(LONG, {**FILLED, table: last}, NOW))
        assert any(table in gap for gap in found.gaps), (name, table)
        assert found.until is not None and found.until <= last


@pytest.mark.parametrize("name", QUERIES)
def test_rows_that_were_cut_are_said(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    query = QUERIES[name]
    monkeypatch.setattr(execute, "ROW_CAP", 1)
    two = pa.table({column: pa.nulls(2, COLUMNS[kind]) for column, kind in query.columns.items()})

    class Full:
        """A warehouse that gives two rows where one is kept."""

        def fetch(self, *_: object, **__: object) -> pa.Table:
            return two

    outcome = QueryRunner(Full(), lambda: NOW, 60, "test").run(query, typical(query), None, None)  # type: ignore[arg-type]
    assert outcome.result is not None
    found = coverage(query, typical(query), outcome.result, Reach(LONG, FILLED, NOW))
    assert not found.complete and found.patchy
    assert any("Only the first 1 of 2 rows" in gap for gap in found.gaps)
