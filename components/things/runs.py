"""When a run was: what is asked about it is asked around its start, whatever period is looked at."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from components.frame.page import Page
from components.runtime.waiting import until_done
from components.things.asks import about
from things import Thing

KEPT = 400  # days: more than the system tables keep
GOOD = 30  # days before a run in which the last good one is looked for


def of_late(page: Page) -> Page:
    """``page`` over the days around the runs of the last :data:`GOOD` days: most that people open are among them."""
    today = page.now.date()
    return _over(page, today - dt.timedelta(days=2 * GOOD), today + dt.timedelta(days=1))


def around(page: Page, run: Thing) -> Page:
    """``page`` over the days around ``run``; as it is where the tables do not hold the run. It waits for the answer."""
    start, today = _began(page, run), page.now.date()
    if start is None:
        return page
    if start >= today - dt.timedelta(days=GOOD):
        return of_late(page)
    return _over(page, start - dt.timedelta(days=GOOD), start + dt.timedelta(days=GOOD))


def _over(page: Page, start: dt.date, end: dt.date) -> Page:
    return replace(page, filters=replace(page.filters, start=start, end=end, days=None, preset=""))


def _began(page: Page, run: Thing) -> dt.date | None:
    """The UTC day on which the run started; None where the tables do not hold it."""
    tomorrow = page.now.date() + dt.timedelta(days=1)
    question = about(page, run, "pipelineops.run_found", start=tomorrow - dt.timedelta(days=KEPT + 1), end=tomorrow)
    answer = page.reader.submit(question)
    until_done([answer])
    if (table := answer.result().table) is None or not table.num_rows:
        return None
    started: dt.datetime = table["started"][0].as_py()
    return started.date()
