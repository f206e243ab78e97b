"""What is broken is told apart by cause: by what leads to what and when it began, never because of the same time or the same name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from agents.detectors.one_cause import MANY, Follows, Group, Key, Seen, Step, groups

AT = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LOAD, SPLIT, SUMS = (("1", "job", name) for name in ("load", "split", "sums"))
ORDERS, LINES, TOTALS = (("0", "table", f"main.a.{name}") for name in ("orders", "lines", "totals"))
# load writes orders, which split reads to write lines, which sums reads to write totals
CHAIN = [
    Step(LOAD, ORDERS, "writes"), Step(ORDERS, SPLIT, "reads"), Step(SPLIT, LINES, "writes"), Step(LINES, SUMS, "reads"),
    Step(SUMS, TOTALS, "writes"),
]  # fmt: skip


def stopped(thing: Key, after: float = 0) -> Seen:
    return Seen(thing, "stopped", AT + after * HOUR)


def old(thing: Key, after: float = 0, blames: Key | None = None) -> Seen:
    return Seen(thing, "old", AT + after * HOUR, blames=blames)


def causes(seen: Iterable[Seen], steps: Iterable[Step]) -> dict[Key, set[Key]]:
    return {one.cause: set(one.things) for one in groups(seen, steps)}


def test_what_follows_is_one_group_called_by_where_it_began() -> None:
    seen = [old(LINES, 5), stopped(SPLIT, 3), stopped(LOAD), old(ORDERS, 1)]
    (one,) = groups(seen, CHAIN)
    assert one.cause == LOAD
    assert one.follows == {ORDERS: Follows(LOAD), SPLIT: Follows(ORDERS), LINES: Follows(SPLIT)}


def test_the_order_in_which_it_is_told_changes_nothing() -> None:
    seen = [old(LINES, 5), stopped(SPLIT, 3), stopped(LOAD), old(ORDERS, 1)]
    assert groups(seen, CHAIN) == groups(seen[::-1], CHAIN[::-1])


def test_over_a_table_and_a_job_about_which_nothing_was_found() -> None:
    assert causes([stopped(LOAD), stopped(SPLIT, 3)], CHAIN) == {LOAD: {LOAD, SPLIT}}
    assert causes([stopped(LOAD), old(LINES, 3)], CHAIN) == {LOAD: {LOAD, LINES}}


def test_the_same_time_joins_nothing() -> None:
    other: Key = ("1", "job", "bills")
    assert causes([stopped(LOAD), stopped(other)], CHAIN) == {LOAD: {LOAD}, other: {other}}


def test_the_same_id_in_another_workspace_is_another_job() -> None:
    there: Key = ("2", *LOAD[1:])
    assert causes([stopped(there), old(ORDERS, 1)], CHAIN) == {there: {there}, ORDERS: {ORDERS}}


def test_what_began_before_does_not_follow() -> None:
    assert set(causes([stopped(LOAD), old(ORDERS, -12)], CHAIN)) == {LOAD, ORDERS}
    assert set(causes([stopped(LOAD), old(ORDERS, -2)], CHAIN)) == {LOAD}  # sources arrive so late


def test_a_day_is_any_time_on_it() -> None:
    midnight = AT.replace(hour=0)
    short = Seen(ORDERS, "short", midnight, dt.timedelta(days=1))
    assert set(causes([stopped(LOAD, 18), short], CHAIN)) == {LOAD}
    assert set(causes([stopped(LOAD, 30), short], CHAIN)) == {LOAD, ORDERS}


def test_what_began_long_after_does_not_follow() -> None:
    assert set(causes([stopped(LOAD), stopped(SPLIT, 24 * 7)], CHAIN)) == {LOAD, SPLIT}


def test_a_sort_that_leads_nowhere_joins_nothing() -> None:
    lost = Seen(ORDERS, "changed", AT)
    assert set(causes([stopped(LOAD), lost], CHAIN)) == {LOAD, ORDERS}  # a failed run drops no column
    assert set(causes([lost, stopped(SPLIT, 2)], CHAIN)) == {ORDERS}


def test_nothing_is_passed_that_everybody_uses() -> None:
    readers: list[Key] = [("1", "job", f"r{n}") for n in range(MANY)]
    steps = [Step(LOAD, ORDERS, "writes"), *(Step(ORDERS, one, "reads") for one in readers)]
    assert set(causes([stopped(LOAD), stopped(readers[0], 1)], steps)) == {LOAD, readers[0]}
    assert set(causes([stopped(LOAD), stopped(readers[0], 1)], steps[:-1])) == {LOAD}  # one less


def test_what_everybody_uses_is_a_cause_where_a_part_of_them_is_hit() -> None:
    readers: list[Key] = [("1", "job", f"r{n:02}") for n in range(MANY)]
    steps = [Step(ORDERS, one, "reads") for one in readers]
    few, many = readers[:2], readers[:4]
    assert len(causes([old(ORDERS), *(stopped(one, 1) for one in few)], steps)) == 3
    assert set(causes([old(ORDERS), *(stopped(one, 1) for one in many)], steps)) == {ORDERS}


def test_of_two_causes_the_likelier_and_the_other_is_said() -> None:
    other: Key = ("1", "job", "copy")
    steps = [*CHAIN, Step(other, LINES, "writes")]
    found = {one.cause: one for one in groups([stopped(LOAD), stopped(other, 4), old(LINES, 5)], steps)}
    assert found[other].follows == {LINES: Follows(other, also=None)}  # the other is far less likely
    found = {one.cause: one for one in groups([stopped(SPLIT), stopped(other, 4), old(LINES, 5)], steps)}
    assert found[other].follows == {LINES: Follows(other, also=SPLIT)}
    assert found[SPLIT].follows == {}


def test_a_diamond_is_one_group() -> None:
    left, right, end = (("1", "job", name) for name in ("left", "right", "end"))
    steps = [
        Step(ORDERS, left, "reads"), Step(ORDERS, right, "reads"), Step(left, LINES, "writes"), Step(right, TOTALS, "writes"),
        Step(LINES, end, "reads"), Step(TOTALS, end, "reads"),
    ]  # fmt: skip
    seen = [old(ORDERS), stopped(left, 2), stopped(right, 2), old(LINES, 4), old(TOTALS, 4), stopped(end, 6)]
    assert set(causes(seen, steps)) == {ORDERS}


def test_who_reads_what_it_writes_is_no_circle() -> None:
    steps = [Step(LOAD, ORDERS, "writes"), Step(ORDERS, LOAD, "reads")]
    assert causes([stopped(LOAD), old(ORDERS, 0)], steps) == {LOAD: {LOAD, ORDERS}}


def test_what_its_agent_blames_outweighs_lineage() -> None:
    other: Key = ("1", "job", "bills")
    (one,) = groups([old(ORDERS, 1, blames=other), old(LINES, 2, blames=other)], CHAIN)
    assert one == Group(other, {ORDERS: Follows(other, said=True), LINES: Follows(other, said=True)})
    assert set(causes([stopped(LOAD), old(ORDERS, 1, blames=other)], CHAIN)) == {LOAD, other}


def test_what_is_blamed_may_follow_itself() -> None:
    found = causes([stopped(LOAD), old(LINES, 4, blames=SPLIT)], CHAIN)
    assert found == {LOAD: {LOAD, SPLIT, LINES}}


def test_one_right_that_was_taken_is_one_cause_of_all_that_fails_for_it() -> None:
    right: Key = ("", "right", "main.a.orders")
    seen = [Seen(right, "right", AT), Seen(SPLIT, "stopped", AT, blames=right), Seen(SUMS, "stopped", AT, blames=right)]
    assert causes(seen, []) == {right: {right, SPLIT, SUMS}}


def test_no_time_is_half_as_sure() -> None:
    assert set(causes([stopped(LOAD), Seen(ORDERS, "old")], CHAIN)) == {LOAD}


def test_nothing_found_is_no_group() -> None:
    assert groups([], CHAIN) == []
