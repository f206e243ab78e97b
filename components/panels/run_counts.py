"""How the runs of a period ended and how its promised days were kept: counted, by day, and against the period before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from components.panels.verdicts import OPEN

FAILED = ("FAILED", "ERROR", "TIMED_OUT")


@dataclass(frozen=True)
class RunCounts:
    """Sums over some days; shares are None where nothing ended or nothing could be judged."""

    runs: int
    failed: int
    succeeded: int
    judged: int
    met: int
    missing: int

    @property
    def success(self) -> float | None:
        """The share of runs that succeeded, of those that ended one way or the other."""
        return self.succeeded / (self.succeeded + self.failed) if self.succeeded + self.failed else None

    @property
    def on_time(self) -> float | None:
        """The share of judged job days that kept their deadline."""
        return self.met / self.judged if self.judged else None


def counts(runs: pd.DataFrame, days: pd.DataFrame) -> RunCounts:
    """The sums over rows of pipelineops.runs_by_day and the job days of promise_frames."""
    judged = days[~days["state"].isin(OPEN)]["state"]
    return RunCounts(
        runs=int(runs["runs"].sum()),
        failed=int(runs.loc[runs["state"].isin(FAILED), "runs"].sum()),
        succeeded=int(runs.loc[runs["state"].eq("SUCCEEDED"), "runs"].sum()),
        judged=len(judged),
        met=int(judged.eq("met").sum()),
        missing=int(judged.eq("missing").sum()),
    )


def by_day(runs: pd.DataFrame, days: pd.DataFrame) -> list[RunCounts]:
    """The same for every day from the first to the last of ``runs``."""
    if runs.empty:
        return []
    every = pd.date_range(runs["day"].min(), runs["day"].max()).date
    per_run, per_day = dict(iter(runs.groupby("day"))), dict(iter(days.groupby("day")))
    return [counts(per_run.get(day, runs.head(0)), per_day.get(day, days.head(0))) for day in every]


def known(values: Sequence[float | None]) -> tuple[float, ...]:
    """Those of ``values`` that are there."""
    return tuple(float(value) for value in values if value is not None)


def until(frame: pd.DataFrame, end: dt.date | None) -> pd.DataFrame:
    """The rows of the days before ``end``: a day that is not over is not compared with a whole one."""
    return frame if end is None else frame.loc[frame["day"].map(lambda day: day < end).astype(bool)]
