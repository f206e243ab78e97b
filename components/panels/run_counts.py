"""How the runs of a period ended and how its promised days were kept: counted, by day, and against the period before."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
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
    return _counts(_runs_of(runs).total, _days_of(days).total)


def by_day(runs: pd.DataFrame, days: pd.DataFrame) -> list[RunCounts]:
    """The same for every day from the first to the last of ``runs``."""
    if runs.empty:
        return []
    every = pd.date_range(runs["day"].min(), runs["day"].max()).date
    ended, promised = _runs_of(runs).by_day, _days_of(days).by_day
    return [_counts(ended[day], promised[day]) for day in every]


@dataclass(frozen=True)
class _States:
    """How many there are of each state, by day and of all days."""

    by_day: defaultdict[dt.date, Counter[str]]

    @property
    def total(self) -> Counter[str]:
        return sum(self.by_day.values(), Counter[str]())


def _runs_of(runs: pd.DataFrame) -> _States:
    found = _States(defaultdict(Counter))
    for day, state, number in zip(runs["day"], runs["state"], runs["runs"], strict=True):
        found.by_day[day][state] += int(number)
    return found


def _days_of(days: pd.DataFrame) -> _States:
    found = _States(defaultdict(Counter))
    for day, state in zip(days["day"], days["state"], strict=True):
        if state not in OPEN:
            found.by_day[day][state] += 1
    return found


def _counts(ended: Counter[str], promised: Counter[str]) -> RunCounts:
    return RunCounts(
        runs=ended.total(),
        failed=sum(ended[state] for state in FAILED),
        succeeded=ended["SUCCEEDED"],
        judged=promised.total(),
        met=promised["met"],
        missing=promised["missing"],
    )


def known(values: Sequence[float | None]) -> tuple[float, ...]:
    """Those of ``values`` that are there."""
    return tuple(float(value) for value in values if value is not None)


def until(frame: pd.DataFrame, end: dt.date | None) -> pd.DataFrame:
    """The rows of the days before ``end``: a day that is not over is not compared with a whole one."""
    return frame if end is None else frame.loc[frame["day"].map(lambda day: day < end).astype(bool)]
