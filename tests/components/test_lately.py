"""Questions about now are asked up to now, whatever period somebody looks at."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from agents.dataops.never_read import UNREAD
from components.frame.filters import Filters
from components.frame.page import Page
from components.sections.promised import failed, failing
from components.text.view_context import ViewContext
from pages import dataops
from settings import ROOT
from tests.components.reading import NOW, Reader

LATELY = ("pipelineops.never_succeeded", "pipelineops.failed_lately", "pipelineops.running_now", "overview.changes")
TODAY = NOW.date()


def page(first: int, last: int) -> Page:
    chosen = Filters(TODAY - dt.timedelta(days=first), TODAY - dt.timedelta(days=last), days=None)
    return Page("", chosen, ViewContext(), NOW, Reader({}))


@pytest.mark.parametrize("ask", [failing, failed])
def test_what_fails_now_does_not_depend_on_the_period(ask: object) -> None:
    asked = {ask(one) for one in (page(30, 0), page(300, 200))}  # type: ignore[operator]
    assert len(asked) == 1 and dict(asked.pop().params)["end"] == TODAY + dt.timedelta(days=1)


@pytest.mark.parametrize("query", LATELY)
def test_no_page_asks_them_for_its_period(query: str) -> None:
    texts = [
        path.read_text(encoding="utf-8") for room in ("pages", "components") for path in (ROOT / room).rglob("*.py")
    ]
    used = [found for text in texts for found in re.findall(rf'(\w+)\("{query}"', text)]
    asked = set(used) - {"labelled", "things_of"}  # which only take words from the question's header
    assert asked == {"lately"}


def test_page_and_agent_ask_once_which_tables_nobody_reads() -> None:
    assert dataops.unread(page(30, 0)) == UNREAD.ask(NOW)


def test_today_so_far_is_shown_where_the_period_ends_yesterday() -> None:
    until_now, over = page(30, 0).so_far.filters, page(60, 30).so_far.filters
    assert (until_now.start, until_now.end) == (TODAY - dt.timedelta(days=30), TODAY + dt.timedelta(days=1))
    assert (over.start, over.end) == (TODAY - dt.timedelta(days=60), TODAY - dt.timedelta(days=30))
