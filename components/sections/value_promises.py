"""Value, Promises: the job days of the last 30 whole days against the 30 before, by the questions that PipelineOps asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from components.frame.page import Page
from components.panels.value_promises import kept
from components.sections.deadline_list import declared_ones
from components.sections.promised import promised
from components.tiles.tile import Frames, Tile

SPAN = 30  # days
Judge = Callable[..., Mapping[str, pd.DataFrame]]  # promise_frames
Sum = Callable[[pd.DataFrame, pd.DataFrame], Mapping[str, pd.DataFrame]]


def promises(page: Page, judge: Judge, summed: Sum) -> Tile:
    """``judge`` tells of runs and schedules which job days were kept, ``summed`` what these come to against those before."""
    declared, _ = declared_ones(page)
    now, before = _of(page, 0), _of(page, SPAN)
    ends, schedules, learned = promised(now, declared)
    ends_before, schedules_before, learned_before = promised(before, declared)

    def work(frames: Frames) -> Mapping[str, pd.DataFrame]:
        days = [_days(frames, one, tail, declared, judge) for one, tail in ((now, ""), (before, "_before"))]
        return summed(*days)

    return kept.tile(
        ends=ends,
        schedules=schedules,
        learned=learned,
        ends_before=ends_before,
        schedules_before=schedules_before,
        learned_before=learned_before,
        derive=work,
        variant=f"{declared.values.tolist()} {now.filters.start}",
    )


def _of(page: Page, ago: int) -> Page:
    """The page with the :data:`SPAN` whole days that ended ``ago`` days before today."""
    end = page.now.date() - dt.timedelta(days=ago)
    return replace(page, filters=replace(page.filters, start=end - dt.timedelta(days=SPAN), end=end, preset="", days=0))


def _days(frames: Frames, page: Page, tail: str, declared: pd.DataFrame, judge: Judge) -> pd.DataFrame:
    names = (f"ends{tail}", f"schedules{tail}", f"learned{tail}")
    span, covered = page.filters, frames.covered(*names[:2])
    return judge(*(frames[name] for name in names), declared, span.start, span.end, page.now, covered)["days"]
