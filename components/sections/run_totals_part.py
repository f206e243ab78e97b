"""The tile of PipelineOps' figures, with what they are compared with: the same questions of the period before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from components.frame.page import Page
from components.panels.run_totals import totals_of
from components.sections.promised import promised
from components.tiles.tile import Frames, Tile
from warehouse.interface import Ask

Judge = Callable[..., Mapping[str, pd.DataFrame]]  # promise_frames
BEFORE = ("ends", "schedules", "learned")  # what the promises of the period before are judged by


def run_totals(page: Page, asks: Sequence[Ask], kept: Mapping[str, Any], declared: pd.DataFrame, judge: Judge) -> Tile:
    """``asks`` and ``kept`` are those of promised days in the period itself; ``judge`` judges days by ``declared`` deadlines and
    by what was learned."""
    then = page.before
    ends, schedules, learned = promised(then, declared)
    runs_before = then.ask("pipelineops.runs_by_day")

    def compared(frames: Frames) -> Mapping[str, pd.DataFrame]:
        found: Mapping[str, pd.DataFrame] = kept["derive"](frames)
        if not frames.keys() >= set(BEFORE):
            return found
        judged = judge(
            *(frames[name] for name in BEFORE),
            declared,
            then.filters.start,
            then.filters.end,
            page.now,
            frames.covered("ends", "schedules"),
        )
        return {**found, "days_before": judged["days"]}

    today = page.now.date() if page.so_far.filters is not page.filters else None
    variant = f"{kept['variant']} {then.filters.start} {then.filters.end}"
    return totals_of(today).tile(
        *asks,
        ends=ends,
        schedules=schedules,
        learned=learned,
        runs_before=runs_before,
        derive=compared,
        variant=variant,
        choice=today,
        spared=(*BEFORE, "runs_before"),
    )
