"""What an account lacks is left out and said; what is not known to be lacking is asked for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from tests.support.clock import Clock
from tests.warehouse.fakes import PATIENCE, START, House, query, rows
from warehouse import execute
from warehouse.errors import NoGrant, NotThere, Unreachable
from warehouse.features import COLUMNS_QUERY, Features, absent, by_table, named_by
from warehouse.interface import Answer, ask
from warehouse.left_out import left_out

LISTED = {"table_schema": "text", "table_name": "text", "column_name": "text", "full_data_type": "text"}
DETECT = query(COLUMNS_QUERY, columns=LISTED, sql="SELECT columns")
PRICES, TIER = "system.billing.account_prices", "system.compute.clusters.tier"


def listed(*columns: tuple[str, str, str, str]) -> pa.Table:
    return pa.table({name: pa.array([row[i] for row in columns], pa.string()) for i, name in enumerate(LISTED)})


SOME = listed(
    ("billing", "usage", "usage_metadata", "struct<job_id:string,notebook:struct<path:string>>"),
    ("compute", "clusters", "cluster_id", "string"),
)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SQL says which parts it goes without, in place of the real rewriting."""
    monkeypatch.setattr(execute, "_adapted", lambda sql, missing: f"{sql} WITHOUT {','.join(sorted(missing))}")


def first(house: House) -> Answer:
    future = house.reader.submit(ask("a"))
    house.pool.run()
    return future.result(0)


def needing(*optional: str) -> tuple[object, ...]:
    return query("a", optional=optional, sql="SELECT n"), query("b", optional=optional), DETECT


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("system.billing.usage", False),
        ("system.Billing.Usage", False),
        ("system.billing.account_prices", True),
        ("system.billing.usage.usage_metadata", False),
        ("system.billing.usage.usage_metadata.job_id", False),
        ("system.billing.usage.usage_metadata.notebook.path", False),
        ("system.billing.usage.usage_metadata.app_id", True),
        ("system.billing.usage.usage_policy", True),
        ("system.unknown.table.column", False),  # an unlisted table is for the engine to judge
    ],
)
def test_absence_is_read_from_the_column_list(name: str, lacking: bool) -> None:
    assert absent(by_table(SOME), [name]) == (frozenset({name}) if lacking else frozenset())
    assert absent({}, [name]) == frozenset()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (PRICES, {PRICES}),
        ("`system`.`billing`.`account_prices`", {PRICES}),
        ("billing.account_prices", {PRICES}),
        ("c.tier", {TIER}),
        ("`c`.`TIER`", {TIER}),
        ("system.billing", {PRICES}),
        ("system.billing.usage", set()),
        ("system.query.history", set()),
    ],
)
def test_the_engines_words_are_matched_to_an_optional_part(said: str, meant: set[str]) -> None:
    assert named_by(said, [PRICES, TIER]) == meant


@pytest.mark.usefixtures("told")
def test_missing_parts_are_left_out_and_noted() -> None:
    house = House(*needing(PRICES, TIER), **{"a": rows(1), "b": rows(1), COLUMNS_QUERY: SOME})  # type: ignore[arg-type]
    answer = first(house)
    assert answer.state == "fresh"
    assert answer.notes == tuple(
        f"{name} is not in this account, or not visible to the app: left out." for name in (PRICES, TIER)
    )
    house.reader.submit(ask("b"))
    house.pool.run()
    assert house.fake.asked(COLUMNS_QUERY) == 1
    assert house.fake.calls[1].sql == f"SELECT n WITHOUT {PRICES},{TIER}"
    assert house.fake.calls[0].timeout < house.fake.calls[1].timeout
    assert house.reader.figures().queries[COLUMNS_QUERY].executions == 1


@pytest.mark.usefixtures("told")
def test_a_query_without_optional_parts_needs_no_list() -> None:
    house = House(query("a"), DETECT, a=rows(1))
    assert first(house).state == "fresh"
    assert [call.tags["query"] for call in house.fake.calls] == ["a"]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("list_of_columns", [Unreachable(), listed(), None])
def test_without_a_list_the_engine_teaches_what_is_missing(list_of_columns: object) -> None:
    queries = needing(PRICES, TIER)[: 3 if list_of_columns is not None else 2]
    house = House(*queries, **{COLUMNS_QUERY: list_of_columns})  # type: ignore[arg-type]
    answers = iter([NotThere("billing.account_prices"), NotThere("c.tier"), rows(1)])
    house.fake.answers["a"] = lambda: next(answers)
    answer = first(house)
    assert answer.state == "fresh"
    assert len(answer.notes) == 2
    assert [call.sql for call in house.fake.calls if call.tags["query"] == "a"] == [
        "SELECT n",
        f"SELECT n WITHOUT {PRICES}",
        f"SELECT n WITHOUT {PRICES},{TIER}",
    ]
    if list_of_columns is not None:  # learned for the next query
        house.fake.answers["b"] = rows(1)
        house.reader.submit(ask("b"))
        house.pool.run()
        assert house.fake.calls[-1].sql.endswith(f"WITHOUT {PRICES},{TIER}")


