"""The learned deadlines that nobody has declared yet, of what a page has read already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Set

import pandas as pd

from approvals.deciding import deadlines
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.sections.promised import learned, schedules

Habits = Callable[[pd.DataFrame, pd.DataFrame, Set[tuple[str, str]], dt.datetime], pd.DataFrame]


def offers(page: Page, habits: Habits) -> pd.DataFrame:
    """What ``habits`` makes of schedules, learned deadlines, the jobs (workspace, job) that have declared ones, and now; empty
    where the page has not read them."""
    declared = read_in_time(deadlines.history, deadlines.NEVER, "Declared deadlines are not known.")
    asked = [page.reader.peek(one) for one in (schedules(page), learned(page))]
    tables = [answer.table for answer in asked if answer is not None and answer.table is not None]
    if len(tables) < 2:
        return pd.DataFrame()
    kept = declared[declared["until"].isna()]
    jobs = {*zip(kept["workspace_id"], kept["job_id"], strict=True)}
    return habits(tables[0].to_pandas(), tables[1].to_pandas(), jobs, page.now)
