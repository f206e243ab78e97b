"""What an agent lacks to be trusted more, from hand-made records."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from approvals.learning.labels import Ended
from approvals.learning.promotion import BOUND, ENOUGH, Lacking, lacking
from approvals.learning.standing import standings

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
GOOD = {"state": "approved", "execution": "verified", "looked": 60.0}


def record(good: int, bad: int = 0, days: float = 30, **changes: Any) -> list[Ended]:
    """So many good ones over ``days`` until now, the ``bad`` ones first."""
    said = [{"state": "rejected", "reason": "wrong_target"}] * bad + [GOOD | changes] * good
    first = NOW - dt.timedelta(days=days)
    step = dt.timedelta(days=days) / max(len(said), 1)
    return [
        Ended(agent="a", kind="k", at=first + step * place, stated=0.9, version="1", **one)
        for place, one in enumerate(said)
    ]


def lacks(ended: list[Ended]) -> Lacking:
    return lacking(ended, standings(ended)[("a", "k")], NOW)


def test_as_many_good_ones_as_the_bound_asks_for_and_nothing_is_lacking() -> None:
    assert lacks(record(56)).nothing and str(lacks(record(56))) == "nothing" and lacks(record(55)).decisions == 1
    (one,) = standings(record(56)).values()
    assert one.outcome.n > ENOUGH and one.outcome.low >= BOUND and one.agreement.low >= BOUND


@pytest.mark.parametrize(("good", "more"), [(1, 55), (20, 36), (42, 14), (55, 1)])
def test_so_many_are_lacking(good: int, more: int) -> None:
    told = lacks(record(good))
    assert abs(told.decisions - more) <= 1 and told.days == 0


def test_a_failure_asks_for_more_and_glances_count_a_quarter() -> None:
    assert lacks(record(43, bad=1)).decisions > lacks(record(43)).decisions + 5
    assert lacks(record(60, looked=1.0)).decisions > 20


def test_all_within_a_few_days_is_no_record_yet() -> None:
    assert lacks(record(60, days=3)) == Lacking(0, 11, 0)
    assert str(lacks(record(60, days=13))) == "1 more day"


def test_what_was_taken_back_stands_against_it() -> None:
    told = lacks([*record(80), *record(1, execution="rolled_back")])
    assert told.harmed == 1 and not told.nothing and str(told) == "1 taken back since the last step"


def test_who_claims_more_than_comes_true_is_not_trusted_more() -> None:
    """Of 265 that it was sure of to .98, the first fifteen were wrong: .037 too much, where chance makes .007 on average."""
    said = [replace(one, stated=0.98) for one in record(250, bad=15)]
    told = lacks(said)
    assert (told.decisions, told.days, told.harmed) == (0, 0, 0) and not told.nothing
    assert told.over == pytest.approx(0.98 - 250 / 265) and str(told) == "confidence that comes true: 0.04 too high"
    assert lacks([replace(one, stated=0.94) for one in said]).nothing


def test_who_says_less_than_comes_true_only_asks_people_more_often() -> None:
    assert lacks([replace(one, stated=0.6) for one in record(60)]).nothing


def test_in_words() -> None:
    assert str(Lacking(12, 3, 0)) == "12 more decisions and 3 more days"
    assert str(Lacking(1, 0, 0)) == "1 more decision"
    assert str(Lacking(2, 0, 0, 0.1)) == "2 more decisions and confidence that comes true: 0.10 too high"
