"""Every question over every kind of incomplete reading: a younger table, missing hours, a cut, an absent part."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from bench.typical import params
from queries import schema
from queries.catalogue import Query, catalogue
from queries.kinds import COLUMNS, Param
from queries.lineage import columns_read, tables_read, tables_read_with
from tests.support.clock import Clock
from tests.warehouse.fakes import START, Fake
from warehouse import reach
from warehouse.cache import Result
from warehouse.coverage import Coverage
from warehouse.errors import NotThere
from warehouse.execute import ROW_CAP, QueryRunner
from warehouse.features import Features
from warehouse.reach import Reach, coverage

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ONE: dict[str, Param] = {"workspace_id": "1", "job_id": "2", "run_id": "3"}
ASKED = [query for name, query in sorted(catalogue().items()) if name not in reach.OF_SOURCES]
LONG = dict.fromkeys(schema.facts(), NOW - 390 * DAY)
FRESH = dict.fromkeys(schema.facts(), NOW - dt.timedelta(minutes=30))


def given(query: Query) -> dict[str, Param]:
    return params(query, NOW, dict(ONE))


def evidence(query: Query) -> list[str]:
    read = tables_read_with(query.sql, given(query)) & schema.facts().keys()
    return sorted(read & query.evidence if query.evidence else read)


IN_TIME = [query for query in ASKED if evidence(query) and "start" in query.params]
EACH = [pytest.param(query, id=query.name) for query in IN_TIME]
ALL = [pytest.param(query, id=query.name) for query in ASKED]


def covered(query: Query, known: Reach) -> Coverage:
    return coverage(query, given(query), Result(rows(query, 0), NOW, 1.0), known)


def rows(query: Query, count: int) -> pa.Table:
    return pa.table({name: pa.nulls(count, COLUMNS[kind]) for name, kind in query.columns.items()})


def test_nearly_every_question_rests_on_facts() -> None:
    others = [query for query in ASKED if query not in IN_TIME]
    assert len(IN_TIME) >= 10 * len(others)
    for query in others:  # they read the state of now
        assert not tables_read(query.sql) & schema.facts().keys(), query.name


@pytest.mark.parametrize("query", EACH)
def test_a_younger_table_is_said_and_a_whole_one_is_whole(query: Query) -> None:
    longest = Reach({name: at - 1000 * DAY for name, at in LONG.items()}, FRESH, NOW)
    assert covered(query, longest).complete
    for table in evidence(query):
        young = covered(query, Reach({**LONG, table: NOW - 5 * DAY}, FRESH, NOW))
        assert any(table in gap and "2026-02-24" in gap for gap in young.gaps), table
        assert young.since is not None and young.since >= NOW - 5 * DAY
        assert any(table in gap for gap in covered(query, Reach({**LONG, table: None}, FRESH, NOW)).gaps)


@pytest.mark.parametrize("query", EACH)
def test_missing_hours_are_said(query: Query) -> None:
    steady = [table for table in evidence(query) if schema.tables()[table].usual_lag is not None]
    assert steady
    for table in steady:
        stopped = covered(query, Reach(LONG, {**FRESH, table: NOW - 6 * DAY}, NOW))
        assert any(table in gap and "2026-02-23 12:00" in gap for gap in stopped.gaps), table
        assert stopped.until == NOW - 6 * DAY
        assert not covered(query, Reach(LONG, {**FRESH, table: None}, NOW)).complete


class Answering(Fake):
    """Raises each of ``absent`` once, then gives ``table``."""

    def __init__(self, name: str, table: pa.Table, absent: list[str]) -> None:
        waiting: list[Any] = [NotThere(one) for one in absent]
        super().__init__(**{name: lambda: waiting.pop(0) if waiting else table})


def run(query: Query, table: pa.Table, *absent: str) -> tuple[str, ...]:
    executor = QueryRunner(Answering(query.name, table, list(absent)), Clock(START), 60, "test")
    outcome = executor.run(query, given(query), Features(lambda: None, Clock(START)), None)
    assert outcome.result is not None, outcome.error
    return outcome.result.notes


@pytest.mark.parametrize("query", ALL)
def test_a_cut_answer_says_how_many_rows_there_are(query: Query) -> None:
    assert f"of {ROW_CAP + 7:,} rows" in run(query, rows(query, ROW_CAP + 7))[0]
    assert run(query, rows(query, 3)) == ()


@pytest.mark.parametrize("query", [pytest.param(query, id=query.name) for query in ASKED if query.optional])
def test_what_the_account_lacks_is_said_where_the_answer_rests_on_it(query: Query) -> None:
    used = columns_read(query.sql) or frozenset()
    read = tables_read_with(query.sql, given(query))
    for name in sorted(query.optional):
        parts = name.split(".")
        rests = ".".join(parts[:3]) in read and (len(parts) == 3 or ".".join(parts[:4]) in used)
        assert any(note.startswith(name) for note in run(query, rows(query, 1), name)) is rests, name
