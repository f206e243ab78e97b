"""A table whose name the account chooses: asked for by that name, absent where there is none, and refused by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pytest

from queries import own_tables
from queries.catalogue import catalogue
from queries.grants import mending
from warehouse.errors import NoGrant, NotThere
from warehouse.execute import QueryRunner
from warehouse.features import absent

QUERY, VIEW = "agentops.judged_answers", "main.agents.my-bot_trace_unified"
QUOTED = "`main`.`agents`.`my-bot_trace_unified`"
GIVEN = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 1, 9)}


@pytest.fixture(autouse=True)
def named() -> Iterator[None]:
    own_tables.name_traces(VIEW)
    yield
    own_tables.name_traces("")


class Asked:
    """A warehouse that keeps what it is sent and has an answer of no rows, once ``first`` was raised."""

    name = "asked"

    def __init__(self, first: Exception | None = None) -> None:
        self.sent: list[str] = []
        self._first = first

    def fetch(self, sql: str, params: Mapping[str, Any], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        self.sent.append(sql)
        if self._first is not None:
            first, self._first = self._first, None
            raise first
        kinds = {"count": pa.int64(), "date": pa.date32()}
        columns = catalogue()[QUERY].columns
        return pa.table({name: pa.array([], kinds.get(kind, pa.string())) for name, kind in columns.items()})

    def prepare(self) -> None: ...

    def close(self) -> None: ...


def run(warehouse: Asked) -> Any:
    runner = QueryRunner(warehouse, lambda: dt.datetime(2026, 1, 9, tzinfo=dt.UTC), 5, "test")
    return runner.run(catalogue()[QUERY], GIVEN, None, None)


def test_the_engine_gets_the_name_of_the_account_each_part_quoted() -> None:
    warehouse = Asked()
    assert run(warehouse).error is None
    assert f"FROM {QUOTED}" in warehouse.sent[0] and own_tables.TRACES not in warehouse.sent[0]


def test_without_a_name_the_stand_in_is_asked_for() -> None:
    own_tables.name_traces("")
    warehouse = Asked()
    run(warehouse)
    assert f"FROM {own_tables.TRACES}" in warehouse.sent[0]


def test_a_view_that_is_gone_leaves_an_answer_without_it() -> None:
    warehouse = Asked(NotThere(VIEW))
    found = run(warehouse)
    assert found.error is None and len(warehouse.sent) == 2 and QUOTED not in warehouse.sent[1]
    assert found.result.notes == (f"{own_tables.TRACES} is not in this account, or not visible to the app: left out.",)


def test_a_refusal_says_the_name_that_a_grant_needs() -> None:
    error = run(Asked(NoGrant(VIEW, "GRANT SELECT"))).error
    assert isinstance(error, NoGrant) and error.securable == VIEW
    assert f"GRANT SELECT ON TABLE {QUOTED} TO `app`;" in mending(own_tables.TRACES, "app")


def test_no_list_of_system_tables_tells_whether_it_is_there() -> None:
    listed = {"mlflow.runs_latest": {"run_id": "string"}}
    assert absent(listed, [own_tables.TRACES]) == frozenset()
    own_tables.name_traces("")
    assert absent(listed, [own_tables.TRACES]) == {own_tables.TRACES}
