"""Filters live in the address: every one survives the way there and back, and nonsense is said."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.people.roles import RowLimits
from components.frame.filters import KEYS, MOST_MONTHS, PERIODS, Filters, default, parse
from components.frame.periods import PRESETS, months_before, same_days, whole_months

TODAY = dt.date(2026, 11, 20)
CURRENCIES = st.from_regex(r"[A-Z]{3}", fullmatch=True)
WORKSPACES = st.lists(st.from_regex(r"[0-9]{1,20}", fullmatch=True), max_size=5, unique=True).map(
    lambda w: tuple(sorted(w))
)


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    days, preset = draw(st.sampled_from([*PERIODS, None])), ""
    if draw(st.booleans()):
        days, preset = None, draw(st.sampled_from(list(PRESETS)))
        start, end = PRESETS[preset].dates(TODAY)
    elif days:
        start, end = TODAY - dt.timedelta(days=days), TODAY
    else:
        end = TODAY - dt.timedelta(days=draw(st.integers(0, 400)))
        start = end - dt.timedelta(days=draw(st.integers(1, 390)))
    basis = draw(st.sampled_from(["list", "net"]))
    against = draw(st.sampled_from(["before", "year"])) if start >= months_before(end, 12) else "before"
    prices = draw(CURRENCIES), "net" if basis == "net" else "list"
    return Filters(start, end, days, draw(WORKSPACES), *prices, preset=preset, against=against)  # type: ignore[arg-type]


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
        ({"days": "31"}, "1, 7, 30 or 90"), ({"days": "x"}, "1, 7, 30 or 90"),
        ({"from": "2026-13-01", "to": "2026-01-01"}, "not dates"),
        ({"from": "2026-11-01"}, "not dates"), ({"from": "2026-11-10", "to": "2026-11-01"}, "no complete day"),
        ({"from": "2026-11-20", "to": "2026-11-25"}, "no complete day"), ({"basis": "gross"}, "neither list nor net"),
        ({"period": "next_month"}, "this_month, last_month"), ({"against": "month"}, "neither before nor year"),
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
        "start": dt.date(2026, 11, 13),
        "end": TODAY,
        "previous": dt.date(2026, 11, 6),
        "previous_end": dt.date(2026, 11, 13),
        "workspaces": "11,22",
        "cost_centers": "",
        "currency": "EUR",
        "basis": "net",
    }
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


def on(today: str, period: str, **words: str) -> Filters:
    made, problems = parse({"period": period, **words}, dt.date.fromisoformat(today))
    assert not problems
    return made


# Today, the period that is chosen, its days and the days it is compared with (all inclusive), worked out by hand.
CALENDAR = [
    ("2026-11-29", "this_month", "2026-11-01 2026-11-28", "2026-10-01 2026-10-28"),
    ("2026-11-29", "last_month", "2026-10-01 2026-10-31", "2026-09-01 2026-09-30"),  # 31 days against 30
    ("2026-11-29", "this_quarter", "2026-10-01 2026-11-28", "2026-07-01 2026-08-28"),
    ("2026-11-29", "last_quarter", "2026-07-01 2026-09-30", "2026-04-01 2026-06-30"),  # 92 days against 91
    ("2026-11-29", "year_to_date", "2026-01-01 2026-11-28", "2025-01-01 2025-11-28"),
    ("2026-11-02", "this_month", "2026-11-01 2026-11-01", "2026-10-01 2026-10-01"),
    ("2026-11-01", "last_month", "2026-10-01 2026-10-31", "2026-09-01 2026-09-30"),
    ("2026-03-31", "this_month", "2026-03-01 2026-03-30", "2026-02-01 2026-02-28"),  # February has no 29th and 30th
    ("2024-03-31", "this_month", "2024-03-01 2024-03-30", "2024-02-01 2024-02-29"),  # a leap year has one of them
    ("2026-03-15", "last_month", "2026-02-01 2026-02-28", "2026-01-01 2026-01-31"),  # all of January, not 28 days of it
    ("2026-12-31", "this_month", "2026-12-01 2026-12-30", "2026-11-01 2026-11-30"),
    ("2027-01-15", "this_month", "2027-01-01 2027-01-14", "2026-12-01 2026-12-14"),  # over the year's end
    ("2027-01-01", "last_month", "2026-12-01 2026-12-31", "2026-11-01 2026-11-30"),
    ("2027-02-03", "last_quarter", "2026-10-01 2026-12-31", "2026-07-01 2026-09-30"),
    ("2026-03-01", "this_quarter", "2026-01-01 2026-02-28", "2025-10-01 2025-11-30"),  # two whole months each
    ("2024-03-01", "year_to_date", "2024-01-01 2024-02-29", "2023-01-01 2023-02-28"),
    ("2024-12-31", "year_to_date", "2024-01-01 2024-12-30", "2023-01-01 2023-12-30"),
]  # fmt: skip


@pytest.mark.parametrize(("today", "period", "days", "compared"), CALENDAR)
def test_periods_of_the_calendar(today: str, period: str, days: str, compared: str) -> None:
    made = on(today, period)
    assert spoken(made.start, made.end) == days
    assert spoken(*made.compared) == compared
    assert made.compared[1] <= made.start


def spoken(start: dt.date, end: dt.date) -> str:
    return f"{start} {end - dt.timedelta(days=1)}"


@pytest.mark.parametrize(
    ("today", "period", "shown"),
    [
        ("2026-11-01", "this_month", "last_month"), ("2026-10-01", "this_quarter", "last_quarter"),
        ("2027-01-01", "year_to_date", "last_quarter"), ("2027-01-01", "this_month", "last_month"),
    ],
)  # fmt: skip
def test_on_its_first_day_a_period_has_no_complete_day(today: str, period: str, shown: str) -> None:
    made, problems = parse({"period": period}, dt.date.fromisoformat(today))
    assert (made, made.end) == (on(today, shown), dt.date.fromisoformat(today))
    assert problems == [f"{PRESETS[period].label} has no complete day yet; showing the {PRESETS[shown].label.lower()}."]


@pytest.mark.parametrize(
    ("today", "words", "period", "versus"),
    [
        ("2026-11-29", {"period": "this_month"}, "1 Nov – 28 Nov 2026, 28 of 30 days", "against 1 Oct – 28 Oct 2026"),
        ("2026-11-29", {"period": "last_month"}, "October 2026", "against September 2026 (30 days, here 31)"),
        ("2026-10-05", {"period": "last_month"}, "September 2026", "against August 2026 (31 days, here 30)"),
        ("2026-03-31", {"period": "this_month"}, "1 Mar – 30 Mar 2026, 30 of 31 days", "against February 2026 (28 days, here 30)"),
        ("2026-11-02", {"period": "this_month"}, "1 Nov 2026, 1 of 30 days", "against 1 Oct 2026"),
        ("2026-11-29", {"period": "last_month", "against": "year"}, "October 2026", "against October 2025"),
        ("2026-11-29", {"period": "last_quarter"}, "1 Jul – 30 Sep 2026", "against 1 Apr – 30 Jun 2026 (91 days, here 92)"),
        ("2026-11-29", {"period": "year_to_date"}, "1 Jan – 28 Nov 2026, 332 of 365 days", "against 1 Jan – 28 Nov 2025"),
        ("2024-03-01", {"period": "last_month", "against": "year"}, "February 2024", "against February 2023 (28 days, here 29)"),
        ("2026-11-29", {"from": "2026-10-01", "to": "2026-10-31"}, "1 Oct – 31 Oct 2026", "against September 2026 (30 days, here 31)"),
        ("2026-11-29", {"from": "2026-10-02", "to": "2026-10-31"}, "2 Oct – 31 Oct 2026", "against the 30 days before"),
        ("2026-10-01", {"days": "1"}, "yesterday", "against the day before"),
        ("2026-10-01", {"days": "30"}, "last 30 days", "against the 30 days before"),
        ("2026-10-01", {"days": "7", "against": "year"}, "last 7 days", "against 24 Sep – 30 Sep 2025"),
    ],
)  # fmt: skip
def test_what_is_shown_and_compared_is_said(today: str, words: dict[str, str], period: str, versus: str) -> None:
    made, problems = parse(words, dt.date.fromisoformat(today))
    assert (problems, made.period, made.versus) == ([], period, versus)


def test_more_than_a_year_has_no_year_before() -> None:
    made, problems = parse({"from": "2025-10-01", "to": "2026-10-31", "against": "year"}, TODAY)
    assert (made.against, len(problems)) == ("before", 1)
    assert "year" in problems[0]


@given(filters())
def test_what_is_compared_ends_where_the_period_begins_or_before(chosen: Filters) -> None:
    start, end = chosen.compared
    assert start < end <= chosen.start


def test_the_29th_of_february_is_left_out_where_there_is_none() -> None:
    assert same_days(dt.date(2024, 2, 1), dt.date(2024, 3, 1), 12) == (dt.date(2023, 2, 1), dt.date(2023, 3, 1))
    assert whole_months(dt.date(2026, 1, 1), dt.date(2027, 1, 1)) == 12
    assert whole_months(dt.date(2026, 1, 2), dt.date(2026, 2, 1)) == 0


@pytest.mark.parametrize(
    ("date", "months", "expected"),
    [(dt.date(2026, 3, 31), 1, dt.date(2026, 2, 28)), (dt.date(2024, 3, 31), 1, dt.date(2024, 2, 29)),
     (dt.date(2026, 1, 15), 13, dt.date(2024, 12, 15))],
)  # fmt: skip
def test_months_before(date: dt.date, months: int, expected: dt.date) -> None:
    assert months_before(date, months) == expected
