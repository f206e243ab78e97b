"""Value, Promises: the job days of the last 30 whole days against the 30 before, by the questions that PipelineOps asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from components.frame.page import Page
from components.panels.value_promises import kept
from components.sections.deadline_list import declared_ones
from components.sections.promised import DaysOf, asked, judged, learned
from components.tiles.tile import Frames, Tile

SPAN = 30  # days
Sum = Callable[[pd.DataFrame, pd.DataFrame], Mapping[str, pd.DataFrame]]


def promises(page: Page, days_of: DaysOf, summed: Sum) -> Tile:
    """``days_of`` tells of runs and schedules which job days were kept, ``summed`` what these come to against those before."""
    declared, _ = declared_ones(page)
    now, before = _of(page, 0), _of(page, SPAN)

    def work(frames: Frames) -> Mapping[str, pd.DataFrame]:
        return summed(*(judged(days_of, frames, one, declared, tail) for one, tail in ((now, ""), (before, "_before"))))

    return kept.tile(
        **asked(now, declared),
        **asked(before, declared, "_before", learned(now)),
        derive=work,
        variant=f"{declared.values.tolist()} {now.filters.start}",
    )


def _of(page: Page, ago: int) -> Page:
    """The page with the :data:`SPAN` whole days that ended ``ago`` days before today."""
    end = page.now.date() - dt.timedelta(days=ago)
    return replace(page, filters=replace(page.filters, start=end - dt.timedelta(days=SPAN), end=end, preset="", days=0))