@pytest.mark.usefixtures("told")
def test_where_each_table_stands_alone_one_that_is_refused_hides_no_other() -> None:
    name, refusal = "platform.source_rows", NoGrant("system.billing.account_prices", "GRANT …")
    house = House(query(name, optional=(PRICES, TIER), sql="SELECT n"), query("a", optional=(PRICES,)))
    answers = iter([refusal, rows(1), rows(2)])
    house.fake.answers |= {name: lambda: next(answers), "a": refusal}
    future = house.reader.submit(ask(name))
    house.pool.run()
    answer = future.result(0)
    assert answer.state == "fresh" and answer.notes == (f"{PRICES} is refused to the app: left out.",)
    assert left_out(answer.notes) == {PRICES: "refused"}
    assert isinstance(first(house).error, NoGrant)  # any other question comes with the grant that mends it
    house.reader.reread(ask(name))
    house.pool.run()
    assert [call.sql for call in house.fake.calls if call.tags["query"] == name][
        -1
    ] == "SELECT n"  # it may be granted now


@pytest.mark.usefixtures("told")
def test_a_refusal_of_something_else_is_not_taken_for_a_table() -> None:
    name = "platform.source_rows"
    house = House(query(name, optional=(PRICES,)))
    house.fake.answers[name] = NoGrant("the SQL warehouse", "CAN USE")
    future = house.reader.submit(ask(name))
    house.pool.run()
    assert isinstance(future.result(0).error, NoGrant) and house.fake.asked(name) == 1


@pytest.mark.usefixtures("told")
def test_a_required_part_that_is_missing_fails() -> None:
    house = House(query("a", optional=(TIER,)), a=NotThere(PRICES))
    answer = first(house)
    assert isinstance(answer.error, NotThere)
    assert house.fake.asked("a") == 1


@pytest.mark.usefixtures("told")
def test_an_engine_that_repeats_itself_is_not_asked_for_ever() -> None:
    house = House(query("a", optional=(PRICES,)))
    answers = iter([NotThere(PRICES), NotThere(PRICES), rows(1)])
    house.fake.answers["a"] = lambda: next(answers)
    assert isinstance(first(house).error, NotThere)
    assert house.fake.asked("a") == 2


def test_an_empty_list_says_nothing_and_is_read_again_soon() -> None:
    clock, readings = Clock(START), iter([listed(), SOME])
    features = Features(lambda: next(readings), clock)
    assert features.missing(frozenset({PRICES})) == frozenset()
    clock.forward(300)
    assert features.missing(frozenset({PRICES})) == {PRICES}


def test_the_list_is_kept_half_a_day_and_a_failure_five_minutes() -> None:
    clock, readings = Clock(START), iter([None, SOME, SOME, SOME])
    count = 0

    def detect() -> pa.Table | None:
        nonlocal count
        count += 1
        return next(readings)

    features = Features(detect, clock)
    optional = frozenset({PRICES})
    assert features.missing(optional) == frozenset()
    features.learn(frozenset({PRICES}))
    assert features.missing(optional) == optional
    clock.forward(299)
    assert features.missing(frozenset({TIER})) == frozenset()
    assert count == 1
    clock.forward(1)
    assert features.missing(frozenset({TIER})) == {TIER}
    clock.forward(12 * 3600 - 1)
    features.missing(optional)
    assert count == 2
    clock.forward(1)
    features.missing(optional)
    assert count == 3
    features.forget()
    features.missing(optional)
    assert count == 4


def test_all_who_need_the_list_wait_for_one_reading() -> None:
    entered, opened, readings = threading.Event(), threading.Event(), []

    def detect() -> pa.Table:
        readings.append(1)
        entered.set()
        assert opened.wait(PATIENCE)
        return SOME

    features = Features(detect, Clock(START))
    with ThreadPoolExecutor(8) as crowd:
        waiting = [crowd.submit(features.missing, frozenset({PRICES})) for _ in range(8)]
        assert entered.wait(PATIENCE)
        opened.set()
        assert {future.result(PATIENCE) for future in waiting} == {frozenset({PRICES})}
    assert len(readings) == 1


def test_refreshing_everything_reads_the_list_again() -> None:
    house = House(*needing("system.billing.usage"), **{"a": rows(1), COLUMNS_QUERY: SOME})  # type: ignore[arg-type]
    first(house)
    house.reader.invalidate("a")
    first(house)
    assert house.fake.asked(COLUMNS_QUERY) == 1
    house.reader.invalidate()
    first(house)
    assert house.fake.asked(COLUMNS_QUERY) == 2
