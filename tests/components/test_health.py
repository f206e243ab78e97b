"""How a dimension is judged by its newest day, and what is said of one that cannot be checked or may not be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components.figures.sparkline import HEIGHT, WIDTH, sparkline
from components.frame.limited import NotShown
from components.runtime import state
from components.sections.judged import Measure, judged, line, sentence, worst_first
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
    found = line(SHARE, daily(SHARE.ask, [0.0] * 7 + [newest]), [], LOOK)
    assert (found.state, found.waiting) == (state_, None)


@pytest.mark.parametrize(("newest", "state_"), [(114, "OK"), (115, "Watch"), (139, "Watch"), (140, "Act"), (20, "OK")])
def test_money_is_measured_by_its_change_against_the_median_of_the_days_before(newest: int, state_: str) -> None:
    # 100 is the median of the seven days before; the mean, 200, would never see 140 as more than usual
    found = line(COST, money(100, 100, 100, 100, 100, 100, 800, newest), [], LOOK)
    assert found.state == state_
    assert found.value == f"${newest}.00" and "usually $100" in found.note


def test_days_without_a_value_do_not_count_and_a_week_is_not_enough() -> None:
    assert line(COST, money(None, *[100] * 7), [], LOOK).state == "Not known"
    assert line(COST, money(None, *[100] * 8), [], LOOK).state == "OK"


def test_what_could_not_be_checked_is_unknown_and_says_why() -> None:
    found = line(COST, Answer(ASK, "failed", None, None, None, TimedOut(60)), [money(1, 2)], LOOK)
    assert (found.state, found.waiting) == ("Not known", 2)
    assert TimedOut(60).title in found.note


def test_what_waits_is_counted_only_when_all_of_it_is_known() -> None:
    good, waits = money(*[100] * 8), [money(1, 2), money(3)]
    assert line(COST, good, waits, LOOK).waiting == 3
    assert line(COST, good, [*waits, Answer(ASK, "failed", None, None, None, TimedOut(60))], LOOK).waiting is None


def test_an_answer_is_counted_once_however_often_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []

    def count(table: pa.Table) -> int:
        counted.append(table.num_rows)
        return counted[-1]

    monkeypatch.setattr("components.panels.savings.waiting", count)
    good, first, second = money(*[100] * 8), money(1, 2), money(3)
    assert [line(COST, good, [first, second], LOOK).waiting for _ in range(3)] == [3] * 3
    assert counted == [2, 1]
    assert line(COST, good, [replace(first, table=money(5).table)], LOOK).waiting == 1


def test_the_worst_comes_first() -> None:
    calm, mild, wild = (line(SHARE, daily(SHARE.ask, [0.0] * 7 + [v]), [], LOOK) for v in (0.01, 0.2, 0.9))
    unknown = line(COST, money(1), [], LOOK)
    assert worst_first([calm, unknown, mild, wild]) == [wild, mild, unknown, calm]


@pytest.mark.parametrize(("level", "worse", "state_"), [
    (0.02, True, "OK"), (0.05, True, "Watch"), (0.05, False, "OK"), (0.2, True, "Act"), (0.2, False, "Watch"),
])  # fmt: skip
def test_beyond_a_limit_as_usual_is_a_step_milder(level: float, worse: bool, state_: str) -> None:
    assert judged(level, SHARE, worse=worse) == state_
    usual = level - 0.01 if worse else level + 0.01
    assert line(SHARE, daily(SHARE.ask, [usual] * 10 + [level]), [], LOOK).state == state_


def test_the_limits_are_said() -> None:
    assert "limits 3% and 10%" in line(SHARE, daily(SHARE.ask, [0.05] * 9), [], LOOK).note
    assert "limits +15% and +40%" in line(COST, money(*[100] * 9), [], LOOK).note


def test_one_sentence_says_what_needs_somebody() -> None:
    calm, mild, wild = (line(SHARE, daily(SHARE.ask, [0.0] * 9 + [v]), [], LOOK) for v in (0.01, 0.05, 0.9))
    unknown = line(COST, money(1), [], LOOK)
    assert sentence([wild, mild, unknown, calm]) == (
        "1 thing to act on: PipelineOps. 1 worth a look, 1 not known, 1 as usual."
    )
    assert sentence([calm]) == "Nothing to act on. 1 as usual." and sentence([]) == "Nothing to act on."


@given(st.lists(st.floats(-1e12, 1e12), max_size=20), st.one_of(st.none(), st.floats(-1e12, 1e12)))
def test_a_trend_is_drawn_within_its_box(values: list[float], limit: float | None) -> None:
    drawn = ElementTree.fromstring(sparkline(values, limit, "light", "The last days"))
    circles = [one for one in drawn.iter() if one.tag.endswith("circle")]
    assert len(circles) == (1 if values else 0)
    for one in circles:
        assert 0 <= float(one.attrib["cx"]) <= WIDTH and 0 <= float(one.attrib["cy"]) <= HEIGHT


def test_a_limit_far_away_does_not_make_the_trend_flat() -> None:
    assert "dasharray" in sparkline([1, 2, 3], 4, "light", "x") and "dasharray" not in sparkline(
        [1, 2, 3], 50, "light", "x"
    )


HERE = [replace(SHARE, key="dataops"), replace(COST, key="userops")]  # without a page: there is none to link to
SCRIPT = """
from components.sections.health import show_health
from components.runtime import state
from tests.components.test_health import HERE, LOOK

show_health(HERE, state.reader(), LOOK, {}, {})
"""


LEADS = """
from dataclasses import replace

import streamlit as st

from components.sections.health import show_health
from components.sections.leads import FINDINGS, Leads, own_page
from components.runtime import state
from pages.finops import PAGE
from tests.components.test_health import COST, LOOK, SHARE

there = st.Page(lambda: None, title="FinOps", url_path="finops", default=True)
st.navigation([there])
found = [replace(SHARE, key="infraops", waits=(COST.ask,)), COST]
to_savings = replace(FINDINGS["infraops"], file=there)
leads = {"finops": Leads(own_page(there, PAGE.behind)), "infraops": Leads(findings=to_savings)}
show_health(found, state.reader(), LOOK, {}, leads)
"""


def test_a_line_leads_to_the_view_with_the_rows_behind_it_and_to_what_was_found() -> None:
    answers = {SHARE.ask.query: daily(SHARE.ask, [0.0] * 9), ASK.query: money(*[100] * 8)}
    with state.using(Reader(answers), lambda: NOW):
        test = AppTest.from_string(LEADS, default_timeout=30).run()
    assert not test.exception
    links = {one.proto.label.replace("\\", ""): one.proto.query_string for one in test.get("page_link")}
    assert links == {"FinOps ›": "view=Ahead", "8 findings ›": "view=Savings&panel=savings"}


def shown(said: Said) -> str:
    with state.using(Reader({SHARE.ask.query: said, ASK.query: money(*[100] * 8)}), lambda: NOW):
        test = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not test.exception
    return " ".join(one.value for one in (*test.markdown, *test.caption)).replace("\\", "")


def test_what_may_not_be_shown_is_named_once_and_is_not_unknown() -> None:
    text = shown(NotShown("2 cost centres"))
    assert "Cannot be limited to your 2 cost centres, so not shown: DataOps." in text
    assert "Not known" not in text and "OK" in text


def test_what_failed_is_unknown_on_the_page() -> None:
    text = shown(TimedOut(60))
    assert "Not known" in text and "not shown" not in text
