"""The states of a promised day, in words and as they are drawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from components.text import format as fmt
from components.text.names import jobs_apart
from components.text.untrusted import plain
from components.tiles.tile import Body, Frames, Note

UNCLEAR = "schedule not understood"
WEEK, SAID = dt.timedelta(days=7), 6  # how many late jobs are named
OPEN = ("pending", "unknown", UNCLEAR)  # days that are neither kept nor missed
DRAWN = {"pending": "none", "skipped": "not run", "blocked": "not run", "cancelled": "not run", UNCLEAR: "unknown"}
WORDS = {
    "missing": "no run came", "skipped": "the run was skipped", "cancelled": "the run was cancelled",
    "blocked": "the run was blocked", "unknown": "could not be checked", UNCLEAR: UNCLEAR,
}  # fmt: skip


def unjudged(days: pd.DataFrame, frames: Frames) -> list[Body]:
    """What could not be judged, and why."""
    said: list[Body] = []
    unclear = days[days["state"] == UNCLEAR]
    if len(unclear):
        names = [plain(name, 40) for name in jobs_apart(unclear).drop_duplicates("key")["name"]]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        said.append(Note(f"Schedule not understood, so nothing is judged: {', '.join(names[:3])}{more}.", "unknown"))
    unknown = int((days["state"] == "unknown").sum())
    if unknown:
        gaps = " ".join(frames.covered("run_ends", "job_schedules").gaps[:2])
        said.append(Note(f"{fmt.counted(unknown, 'job day')} could not be checked. {gaps}".strip(), "unknown"))
    return said


def against(day: Any) -> str:
    """How a job's day stood to its deadline."""
    if day.state in WORDS:
        return WORDS[day.state]
    if not fmt.known(day.minutes_late):
        return "no end yet"
    return f"{fmt.duration(abs(day.minutes_late) * 60)} {'after' if day.minutes_late > 0 else 'before'} it"


def most_missed(judged: pd.DataFrame) -> str:
    """The job with most days that were not kept."""
    missed = judged[judged["state"].ne("met")]
    often = jobs_apart(missed)["name"].value_counts()
    return f"; {plain(often.index[0], 40)} missed most, {fmt.counted(int(often.iloc[0]), 'day')}" if len(often) else ""


def late_lately(bad: pd.DataFrame, newest: dt.date) -> str:
    """Which jobs were late in the seven days up to ``newest``, the most often first."""
    late = bad[bad["state"].eq("late") & bad["day"].gt(newest - WEEK)]["name"].value_counts()
    if late.empty:
        return "No job was late in the last 7 days."
    jobs = ", ".join(
        f"{plain(name, 40)} on {fmt.counted(int(often), 'day')}" for name, often in late.head(SAID).items()
    )
    more = f" and {len(late) - SAID:,} more" if len(late) > SAID else ""
    return f"Late in the last 7 days: {jobs}{more}."
