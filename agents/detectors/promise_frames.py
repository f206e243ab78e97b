"""Job days against their deadlines, as frames that tiles can draw."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from agents.detectors.service_level import error_budget, job_days

TARGET = 0.95  # share of promised days that must be kept


def promise_frames(
    runs: pd.DataFrame,
    schedules: pd.DataFrame,
    learned: pd.DataFrame,
    declared: pd.DataFrame,
    start: dt.date,
    end: dt.date,
    now: dt.datetime,
) -> dict[str, pd.DataFrame]:
    """``days`` (see :func:`job_days`, with ``key``), ``budget`` (see :func:`error_budget`), ``burn`` (day, left, planned
    over all declared jobs, all jobs where none is declared).

    ``runs``, ``schedules``, ``learned`` have the columns of pipelineops.run_ends, job_schedules, learned_deadlines;
    ``declared`` workspace_id, job_id, due_time, zone. A declared deadline replaces a learned one.
    """
    keys = ["workspace_id", "job_id"]
    own = declared.assign(seconds=0.0, source="declared")
    rest = learned.assign(due_time="", zone="UTC", source="learned")
    both = pd.concat([own, rest], ignore_index=True).drop_duplicates(keys, keep="first")
    plans = schedules.assign(quartz=schedules["quartz"].fillna(""))
    planned = plans[plans["quartz"] != ""][keys]
    both = both.merge(planned, on=keys)  # without a schedule nobody promised anything
    first, last = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (start, end))
    days = job_days(runs, plans, both, first, last, now)
    days["key"] = days["workspace_id"] + "/" + days["job_id"]
    return {"days": days, "budget": error_budget(days, TARGET), "burn": _burn(days)}


def _burn(days: pd.DataFrame) -> pd.DataFrame:
    """What is left of the common error budget after each day, beside the even pace."""
    done = days[days["state"] != "pending"]
    if (done["source"] == "declared").any():
        done = done[done["source"] == "declared"]
    if done.empty:
        return pd.DataFrame(columns=["day", "left", "planned"])
    allowed = len(done) * (1 - TARGET)
    missed = done.assign(missed=done["state"].ne("met")).groupby("day")["missed"].sum().sort_index()
    left = allowed - missed.cumsum()
    pace = [allowed * (1 - (i + 1) / len(left)) for i in range(len(left))]
    return pd.DataFrame({"day": left.index, "left": left.to_numpy(), "planned": pace})
