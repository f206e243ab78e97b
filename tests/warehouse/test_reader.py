"""What a question gets: fresh, stale, failed; when it is asked again; and what is refused."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from tests.warehouse.fakes import START, House, query, rows
from warehouse.errors import BadValue, Failed, NoGrant, NotThere, Throttled, Unreachable
from warehouse.execute import ROW_CAP
from warehouse.flights import MISS_PAUSE, REFRESH_PAUSE
from warehouse.interface import Answer, Ask, ask

A, B, C = ask("a"), ask("b"), ask("c")


def read(house: House, question: Ask = A) -> Answer:
    """The answer after all that waits has run."""
    future = house.reader.submit(question)
    if not future.done():
        house.pool.run()
    return future.result(0)


def numbers(answer: Answer) -> list[int]:
    assert answer.table is not None
    return [int(n) for n in answer.table.column("n").to_pylist()]


def test_a_miss_waits_and_a_fresh_hit_does_not() -> None:
    house = House(a=rows(1, 2))
    future = house.reader.submit(A)
    assert not future.done()
    assert house.reader.peek(A) is None
    house.pool.run()
    first = future.result(0)
    assert (first.state, numbers(first), first.read_at, first.error) == ("fresh", [1, 2], START, None)
    house.clock.forward(300)
    again = house.reader.submit(A)
    assert again.done()
    assert again.result().state == "fresh"
    assert again.result().table is first.table  # shared, not copied
    assert house.fake.asked("a") == 1


def test_stale_rows_come_at_once_and_are_refreshed_once() -> None:
    house = House(a=rows(1))
    read(house)
    house.fake.answers["a"] = rows(2)
    house.clock.forward(301)
    answers = [house.reader.submit(A).result(0) for _ in range(25)]
    assert {answer.state for answer in answers} == {"stale"}
    assert {answer.read_at for answer in answers} == {START}
    assert house.pool.run() == 1
    refreshed = house.reader.submit(A).result(0)
    assert (refreshed.state, numbers(refreshed)) == ("fresh", [2])
    assert refreshed.read_at == START + dt.timedelta(seconds=301)


def test_a_failed_refresh_keeps_the_rows_and_waits_before_the_next() -> None:
    house = House(a=rows(1))
    read(house)
    house.fake.answers["a"] = Unreachable()
    house.clock.forward(301)
    assert house.reader.submit(A).result(0).error is None
    house.pool.run()
    kept = house.reader.submit(A).result(0)
    assert (kept.state, numbers(kept), type(kept.error)) == ("stale", [1], Unreachable)
    house.clock.forward(REFRESH_PAUSE - 1)
    house.reader.submit(A)
    assert house.pool.run() == 0
    house.clock.forward(1)
    house.fake.answers["a"] = rows(3)
    assert isinstance(house.reader.submit(A).result(0).error, Unreachable)
    assert house.pool.run() == 1
    mended = house.reader.submit(A).result(0)
    assert (mended.state, numbers(mended), mended.error) == ("fresh", [3], None)


def test_a_failed_miss_is_remembered_for_a_few_seconds() -> None:
    house = House(a=NoGrant("system.billing.usage", "GRANT …"))
    answer = read(house)
    assert (answer.state, answer.table, answer.read_at, type(answer.error)) == ("failed", None, None, NoGrant)
    assert house.reader.peek(A) == answer
    house.clock.forward(MISS_PAUSE - 0.1)
    assert house.reader.submit(A).result(0) == answer
    assert house.fake.asked("a") == 1
    house.clock.forward(0.1)
    house.fake.answers["a"] = rows(1)
    assert read(house).state == "fresh"


@pytest.mark.parametrize("known", [True, False])
def test_a_wait_the_workspace_asked_for_is_kept_even_after_invalidation(known: bool) -> None:
    house = House(a=rows(1))
    if known:
        read(house)
        house.clock.forward(301)
    house.fake.answers["a"] = Throttled(90)
    house.reader.submit(A)
    house.pool.run()
    house.clock.forward(89)
    house.reader.invalidate()
    assert house.reader.submit(A).result(0).state == ("stale" if known else "failed")
    assert house.pool.run() == 0
    house.clock.forward(1)
    house.reader.submit(A)
    assert house.pool.run() == 1


def test_a_short_wait_of_the_workspace_does_not_shorten_the_pause() -> None:
    house = House(a=Throttled(0.5))
    read(house)
    house.clock.forward(1)
    assert house.reader.submit(A).result(0).state == "failed"


def test_invalidation_makes_stale_and_lifts_the_pause() -> None:
    house = House(a=rows(1), b=rows(1), c=Unreachable())
    assert [read(house, q).state for q in (A, B, C)] == ["fresh", "fresh", "failed"]
    house.reader.invalidate("a")
    assert house.reader.peek(A).state == "stale"  # type: ignore[union-attr]
    assert house.reader.peek(B).state == "fresh"  # type: ignore[union-attr]
    assert read(house, A).state == "stale"
    house.pool.run()
    assert read(house, A).state == "fresh"
    house.reader.invalidate("c")
    house.fake.answers["c"] = rows(1)
    assert read(house, C).state == "fresh"
    house.reader.invalidate()
    assert {house.reader.peek(q).state for q in (A, B, C)} == {"stale"}  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="no query is called"):
        house.reader.invalidate("z")


def test_a_flight_begun_before_an_invalidation_does_not_overwrite_a_later_one() -> None:
    house = House(a=rows(0))
    later: list[Answer] = []

    def overtaken() -> pa.Table:
        house.reader.invalidate("a")
        house.fake.answers["a"] = rows(2)
        newer = house.reader.submit(A)
        house.pool.run()
        later.append(newer.result(0))
        return rows(1)

    house.fake.answers["a"] = overtaken
    waiting = house.reader.submit(A)
    house.pool.run()
    assert numbers(later[0]) == [2]
    assert numbers(waiting.result(0)) == [2]  # the newer rows are known by now
    kept = house.reader.submit(A).result(0)
    assert (kept.state, numbers(kept)) == ("fresh", [2])


def test_a_failure_from_before_an_invalidation_holds_nobody_back() -> None:
    house = House(a=rows(0))

    def overtaken() -> Any:
        house.reader.invalidate()
        return Unreachable()

    house.fake.answers["a"] = overtaken
    assert read(house).state == "failed"
    house.fake.answers["a"] = rows(1)
    assert read(house).state == "fresh"


def test_rows_read_across_an_invalidation_are_shown_as_stale() -> None:
    house = House(a=rows(0))

    def crossed() -> Any:
        house.reader.invalidate()
        return rows(1)

    house.fake.answers["a"] = crossed
    answer = read(house)
    assert (answer.state, numbers(answer)) == ("stale", [1])
    house.reader.submit(A)
    assert house.pool.run() == 1


def test_in_a_new_wording_nothing_of_the_old_one_is_shown() -> None:
    """Whose rows somebody sees may hang on the words: not even as stale, and not what was under way."""
    house = House(a=rows(1), b=rows(5))
    read(house)
    read(house, B)
    renewed = {"a": query("a", sql="SELECT m FROM a"), "b": query("b")}
    house.reader.renew(renewed)
    assert house.reader.peek(A) is None and house.reader.peek(B) is None

    def crossed() -> Any:
        house.reader.renew({**renewed, "a": query("a", sql="SELECT o FROM a")})
        return rows(1)

    house.fake.answers["a"] = crossed
    read(house)
    assert house.reader.peek(A) is None
    house.fake.answers["a"] = rows(2)
    assert (numbers(read(house)), house.fake.calls[-1].sql) == ([2], "SELECT o FROM a")


def test_a_question_that_still_queues_is_not_asked_twice_after_an_invalidation() -> None:
    house = House(a=rows(1))
    first = house.reader.submit(A)
    house.reader.invalidate()
    assert house.reader.submit(A) is first
    assert house.pool.run() == 1
    assert first.result(0).state == "fresh"


def test_a_clock_set_back_does_not_keep_rows_fresh() -> None:
    house = House(a=rows(1))
    read(house)
    house.fake.answers["a"] = Unreachable()
    house.clock.forward(301)
    assert read(house).state == "stale"
    house.pool.run()
    house.clock.forward(-301)
    assert house.reader.submit(A).result(0).state == "fresh"
    assert house.reader.submit(A).result(0).error is None  # fresh rows carry no error
    house.clock.forward(-3600)
    assert house.reader.submit(A).result(0).state == "stale"
    assert house.pool.run() == 1  # nor does it prolong a pause


def test_nobody_can_cancel_what_others_wait_for() -> None:
    house = House(a=rows(1))
    mine, theirs = house.reader.submit(A), house.reader.submit(A)
    assert not mine.cancel()
    house.pool.run()
    assert theirs.result(0).state == "fresh"


GOOD: dict[str, Any] = {"start": dt.date(2026, 1, 1), "at": START, "top": 5, "share": 0.5, "who": "x"}
BAD: list[dict[str, Any]] = [
    {k: v for k, v in GOOD.items() if k != "who"},
    {**GOOD, "more": 1},
    {**GOOD, "start": START},
    {**GOOD, "start": "2026-01-01"},
    {**GOOD, "at": START.replace(tzinfo=None)},
    {**GOOD, "at": dt.date(2026, 1, 1)},
    {**GOOD, "top": True},
    {**GOOD, "top": 5.0},
    {**GOOD, "share": float("nan")},
    {**GOOD, "share": float("inf")},
    {**GOOD, "share": True},
    {**GOOD, "share": Decimal("0.5")},
    {**GOOD, "who": None},
    {**GOOD, "who": 1},
]


def test_parameters_must_fit_the_header() -> None:
    kinds = {"start": "date", "at": "time", "top": "integer", "share": "number", "who": "text"}
    house = House(query("a", params=kinds), a=rows(1))
    assert read(house, ask("a", **GOOD)).state == "fresh"
    assert read(house, ask("a", **{**GOOD, "share": 1})).state == "fresh"
    for params in BAD:
        with pytest.raises(ValueError, match="a"):
            house.reader.submit(ask("a", **params))
        with pytest.raises(ValueError, match="a"):
            house.reader.peek(ask("a", **params))
    with pytest.raises(ValueError, match="no query is called 'nope'"):
        house.reader.submit(ask("nope"))
    with pytest.raises(ValueError, match="in this order"):
        house.reader.submit(Ask("a", tuple(reversed(ask("a", **GOOD).params))))
    assert len(house.fake.calls) == 2


def test_other_parameters_are_another_question() -> None:
    house = House(query("a", params={"top": "integer"}), a=rows(1))
    read(house, ask("a", top=1))
    read(house, ask("a", top=2))
    assert [call.params for call in house.fake.calls] == [{"top": 1}, {"top": 2}]


def test_statements_carry_tags_and_the_time_limit() -> None:
    house = House(a=rows(1), b=rows(1))
    house.reader.submit(A, page="finops")
    house.reader.submit(B)
    house.pool.run()
    assert house.fake.calls[0].tags == {"app": "lakehelm", "query": "a", "page": "finops"}
    assert house.fake.calls[1].tags == {"app": "lakehelm", "query": "b"}
    assert house.fake.calls[0].timeout == 60.0


def test_too_many_rows_are_cut_and_said() -> None:
    whole = rows(*range(ROW_CAP + 5))
    house = House(a=whole)
    answer = read(house)
    assert answer.table is not None
    assert answer.table.num_rows == ROW_CAP
    assert numbers(answer)[-1] == ROW_CAP - 1
    assert answer.table.get_total_buffer_size() < whole.get_total_buffer_size()  # the rest is let go
    assert answer.notes == ("Only the first 50,000 of 50,005 rows are kept; narrow the period or workspaces.",)
    house.fake.answers["b"] = rows(*range(ROW_CAP))
    assert read(house, B).notes == ()


def test_an_answer_that_does_not_fit_the_header_fails() -> None:
    house = House(a=pa.table({"other": [1]}))
    answer = read(house)
    assert answer.state == "failed"
    assert isinstance(answer.error, BadValue)


def test_one_log_line_per_failure_without_statement_or_values(caplog: pytest.LogCaptureFixture) -> None:
    secret = query("a", params={"who": "text"}, sql="SELECT n FROM secret_statement WHERE who = :who")
    house = House(secret, query("b"), query("c"), a=Failed("near 'private-value'"), b=NotThere("system.x.y"))
    with caplog.at_level(logging.DEBUG, "lakehelm.warehouse"):
        read(house, ask("a", who="private-value"))
        read(house, ask("a", who="private-value"))
        read(house, B)
        house.fake.answers["c"] = rows(1)
        read(house, C)
    assert [record.getMessage() for record in caplog.records] == [
        "a failed after 0.0 s: Failed",
        "b failed after 0.0 s: NotThere system.x.y",
    ]


def test_a_fault_of_ours_is_an_answer_too_and_tells_no_values(caplog: pytest.LogCaptureFixture) -> None:
    house = House(a=KeyError("private-value"))
    answer = read(house)
    assert isinstance(answer.error, Failed)
    assert "KeyError" in answer.error.message
    assert "KeyError" in caplog.text
    assert "private-value" not in caplog.text + answer.error.message


def test_figures_count_what_happened() -> None:
    house = House(a=rows(1, 2, 3), b=Unreachable())
    read(house)
    read(house)
    read(house, B)
    read(house, B)
    house.clock.forward(301)
    house.reader.submit(A)
    flying = house.reader.figures()
    assert (flying.in_flight, flying.stale_hits) == (1, 1)
    house.pool.run()
    figures = house.reader.figures()
    assert (figures.hits, figures.stale_hits, figures.misses, figures.refusals) == (1, 1, 2, 1)
    assert (figures.executions, figures.failures, figures.entries, figures.in_flight) == (3, 1, 1, 0)
    assert figures.bytes == rows(1, 2, 3).nbytes
    a, b = figures.queries["a"], figures.queries["b"]
    assert (a.executions, a.failures, a.age, a.rows) == (2, 0, 0.0, 3)
    assert (b.executions, b.failures, b.age, b.rows) == (1, 1, None, None)
    assert a.last_seconds is not None
    house.clock.forward(60)
    assert house.reader.figures().queries["a"].age == 60.0


def test_a_closed_reader_answers_that_it_is_stopping() -> None:
    house = House(a=rows(1))
    read(house)
    waiting = house.reader.submit(B)
    house.reader.close()
    assert house.fake.closed
    assert isinstance(waiting.result(0).error, Unreachable)
    assert house.reader.submit(C).result(0).state == "failed"
    house.clock.forward(301)
    assert house.reader.submit(A).result(0).state == "stale"
    assert not house.pool.waiting
    house.reader.close()


def test_the_time_of_the_reading_is_filled_in_and_is_no_part_of_the_question() -> None:
    house = House(query("a", params={"now": "time"}, ttl=60))
    read(house)
    house.clock.forward(59)
    assert read(house).state == "fresh"
    assert [call.params for call in house.fake.calls] == [{"now": START}]
    house.clock.forward(2)
    assert read(house).state == "stale"
    with pytest.raises(ValueError, match="takes"):
        house.reader.submit(ask("a", now=START))
