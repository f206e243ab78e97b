"""What an answer covers: how far its source tables reach, what was cut, what the account lacks."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pytest

from queries import schema
from queries.catalogue import catalogue
from queries.lineage import tables_read, tables_read_with
from tests.warehouse.fakes import START, House, query, rows
from warehouse import reach
from warehouse.cache import Result
from warehouse.coverage import UNKNOWN, Coverage
from warehouse.interface import ask
from warehouse.reach import Reach, coverage

USAGE, RUNS, EVENTS = "system.billing.usage", "system.lakeflow.job_run_timeline", "system.compute.warehouse_events"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LONG = dict.fromkeys(schema.facts(), START - 390 * DAY)
NOW = dict.fromkeys(schema.facts(), START - HOUR / 2)
FULL = Reach(LONG, NOW, START)
SQL = "SELECT n FROM {} WHERE usage_date >= :start AND usage_date < :end"


def covered(
    known: Reach | None = FULL, *, read_at: dt.datetime = START, notes: tuple[str, ...] = (), **given: Any
) -> Coverage:
    table, params = given.pop("table", USAGE), {"start": dt.date(2026, 2, 1), "end": dt.date(2026, 3, 1)}
    params |= given.pop("params", {})
    asked = query("a", sql=SQL.format(table))
    for name, value in given.items():
        object.__setattr__(asked, name, value)
    return coverage(asked, params, Result(rows(), read_at, 1.0, notes), known)


def test_an_answer_within_its_tables_is_whole() -> None:
    assert covered() == Coverage(dt.datetime(2026, 2, 1, tzinfo=dt.UTC), dt.datetime(2026, 3, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("params", "look_back", "whole"),
    [
        ({}, 0, True),
        ({}, 10, True),
        ({}, 11, False),
        ({"start": dt.date(2026, 1, 21)}, 0, False),
        ({"previous": dt.date(2026, 1, 21)}, 0, False),
        ({"previous": dt.date(2026, 1, 22)}, 0, True),
    ],
)
def test_a_table_younger_than_the_window_is_a_gap(params: dict[str, Any], look_back: int, whole: bool) -> None:
    known = Reach({**LONG, USAGE: dt.datetime(2026, 1, 22, 9, tzinfo=dt.UTC)}, NOW, START)
    found = covered(known, params=params, look_back=look_back * DAY)
    assert found.complete is whole
    assert whole or f"{USAGE} begins on 2026-01-22" in found.gaps[0]
    assert whole or found.since == dt.datetime(2026, 1, 22, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(("behind", "whole"), [(0, True), (35, True), (37, False), (24 * 30, False)])
def test_a_table_that_stopped_is_a_gap_and_usual_lag_is_none(behind: int, whole: bool) -> None:
    end = {"end": dt.date(2026, 3, 2)}
    found = covered(Reach(LONG, {**NOW, USAGE: START - behind * HOUR}, START), params=end)
    assert found.complete is whole
    assert found.until == START - behind * HOUR  # a full hour
    assert not found.holds(START - DAY, START) or behind == 0


def test_what_nobody_wrote_in_seven_days_has_stopped() -> None:
    found = covered(Reach(LONG, {**NOW, USAGE: None}, START))
    assert (found.complete, found.until) == (False, START - reach.LOOKED)


def test_a_window_that_ends_before_the_newest_row_is_whole() -> None:
    stopped = Reach(LONG, {**NOW, USAGE: dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)}, START)
    assert covered(stopped).complete
    assert covered(stopped, params={"end": dt.date(2026, 2, 28)}).until == dt.datetime(2026, 2, 28, tzinfo=dt.UTC)


def test_older_rows_speak_of_less() -> None:
    """Rows read yesterday do not know what the table knows today."""
    found = covered(read_at=START - DAY, params={"end": dt.date(2026, 3, 2)})
    assert found.until == (START - DAY - HOUR).replace(minute=0)


def test_silence_of_events_is_normal_and_emptiness_is_not() -> None:
    end = {"end": dt.date(2026, 3, 2)}
    assert covered(Reach(LONG, {**NOW, EVENTS: None}, START), table=EVENTS, params=end).complete
    empty = covered(Reach({**LONG, EVENTS: None}, {**NOW, EVENTS: None}, START), table=EVENTS, params=end)
    assert empty.gaps == (f"{EVENTS} has no rows yet: what is not in it may still have happened.",)


def test_until_it_is_known_an_answer_is_not_whole() -> None:
    assert covered(Reach()).gaps == (UNKNOWN,)
    assert covered(None).complete  # nobody asks how far the tables reach
    assert covered(Reach(), table="system.lakeflow.jobs").complete  # the state of now has no span


def test_what_was_left_out_is_a_gap_once() -> None:
    note = f"{USAGE} is not in this account, or not visible to the app: left out."
    assert covered(Reach({**LONG, USAGE: None}, NOW, START), notes=(note,)).gaps == (note,)


def test_only_evidence_decides() -> None:
    young = Reach({**LONG, RUNS: START - DAY}, NOW, START)
    both = f"SELECT n FROM {USAGE} JOIN {RUNS} USING (workspace_id) WHERE usage_date >= :start"
    assert not covered(young, sql=both).complete
    assert covered(young, sql=both, evidence=frozenset({USAGE})).complete


def test_a_table_that_the_parameters_switch_off_is_not_read() -> None:
    sql = catalogue()["finops.spend_by_day"].sql
    net = tables_read_with(sql, {"basis": "net"})
    assert net == tables_read(sql) - {"system.billing.list_prices"}
    assert tables_read_with(sql, {"basis": "list"}) == tables_read(sql) - {"system.billing.account_prices"}


def moments(column: str, known: dict[str, dt.datetime]) -> pa.Table:
    return pa.table(
        {
            "table_name": list(known),
            column: pa.array(list(known.values()), pa.timestamp("us", tz="UTC")),
        }
    )


def test_the_reader_asks_behind_the_first_answer_and_then_knows() -> None:
    window = MappingProxyType({"start": "date", "end": "date"})
    span, lag = (catalogue()[name] for name in reach.QUESTIONS)
    young = {**LONG, USAGE: START - 5 * DAY}
    house = House(
        query("a", sql=SQL.format(USAGE), params=window),
        span,
        lag,
        **{"a": rows(), span.name: moments("oldest", young), lag.name: moments("newest", NOW)},
    )
    question = ask("a", start=dt.date(2026, 2, 1), end=dt.date(2026, 3, 1))
    first = house.reader.submit(question)
    house.pool.waiting.popleft()()
    assert first.result(0).coverage.gaps == (UNKNOWN,)
    assert first.result(0).notes == ()  # unknown is said where it matters, not under every figure
    house.pool.run()
    second = house.reader.peek(question)
    assert second is not None
    assert second.coverage.gaps == second.notes
    assert f"{USAGE} begins on 2026-02-24" in second.notes[0]
    assert [call.tags["query"] for call in house.fake.calls] == ["a", span.name, lag.name]
    house.reader.reread(question)
    house.pool.run()
    assert house.fake.asked(span.name) == 1


def test_both_questions_know_every_fact_table_that_is_read() -> None:
    told = [name for name in catalogue() if name not in reach.QUESTIONS]
    read = frozenset().union(*(tables_read(catalogue()[name].sql) for name in told)) & schema.facts().keys()
    for name in reach.QUESTIONS:
        assert tables_read(catalogue()[name].sql) == read
        assert catalogue()[name].optional == read  # one that is not there must not hide the others
