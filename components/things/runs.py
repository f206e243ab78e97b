"""When a run was: what is asked about it is asked around its start, whatever period is looked at."""

from __future__ import annotations

import datetime as dt

from components.frame.page import Page
from components.runtime.waiting import until_done
from components.things.asks import about
from queries.kinds import Param
from things import Thing

KEPT = 400  # days: more than the system tables keep
GOOD = 30  # days before a run in which the last good one is looked for


def began(page: Page, thing: Thing) -> dt.date | None:
    """The UTC day on which the run started; None where the tables do not hold it."""
    tomorrow = page.now.date() + dt.timedelta(days=1)
    question = about(page, thing, "pipelineops.run_found", start=tomorrow - dt.timedelta(days=KEPT + 1), end=tomorrow)
    answer = page.reader.submit(question)
    until_done([answer])
    if (table := answer.result().table) is None or not table.num_rows:
        return None
    started: dt.datetime = table["started"][0].as_py()
    return started.date()


def around(page: Page, start: dt.date | None) -> dict[str, Param]:
    """``start`` and ``end`` of the questions about a run that began on the day ``start``; the page's for None."""
    if start is None:
        return {}
    tomorrow = page.now.date() + dt.timedelta(days=1)
    return {"start": start - dt.timedelta(days=GOOD), "end": min(tomorrow, start + dt.timedelta(days=GOOD))}
