"""PipelineOps: the figures of the period, their course and their change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from components.panels.run_counts import RunCounts, by_day, counts, known, until
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Finding, Frames, Good, Metric, Metrics


def totals_of(today: dt.date | None) -> Panel:
    """The panel of the period's figures; ``today`` is not over. Its frames may be ``runs_before`` and ``days_before``, of the
    period that is compared."""

    @panel("This period", height=200)
    def totals(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """How many runs there were, how many failed, how many promised days were kept."""
        now = counts(frames["runs_by_day"], frames["days"])
        said = f"{fmt.counted(now.runs, 'run')}, {now.failed:,} failed"
        if now.on_time is not None:
            said += f"; {fmt.percent(now.on_time)} of {fmt.counted(now.judged, 'job day')} on time"
        runs, days = frames.get("runs_before"), frames.get("days_before")
        then = counts(runs, days) if runs is not None and days is not None and len(runs) else None
        versus = f"{look.versus}; today is not compared" if today is not None else look.versus
        return [Finding(said), Metrics(_totals(frames, now, then, today), versus if then is not None else "")]

    return totals


def _totals(frames: Frames, now: RunCounts, then: RunCounts | None, today: dt.date | None) -> list[Metric]:
    """The figures of all days, their course, and how the days before ``today`` stand to ``then``."""
    runs, days = frames["runs_by_day"], frames["days"]
    whole, course = counts(until(runs, today), until(days, today)), by_day(runs, days)
    on_time = "Job days that kept their deadline; a learned one is a habit, not a promise."

    def metric(label: str, word: str, text: str, good: Good, *, share: bool = False, about: str = "") -> Metric:
        shown: float | None = getattr(now, word)
        kind: Literal["ratio", "count"] = "ratio" if share else "count"
        was, is_ = getattr(then, word, None), getattr(whole, word)
        difference = None if was is None or is_ is None else is_ - was if share else (is_ / was - 1 if was else None)
        trend = known([getattr(day, word) for day in course])
        return Metric(label, text, difference, good, 0.01 if share else 0.05, trend, about, share, shown, kind)

    return [
        metric("Runs", "runs", fmt.number(now.runs), "none"),
        metric("Failed", "failed", fmt.number(now.failed), "down"),
        metric("Success", "success", fmt.percent(now.success), "up", share=True),
        metric("On time", "on_time", fmt.percent(now.on_time), "up", share=True, about=on_time),
        metric("Missing", "missing", fmt.number(now.missing), "down", about="Due, but no run came."),
    ]


totals = totals_of(None)
