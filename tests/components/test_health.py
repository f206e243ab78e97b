"""How a dimension is judged by its newest day, and what is said of one that cannot be checked or may not be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from components.frame.limited import NotShown
from components.runtime import state
from components.sections.health import Measure, line, sparkline, worst_first
from components.text.view_context import ViewContext
from tests.components.reading import NOW, Reader, Said, rows
from warehouse.errors import TimedOut
from warehouse.interface import Answer, Ask, ask

ASK = ask("overview.finops")
SHARE = Measure("pipelineops", "share that failed", "ratio", 0.03, 0.1, ask("overview.pipelineops"))
COST = Measure("finops", "cost of the day", "money", 0.15, 0.4, ASK, relative=True)
LOOK = ViewContext(theme="light", zone="UTC", currency="USD", basis="list")


def daily(question: Ask, values: Sequence[object]) -> Answer:
    first = dt.date(2026, 11, 1)
    days = [{"day": first + dt.timedelta(days=n), "value": v} for n, v in enumerate(values)]
    return Answer(question, "fresh", rows(question.query, days), NOW, 0.1)


def money(*values: int | None) -> Answer:
    return daily(ASK, [None if v is None else Decimal(v) for v in values])


@pytest.mark.parametrize(
    ("newest", "state_"), [(0.0, "OK"), (0.029, "OK"), (0.03, "Watch"), (0.099, "Watch"), (0.1, "Act")]
)
def test_the_newest_day_is_measured_by_the_limits(newest: float, state_: str) -> None:
    found = line(SHARE, daily(SHARE.ask, [0.5] * 7 + [newest]), [], LOOK)
    assert (found.state, found.waiting) == (state_, None)


@pytest.mark.parametrize(("newest", "state_"), [(114, "OK"), (115, "Watch"), (139, "Watch"), (140, "Act"), (20, "OK")])
def test_money_is_measured_by_its_change_against_the_median_of_the_days_before(newest: int, state_: str) -> None:
    # 100 is the median of the seven days before; the mean, 200, would never see 140 as more than usual
    found = line(COST, money(100, 100, 100, 100, 100, 100, 800, newest), [], LOOK)
    assert found.state == state_
    assert found.value == f"${newest}.00" and "usually $100" in found.note


def test_days_without_a_value_do_not_count_and_a_week_is_not_enough() -> None:
    assert line(COST, money(None, *[100] * 7), [], LOOK).state == "Unknown"
    assert line(COST, money(None, *[100] * 8), [], LOOK).state == "OK"


def test_what_could_not_be_checked_is_unknown_and_says_why() -> None:
    found = line(COST, Answer(ASK, "failed", None, None, None, TimedOut(60)), [money(1, 2)], LOOK)
    assert (found.state, found.waiting) == ("Unknown", 2)
    assert TimedOut(60).title in found.note


def test_what_waits_is_counted_only_when_all_of_it_is_known() -> None:
    good, waits = money(*[100] * 8), [money(1, 2), money(3)]
    assert line(COST, good, waits, LOOK).waiting == 3
    assert line(COST, good, [*waits, Answer(ASK, "failed", None, None, None, TimedOut(60))], LOOK).waiting is None


def test_the_worst_comes_first() -> None:
    calm, mild, wild = (line(SHARE, daily(SHARE.ask, [0.0] * 7 + [v]), [], LOOK) for v in (0.01, 0.2, 0.9))
    unknown = line(COST, money(1), [], LOOK)
    assert worst_first([calm, unknown, mild, wild]) == [wild, mild, unknown, calm]


def test_a_trend_is_drawn_from_its_lowest_to_its_highest() -> None:
    assert sparkline([0, 7, 3.5]) == "▁█▅"
    assert sparkline([5, 5]) == "▁▁"
    assert sparkline([]) == ""
    assert len(sparkline(range(100))) == 14


HERE = [replace(SHARE, key="dataops"), replace(COST, key="userops")]  # without a page: there is none to link to
SCRIPT = """
from components.sections.health import show_health
from components.runtime import state
from tests.components.test_health import HERE, LOOK

show_health(HERE, state.reader(), LOOK, {}, {})
"""


def shown(said: Said) -> str:
    with state.using(Reader({SHARE.ask.query: said, ASK.query: money(*[100] * 8)}), lambda: NOW):
        test = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not test.exception
    return " ".join(one.value for one in (*test.markdown, *test.caption)).replace("\\", "")


def test_what_may_not_be_shown_is_named_once_and_is_not_unknown() -> None:
    text = shown(NotShown("2 cost centres"))
    assert "Cannot be limited to your 2 cost centres, so not shown: DataOps." in text
    assert "Unknown" not in text and "OK" in text


def test_what_failed_is_unknown_on_the_page() -> None:
    text = shown(TimedOut(60))
    assert "Unknown" in text and "not shown" not in text
