"""Who may come again: quarterly, half-yearly and yearly visitors are, who came daily and left is not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.governanceops.seasons import may_return, visits

TODAY = dt.date(2026, 11, 20)
DAYS = 90


def weeks(*ago: int) -> list[dt.date]:
    """The Mondays of the weeks of so many days ago."""
    days = [TODAY - dt.timedelta(days=one) for one in ago]
    return [day - dt.timedelta(days=day.weekday()) for day in days]


def test_visits_are_weeks_with_less_than_a_month_between() -> None:
    assert visits(weeks(200, 193, 186, 100)) == [
        (weeks(200)[0], weeks(186)[0]),
        (weeks(100)[0], weeks(100)[0]),
    ]
    assert visits([]) == []


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        ((95, 186, 277), "now and then"),
        ((91, 98, 182, 189, 273), "now and then"),
        ((100, 282), "now and then"),  # half-yearly
        ((105,), "about 91 days ago"),  # whoever is watched for a short time only
        ((186,), "about 182 days ago"),
        ((186, 277), "about 182 days ago"),  # left one quarter out
        ((360,), "about 365 days ago"),  # the close of the year
        ((), ""),
        ((130,), ""),
        ((230, 330), ""),  # more than twice as quiet as ever
        (tuple(range(120, 365, 3)), ""),  # every other day, until the project ended
        ((*range(120, 200, 3), *range(240, 365, 3)), ""),  # with a holiday of 40 days
    ],
)
def test_what_speaks_for_another_visit(ago: tuple[int, ...], said: str) -> None:
    found = may_return(weeks(*ago), TODAY)
    assert said in found
    assert bool(found) == bool(said)


@given(st.integers(85, 98), st.integers(0, 97), st.lists(st.integers(-6, 6), min_size=5, max_size=5))
def test_a_quarterly_visitor_is_expected_on_every_day_until_the_next_visit(
    quarter: int, since: int, moved: list[int]
) -> None:
    """Last seen up to a quarter ago; a visit comes up to 6 days early or late."""
    ago = [DAYS + since % 14 + quarter * number + (moved[number] if number else 0) for number in range(4)]
    assert may_return(weeks(*(one for one in ago if one <= 365)), TODAY)


@given(st.integers(120, 200), st.integers(1, 20))
def test_whoever_came_steadily_and_left_is_not(last: int, every: int) -> None:
    assert may_return(weeks(*range(last, 366, every)), TODAY) == ""
