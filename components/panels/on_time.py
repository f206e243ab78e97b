"""Was each job on time, day by day: the heatmap, a part of the jobs at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from components.figures.heatmap import sla_heatmap
from components.panels.verdicts import DRAWN, OPEN, against, most_missed, unjudged
from components.text import format as fmt
from components.text.names import jobs_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Note
from things import ThingColumn

DAY_OF_JOB = ThingColumn("", ("workspace_id", "job_id", "run_id"), "opens")  # a promised day: its run, else the job
NARROWEST = 340  # pixels that the days share on a small screen
RUN = ["workspace_id", "job_id", "run_id"]
NOTHING_WRITTEN = "wrote nothing"


@dataclass(frozen=True)
class Part:
    """Which jobs are drawn: of those whose name has every word of ``find``, the ``page``-th part from the worst on."""

    find: str = ""
    page: int = 1


def on_time_of(part: Part, today: dt.date | None = None, *, where: str = "below") -> Panel:
    """The panel of ``part`` of the jobs. Its frames are those of promise_frames, and may be ``wrote_nothing`` (rows of that
    question). ``today`` is not over; ``where`` says where a deadline is declared."""

    @panel("On time, job by day", height=560, waits=690)
    def on_time(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """Met is quiet; what was not kept gains ink. A learned deadline is a habit, not a promise, until declared. A run
        that succeeded and wrote nothing, though its job writes tables as a rule, has a sign of its own."""
        days = frames["days"]
        if days.empty:
            return [Empty("No scheduled job has a deadline: one is learned from 10 good runs in 30 days.")]
        shown = _found(jobs_apart(days), part.find)
        if shown.empty:
            return [
                Empty(f"No job of {days['key'].nunique():,} is called “{plain(part.find, 40)}”.", "Type less of it.")
            ]
        learned = int((shown.drop_duplicates("key")["source"] == "learned").sum())
        jobs = fmt.counted(shown["key"].nunique(), "job is", "jobs are")
        said = Note(f"{learned:,} of {jobs} judged by a learned deadline; declare one {where}.")
        if (shown["state"] == "pending").all():
            return [Empty(f"None of {fmt.counted(len(shown), 'job day')} is due yet."), said]
        judged = shown[~shown["state"].isin(OPEN)]
        kept = judged["state"].eq("met").mean() if len(judged) else None
        already = int(judged["day"].eq(today).sum()) if today else 0
        of_today = f" ({already:,} of today so far)" if already else ""
        found = f"{fmt.percent(kept)} of {fmt.counted(len(judged), 'job day')}{of_today} on time{most_missed(judged)}"
        drawn = _drawn(shown, frames.get("wrote_nothing"))
        return [
            Finding(found),
            said,
            *_empty_handed(drawn),
            *unjudged(shown, frames),
            _heatmap(drawn, look, part, today),
        ]

    return on_time


def _heatmap(drawn: pd.DataFrame, look: ViewContext, part: Part, today: dt.date | None) -> Body:
    return sla_heatmap(
        drawn,
        look,
        row="key",
        label="name",
        day="day",
        state="drawn",
        details=_against,
        thing=DAY_OF_JOB,
        across=NARROWEST,
        page=part.page,
        so_far=today,
    )


def _found(days: pd.DataFrame, find: str) -> pd.DataFrame:
    """The days of the jobs whose name has every word of ``find``."""
    words = find.casefold().split()
    if not words:
        return days
    names = days["name"].map(lambda name: plain(name).casefold())
    return days[[all(word in name for word in words) for name in names]]


def _drawn(days: pd.DataFrame, empty: pd.DataFrame | None) -> pd.DataFrame:
    """The days as the figure takes them: with the state as ``drawn`` and what a click ``opens``."""
    shown = days.assign(
        drawn=days["state"].replace(DRAWN), opens=days["run_id"].notna().map({True: "run", False: "job"})
    )
    if empty is None or empty.empty:
        return shown
    runs = {*zip(*(empty[name] for name in RUN), strict=True)}
    green = pd.Series([key in runs for key in zip(*(shown[name] for name in RUN), strict=True)], shown.index)
    return shown.assign(drawn=shown["drawn"].mask(shown["state"].eq("met") & green, NOTHING_WRITTEN))


def _against(drawn: pd.DataFrame) -> list[str]:
    """How each of the days stood to its deadline, in words."""
    return [
        f"{day.source} deadline, {against(day)}{'; it wrote no table, as its runs do' if day.drawn == NOTHING_WRITTEN else ''}"
        for day in drawn[["source", "state", "minutes_late", "drawn"]].itertuples()
    ]


def _empty_handed(drawn: pd.DataFrame) -> list[Body]:
    nothing = drawn[drawn["drawn"] == NOTHING_WRITTEN]
    if nothing.empty:
        return []
    jobs = fmt.counted(nothing["key"].nunique(), "job")
    runs = fmt.counted(len(nothing), "green run")
    return [Note(f"{runs} of {jobs} wrote nothing, though the runs before wrote tables.", "watch")]


on_time = on_time_of(Part())
