"""Memory stays within its bound, and what was used last stays longest."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.fakes import START, House, rows
from warehouse.cache import Cache, Entry, Result
from warehouse.interface import Ask, ask


def entry(size: int) -> Entry:
    return Entry(Result(pa.table({"n": pa.array([0] * (size // 8), pa.int64())}), START, 0.1), 1)


def test_the_least_recently_used_goes_first() -> None:
    cache = Cache(256)
    a, b, c = ask("a"), ask("b"), ask("c")
    cache.put(a, entry(96))
    cache.put(b, entry(96))
    assert cache.get(a)
    assert cache.peek(b)  # does not count as a use
    cache.put(c, entry(96))
    assert [question for question, _ in cache] == [a, c]
    assert (cache.bytes, cache.evictions) == (192, 1)


def test_what_is_larger_than_the_cache_is_not_kept_and_drives_nothing_out() -> None:
    cache = Cache(128)
    cache.put(ask("a"), entry(64))
    cache.put(ask("b"), entry(256))
    assert [question.query for question, _ in cache] == ["a"]
    assert cache.bytes == 64


def test_rows_that_share_memory_with_a_larger_table_count_in_full() -> None:
    small = Entry(Result(rows(*range(1000)).slice(0, 1), START, 0.1), 1)
    assert small.size == 8000


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40)), max_size=60))
def test_the_bound_holds_and_the_bytes_add_up(puts: list[tuple[str, int]]) -> None:
    cache = Cache(128)
    latest: dict[Ask, Entry] = {}
    for name, eighths in puts:
        latest[ask(name)] = entry(eighths * 8)
        cache.put(ask(name), latest[ask(name)])
        assert cache.bytes == sum(kept.size for _, kept in cache) <= 128
        assert all(kept is latest[question] for question, kept in cache)
        assert cache.peek(ask(name)) is not None or latest[ask(name)].size > 128


def test_an_evicted_question_is_asked_again() -> None:
    house = House(a=rows(*range(10)), b=rows(*range(10)), cache_bytes=100)
    for name in ("a", "b"):
        house.reader.submit(ask(name))
        house.pool.run()
    assert house.reader.peek(ask("a")) is None
    assert house.reader.peek(ask("b")) is not None
    figures = house.reader.figures()
    assert (figures.evictions, figures.entries, figures.bytes) == (1, 1, 80)


def test_rows_too_large_to_keep_still_reach_those_who_wait() -> None:
    house = House(a=rows(*range(100)), cache_bytes=100)
    future = house.reader.submit(ask("a"))
    house.pool.run()
    assert future.result(0).state == "fresh"
    assert house.reader.figures().bytes == 0
