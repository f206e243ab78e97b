"""Accounts whose tables lack what is newer than late 2025: everything else is answered, and what is missing is said."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from sqlglot import exp

from bench.typical import params
from queries import schema
from queries.adapt import without
from queries.catalogue import Query, catalogue
from queries.kinds import Param
from queries.lineage import columns_read, tables_read, tables_read_with
from queries.typed import parse
from tests.support.tiers import deep
from warehouse.dialect import INFORMATION, duckdb_type, to_duckdb
from warehouse.embedded import Embedded
from warehouse.execute import QueryRunner
from warehouse.features import COLUMNS_QUERY, Features

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
GATEWAY = "system.ai_gateway.usage"
RECENT = sorted(f"{name}.{column}" for name, table in schema.tables().items() for column in table.recent)
NAMES = sorted(catalogue())
ONE: dict[str, Param] = {"workspace_id": "1", "job_id": "2", "run_id": "3"}


def account(path: Path, missing: Collection[str], listed: bool = True) -> None:
    """Empty tables without the ``missing`` tables and columns; the metastore's column list may be empty."""
    with duckdb.connect(str(path)) as connection:
        made, told = set(), []
        for name, table in schema.tables().items():
            _, folder, short = name.split(".")
            place = INFORMATION if folder == "information_schema" else folder
            columns = {column: kind for column, kind in table.columns.items() if f"{name}.{column}" not in missing}
            if name in missing or not columns:
                continue
            if place not in made:
                connection.execute(f"CREATE SCHEMA {place}")
                made.add(place)
            fields = ", ".join(f'"{column}" {duckdb_type(kind)}' for column, kind in columns.items())
            connection.execute(f'CREATE TABLE {place}."{short}" ({fields})')
            told += [[folder, short, column, kind.lower()] for column, kind in columns.items()]
        if listed:
            names = ("table_schema", "table_name", "column_name", "full_data_type")
            connection.register("told", pa.Table.from_pylist([dict(zip(names, one, strict=True)) for one in told]))
            connection.execute(
                f"INSERT INTO {INFORMATION}.columns BY NAME SELECT 'system' AS table_catalog, * FROM told"
            )


def answers(path: Path) -> dict[str, str | tuple[str, ...]]:
    """What each question says: the reason it failed for, or what was left out."""
    warehouse = Embedded(path)
    executor = QueryRunner(warehouse, lambda: NOW, 60, "test")
    listing = executor.run(catalogue()[COLUMNS_QUERY], {}, None, None).result
    features = Features(lambda: listing.table if listing else None, lambda: NOW)
    said: dict[str, str | tuple[str, ...]] = {}
    for name in NAMES:
        query = catalogue()[name]
        outcome = executor.run(query, params(query, NOW, dict(ONE)), features, None)
        said[name] = outcome.result.notes if outcome.result else str(outcome.error)
    warehouse.close()
    return said


@pytest.mark.costs("every question against an account")
@pytest.mark.parametrize("listed", [True, deep(False)])
def test_an_older_account_answers_all_but_what_it_has_no_table_for(tmp_path: Path, listed: bool) -> None:
    account(tmp_path / "old.duckdb", {*RECENT, GATEWAY}, listed)
    said = answers(tmp_path / "old.duckdb")
    failed = {name: reason for name, reason in said.items() if isinstance(reason, str)}
    needs = {
        name
        for name in NAMES
        if GATEWAY in tables_read(catalogue()[name].sql) and GATEWAY not in catalogue()[name].optional
    }
    assert failed.keys() == needs and "agentops.services" in needs, failed
    for name, notes in said.items():
        query = catalogue()[name]
        used, tables = columns_read(query.sql), tables_read_with(query.sql, params(query, NOW, dict(ONE)))
        assert used is not None, name
        for column in used & set(RECENT):
            table, _, short = column.rpartition(".")
            if table not in tables:
                continue  # switched off by what was asked for
            assert any(table in note and short in note for note in notes), (name, column)
    assert not any(
        "lakeflow" in note for note in said["finops.spend_tree"]
    )  # it takes the name of a job, nothing recent


@pytest.mark.costs("every question against an account")
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.deep  # that all of them may be missing at once is seen in every run
def test_any_of_the_recent_columns_may_be_missing(tmp_path: Path, seed: int) -> None:
    lacking = set(random.Random(seed).sample(RECENT, len(RECENT) // 2))
    account(tmp_path / "some.duckdb", lacking, listed=False)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{tmp_path / 'some.duckdb'}' AS sys (READ_ONLY)")
        for name in NAMES:
            query = catalogue()[name]
            sql, wanted = to_duckdb(without(query.sql, lacking & query.optional))
            given = {key: value for key, value in params(query, NOW, dict(ONE)).items() if key in wanted}
            connection.execute(f"EXPLAIN {sql}", given)


@pytest.mark.parametrize("name", NAMES)
def test_every_recent_column_that_is_read_is_optional(name: str) -> None:
    """Also those that a shared part reads and nobody uses: the engine looks for them all the same."""
    query = catalogue()[name]
    assert recent_of(query) <= query.optional


def recent_of(query: Query) -> set[str]:
    """The recent columns that the statement names."""
    named = {column.name.lower() for column in parse(query.sql).find_all(exp.Column)}
    return {
        f"{table}.{column}"
        for table in tables_read(query.sql) & schema.tables().keys()
        for column in schema.tables()[table].recent
        if column in named and not ambiguous(query, table, column)
    }


def ambiguous(query: Query, table: str, column: str) -> bool:
    """Whether another table read has a column of that name, so that the name alone does not tell."""
    others = tables_read(query.sql) & schema.tables().keys() - {table}
    return any(column in schema.tables()[other].columns for other in others)


def test_a_star_takes_what_the_account_has() -> None:
    sql = "SELECT *, entity_type AS kind FROM system.access.table_lineage WHERE event_date >= :start"
    fitted = without(sql, {"system.access.table_lineage.direct_access"})
    assert "direct_access" in fitted and "created_by" not in fitted
    assert len(list(parse(fitted).find_all(exp.Star))) == 2
