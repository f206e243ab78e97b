"""Filters live in the address: every one survives the way there and back, and nonsense is said."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.people.roles import RowLimits
from components.frame.filters import KEYS, MOST_MONTHS, PERIODS, Filters, default, months_before, parse

TODAY = dt.date(2026, 11, 20)
CURRENCIES = st.from_regex(r"[A-Z]{3}", fullmatch=True)
WORKSPACES = st.lists(st.from_regex(r"[0-9]{1,20}", fullmatch=True), max_size=5, unique=True).map(
    lambda w: tuple(sorted(w))
)


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    days = draw(st.sampled_from([*PERIODS, None]))
    if days:
        start, end = TODAY - dt.timedelta(days=days), TODAY
    else:
        end = TODAY - dt.timedelta(days=draw(st.integers(0, 400)))
        start = end - dt.timedelta(days=draw(st.integers(1, 390)))
    basis = draw(st.sampled_from(["list", "net"]))
    return Filters(start, end, days, draw(WORKSPACES), draw(CURRENCIES), "net" if basis == "net" else "list")


@given(filters())
def test_a_copied_address_shows_the_same(chosen: Filters) -> None:
    assert parse(chosen.query(), TODAY) == (chosen, [])


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=40)))
def test_any_address_gives_filters_that_make_sense(words: dict[str, str]) -> None:
    made, problems = parse(words, TODAY)
    assert made.start < made.end <= TODAY
    assert made.start >= months_before(made.end, MOST_MONTHS)
    assert parse(made.query(), TODAY) == (made, [])
    assert (
        problems
        or all(made.query().get(k, v) == v or k == "workspaces" for k, v in words.items() if v)
        or ("from" in words or "to" in words)
    )


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ({"days": "31"}, "7, 30 or 90"), ({"days": "x"}, "7, 30 or 90"),
        ({"from": "2026-13-01", "to": "2026-01-01"}, "not dates"),
        ({"from": "2026-11-01"}, "not dates"), ({"from": "2026-11-10", "to": "2026-11-01"}, "no complete day"),
        ({"from": "2026-11-20", "to": "2026-11-25"}, "no complete day"), ({"basis": "gross"}, "neither list nor net"),
        ({"currency": "usd"}, "not a code"), ({"workspaces": "1;DROP"}, "not workspace ids"),
    ],
)  # fmt: skip
def test_nonsense_falls_back_and_is_said(words: dict[str, str], note: str) -> None:
    made, problems = parse(words, TODAY)
    assert made == default(TODAY)
    assert len(problems) == 1
    assert note in problems[0]


def test_a_period_ends_yesterday_and_is_at_most_thirteen_months() -> None:
    made, problems = parse({"from": "2026-11-01", "to": "2026-11-30"}, TODAY)
    assert (made.start, made.end) == (dt.date(2026, 11, 1), TODAY)
    assert "Today" in problems[0]
    made, problems = parse({"from": "2020-01-01", "to": "2026-10-31"}, TODAY)
    assert (made.start, made.end) == (dt.date(2025, 10, 1), dt.date(2026, 11, 1))
    assert "13 months" in problems[0]


def test_the_parameters_queries_share() -> None:
    made, _ = parse({"days": "7", "workspaces": "22,11,11", "currency": "EUR", "basis": "net"}, TODAY)
    assert made.asks_params() == {
        "start": dt.date(2026, 11, 13), "end": TODAY, "previous": dt.date(2026, 11, 6), "workspaces": "11,22",
        "cost_centers": "", "currency": "EUR", "basis": "net",
    }  # fmt: skip
    assert (made.period, made.versus, made.scope("All workspaces")) == (
        "last 7 days",
        "against the 7 days before",
        "2 workspaces · EUR net",
    )


@pytest.mark.parametrize(
    ("workspaces", "centres", "words"),
    [
        (None, None, "All workspaces · USD list"),
        ({"1"}, None, "Your 1 workspace · USD list"),
        (None, {"a", "b"}, "Your 2 cost centres · USD list"),
        ({"1", "2"}, {"a"}, "Your 2 workspaces, 1 cost centre · USD list"),
        (set(), None, "Nothing · USD list"),
        ({"1"}, set(), "Nothing · USD list"),
    ],
)
def test_nobody_reads_all_who_sees_a_part(workspaces: set[str] | None, centres: set[str] | None, words: str) -> None:
    limits = RowLimits(*(None if one is None else frozenset(one) for one in (workspaces, centres)))
    assert default(TODAY).scope(limits.everything) == words


def test_dates_of_ones_own_are_named() -> None:
    made, _ = parse({"from": "2026-10-01", "to": "2026-10-31"}, TODAY)
    assert made.period == "1 Oct – 31 Oct 2026"


@pytest.mark.parametrize(
    ("date", "months", "expected"),
    [(dt.date(2026, 3, 31), 1, dt.date(2026, 2, 28)), (dt.date(2024, 3, 31), 1, dt.date(2024, 2, 29)),
     (dt.date(2026, 1, 15), 13, dt.date(2024, 12, 15))],
)  # fmt: skip
def test_months_before(date: dt.date, months: int, expected: dt.date) -> None:
    assert months_before(date, months) == expected
