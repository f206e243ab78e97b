"""The tile of PipelineOps' figures, with what they are compared with: the same questions of the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.frame.page import Page
from components.panels.run_totals import totals_of
from components.sections.promised import ASKED, DaysOf, asked, judged, learned
from components.tiles.tile import Frames, Tile
from warehouse.interface import Ask


def run_totals(
    page: Page, asks: Sequence[Ask], kept: Mapping[str, Any], declared: pd.DataFrame, days_of: DaysOf
) -> Tile:
    """``asks`` and ``kept`` are those of promised days in the period itself; ``days_of`` judges days by ``declared`` deadlines
    and by what was learned."""
    then = page.before
    runs_before = then.ask("pipelineops.runs_by_day")

    def compared(frames: Frames) -> Mapping[str, pd.DataFrame]:
        found: Mapping[str, pd.DataFrame] = kept["derive"](frames)
        if not frames.keys() >= {*ASKED}:
            return found
        return {**found, "days_before": judged(days_of, frames, then, declared)}

    today = page.now.date() if page.so_far.filters is not page.filters else None
    variant = f"{kept['variant']} {then.filters.start} {then.filters.end}"
    return totals_of(today).tile(
        *asks,
        **asked(then, declared, habits=learned(page)),
        runs_before=runs_before,
        derive=compared,
        variant=variant,
        choice=today,
        spared=(*ASKED, "runs_before"),
    )
