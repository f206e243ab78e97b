"""The questions that promises are judged by, how a period is judged by them, and those about what fails now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from components.frame.page import Page
from components.tiles.derived import derived_once
from components.tiles.tile import Frames
from warehouse.coverage import Coverage
from warehouse.interface import Ask

Judge = Callable[..., Mapping[str, pd.DataFrame]]  # agents.detectors.promise_frames.promise_frames
DaysOf = Callable[..., pd.DataFrame]  # its promised_days
ASKED = ("ends", "schedules", "learned")  # what the answers to :func:`promised` are called
BEFORE, AFTER = dt.timedelta(days=2), dt.timedelta(days=3)  # around the period, where runs decide its days, too
HABIT = dt.timedelta(weeks=8, days=37)  # how long before a week what is learned for it may have been seen


def promised(page: Page, declared: pd.DataFrame, habits: Ask | None = None) -> list[Ask]:
    """What promises are judged by in the page's period; ``declared`` has workspace_id and job_id, ``habits`` is
    :func:`learned` of the page whose period this one is compared with."""
    start, end = page.filters.start - BEFORE, page.filters.end + AFTER
    jobs = ",".join(sorted({*(declared["workspace_id"] + "/" + declared["job_id"])}))
    return [
        page.ask("pipelineops.run_ends", start=start, end=end, declared=jobs),
        schedules(page),
        habits or learned(page),
    ]


def asked(page: Page, declared: pd.DataFrame, tail: str = "", habits: Ask | None = None) -> dict[str, Any]:
    """:func:`promised` by name; ``tail`` tells the names of one period from those of another."""
    return {f"{name}{tail}": one for name, one in zip(ASKED, promised(page, declared, habits), strict=True)}


def judged(days_of: DaysOf, frames: Frames, page: Page, declared: pd.DataFrame, tail: str = "") -> pd.DataFrame:
    """The job days of the page's period, by the answers to :func:`asked`."""
    names = [f"{name}{tail}" for name in ASKED]
    span, covered = page.filters, frames.covered(*names[:2])
    return days_of(*(frames[name] for name in names), declared, span.start, span.end, page.now, covered)


def learned(page: Page) -> Ask:
    """pipelineops.learned_by_week, as of each week of the page's period and of the one it is compared with: from as long before
    them as a habit is remembered, so that a day is judged alike in every period."""
    start, end = min(page.filters.start, page.before.filters.start) - BEFORE, page.filters.end + AFTER
    monday = start - dt.timedelta(days=start.weekday())
    return page.ask("pipelineops.learned_by_week", start=monday - HABIT, end=end)


def failing(page: Page) -> Ask:
    """Jobs that have been failing for more than a day, as of now."""
    return page.lately("pipelineops.never_succeeded", 90)


def failed(page: Page, days: int = 1) -> Ask:
    """Runs that failed in the last ``days``; one may have begun six days before."""
    return page.lately("pipelineops.failed_lately", days + 6, hours=24 * days, limit=200)


def schedules(page: Page) -> Ask:
    """pipelineops.job_schedules for the page's period."""
    return page.ask("pipelineops.job_schedules", start=page.filters.start - BEFORE, end=page.filters.end + AFTER)


def judged_once(
    judge: Judge,
    runs: pd.DataFrame,
    schedules: pd.DataFrame,
    learned: pd.DataFrame,
    declared: pd.DataFrame,
    start: dt.date,
    end: dt.date,
    now: dt.datetime,
    covered: Coverage,
) -> Mapping[str, pd.DataFrame]:
    """What ``judge`` (agents.detectors.promise_frames) makes of these very frames, once for all tiles that show it."""
    frames, of = (runs, schedules, learned), (judge, str(declared.to_numpy().tolist()), start, end, covered)
    return derived_once(frames, of, lambda: judge(*frames, declared, start, end, now, covered))
