"""Job days against their deadlines, as frames that tiles can draw."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from agents.detectors.service_level import error_budget, job_days, judged
from warehouse.coverage import WHOLE, Coverage

TARGET = 0.95  # share of promised days that must be kept


def promise_frames(
    runs: pd.DataFrame,
    schedules: pd.DataFrame,
    learned: pd.DataFrame,
    declared: pd.DataFrame,
    start: dt.date,
    end: dt.date,
    now: dt.datetime,
    covered: Coverage = WHOLE,
) -> dict[str, pd.DataFrame]:
    """``days`` (see :func:`job_days`, with ``key``), ``budget`` (see :func:`error_budget`), ``burn`` (day, left, planned
    over all declared jobs, all jobs where none is declared).

    ``runs``, ``schedules``, ``learned`` have the columns of pipelineops.run_ends (or one row per run), job_schedules,
    learned_by_week; ``declared`` workspace_id, job_id, due_time, zone, and since and until where
    it changed. A declared deadline replaces a learned one while it is in force. ``covered`` is what runs and schedules speak of.
    """
    days = promised_days(runs, schedules, learned, declared, start, end, now, covered)
    return {"days": days, "budget": error_budget(days, TARGET), "burn": _burn(days)}


def promised_days(
    runs: pd.DataFrame,
    schedules: pd.DataFrame,
    learned: pd.DataFrame,
    declared: pd.DataFrame,
    start: dt.date,
    end: dt.date,
    now: dt.datetime,
    covered: Coverage = WHOLE,
) -> pd.DataFrame:
    """The ``days`` of :func:`promise_frames` alone."""
    own = declared.assign(seconds=0.0, source="declared")
    rest = learned.assign(due_time="", zone="UTC", source="learned")
    both = pd.concat([own, rest], ignore_index=True) if len(own) else rest
    first, last = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (start, end))
    days = job_days(runs, schedules, both, first, last, now, covered)
    days["key"] = days["workspace_id"] + "/" + days["job_id"]
    return days


def _burn(days: pd.DataFrame) -> pd.DataFrame:
    """What is left of the common error budget after each day, beside the even pace."""
    done = judged(days)
    if (done["source"] == "declared").any():
        done = done[done["source"] == "declared"]
    if done.empty:
        return pd.DataFrame(columns=["day", "left", "planned"])
    allowed = len(done) * (1 - TARGET)
    missed = done.assign(missed=done["state"].ne("met")).groupby("day")["missed"].sum().sort_index()
    left = allowed - missed.cumsum()
    pace = [allowed * (1 - (i + 1) / len(left)) for i in range(len(left))]
    return pd.DataFrame({"day": left.index, "left": left.to_numpy(), "planned": pace})
