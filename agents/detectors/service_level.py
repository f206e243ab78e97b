"""Did a job keep its promise on a day? Met, late, failed or missing, per job and day, and the error budget it leaves.

A day's promise comes from a declared deadline (done by HH:MM in a zone) or, when nobody declared one, from a learned
deadline, always labelled so. Which runs were due comes from the job's schedule; without one, every run counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from agents.detectors.quartz import fire_times

State = Literal["met", "late", "failed", "missing", "pending"]
ORDER: tuple[State, ...] = ("met", "pending", "late", "missing", "failed")  # a day's state is its worst run
RANK = {state: rank for rank, state in enumerate(ORDER)}
COLUMNS = ["workspace_id", "job_id", "name", "day", "state", "due", "ended", "minutes_late", "source", "run_id"]
EARLY, GRACE = (
    dt.timedelta(minutes=1),
    dt.timedelta(hours=1),
)  # a scheduled run that starts within the hour of its fire time is that fire time's run


class _Run(NamedTuple):
    """A run in Python's own times, all in the same zone object: comparing those is much faster than comparing pandas'
    timestamps, or times whose offsets have to be asked for first."""

    run_id: str
    started: dt.datetime
    ended: dt.datetime | None
    result_state: str | None


def _runs(frame: pd.DataFrame) -> Iterable[_Run]:
    started, ended = (frame[name].dt.tz_convert(dt.UTC).dt.to_pydatetime() for name in ("started", "ended"))
    there = (None if at is pd.NaT else at for at in ended)
    return map(_Run, frame["run_id"].tolist(), started, there, frame["result_state"].tolist())


def _due(deadline: Any) -> Callable[[dt.datetime], dt.datetime]:
    """When the run of a fire time must be done: the next HH:MM in the deadline's zone, or so many seconds later."""
    if not deadline.due_time:
        span = dt.timedelta(seconds=float(deadline.seconds))
        return lambda fire: fire + span
    zone = ZoneInfo(deadline.zone)
    hour, minute = map(int, str(deadline.due_time).split(":"))

    def next_time(fire: dt.datetime) -> dt.datetime:
        local = fire.astimezone(zone)
        due = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if due <= local:
            due = (local + dt.timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return due.astimezone(dt.UTC)

    return next_time


def _state(run: _Run | None, due: dt.datetime, now: dt.datetime) -> State:
    if run is None:
        return "missing" if now >= due else "pending"
    if run.ended is None:
        return "late" if now >= due else "pending"
    if run.result_state in ("SKIPPED", "CANCELLED", "BLOCKED"):
        return "missing"  # the scheduled work was not done
    if run.result_state != "SUCCEEDED":
        return "failed"
    return "late" if run.ended > due else "met"


def _fires(schedule: Any, runs: list[_Run], start: dt.datetime, end: dt.datetime) -> Iterable[dt.datetime]:
    """When the job was due in [start, end): its schedule while in force and not paused, else its runs' own starts."""
    if schedule is None or not schedule.quartz:
        return [run.started for run in runs]
    if schedule.paused:
        return []
    since = start if pd.isna(schedule.since) else max(start, schedule.since)
    until = end if pd.isna(schedule.deleted) else min(end, schedule.deleted)
    try:
        return fire_times(schedule.quartz, schedule.zone or "UTC", since, until)
    except ValueError:
        return [run.started for run in runs]  # an unreadable schedule is no promise of its own


def _matches(fires: Sequence[dt.datetime], runs: list[_Run], end: dt.datetime) -> Iterator[_Run | None]:
    """The run of each fire time: the first that starts from it on (a minute early will do), within :data:`GRACE` and
    before the next fire. Both are in order of time; the last fire's run may start until ``end`` + GRACE."""
    place = 0
    for fire, following in zip(fires, [*fires[1:], end + GRACE], strict=False):
        while place < len(runs) and runs[place].started < fire - EARLY:
            place += 1
        found = place < len(runs) and runs[place].started < min(fire + GRACE, following)
        yield runs[place] if found else None


def job_days(
    runs: pd.DataFrame,
    schedules: pd.DataFrame,
    deadlines: pd.DataFrame,
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
) -> pd.DataFrame:
    """One row per job and day (UTC day of the due time) with its worst state.

    ``runs``: workspace_id, job_id, run_id, started, ended (NaT while running), result_state; UTC times.
    ``schedules``: workspace_id, job_id, name, quartz, zone, paused, since, deleted.
    ``deadlines``: workspace_id, job_id, due_time ("HH:MM" or ""), zone, seconds (after the fire time), source
    ("declared" or "learned"). Only jobs with a deadline appear.
    Returns :data:`COLUMNS`; ``minutes_late`` is negative when early, NaN when the run never ended.
    """
    by_job: dict[tuple[str, str], list[_Run]] = {}
    ordered = runs.sort_values("started")
    keys = zip(ordered["workspace_id"].tolist(), ordered["job_id"].tolist(), strict=True)
    for key, run in zip(keys, _runs(ordered), strict=True):
        by_job.setdefault(key, []).append(run)
    plans = {(s.workspace_id, s.job_id): s for s in schedules.itertuples()}
    worst: dict[tuple[str, str, dt.date], tuple[Any, ...]] = {}
    for deadline in deadlines.itertuples():
        key = (str(deadline.workspace_id), str(deadline.job_id))
        own = by_job.get(key, [])
        plan: Any = plans.get(key)
        name = plan.name if plan is not None else key[1]
        fires, due_of = list(_fires(plan, own, start, end)), _due(deadline)
        for fire, mine in zip(fires, _matches(fires, own, end), strict=True):
            due = due_of(fire)
            place, state = (*key, due.date()), _state(mine, due, now)
            known = worst.get(place)
            if known is not None and RANK[known[4]] >= RANK[state]:
                continue
            ended = mine.ended if mine is not None else None
            late = (ended - due).total_seconds() / 60 if ended is not None else float("nan")
            run_id = mine.run_id if mine is not None else None
            worst[place] = (key[0], key[1], name, place[2], state, due, ended, late, deadline.source, run_id)
    return pd.DataFrame([worst[place] for place in sorted(worst)], columns=COLUMNS)


def error_budget(days: pd.DataFrame, target: float) -> pd.DataFrame:
    """Budget per job: columns workspace_id, job_id, name, promised, kept, missed, allowed, left, burnt, source.

    ``allowed`` = (1 - target) x promised days; ``left`` = allowed - missed, may be negative; ``burnt`` = missed /
    allowed. Pending days are not promised yet. Formula: the error budget of the Google SRE book, chapter 3.
    """
    done = days[days["state"] != "pending"]
    columns = ["workspace_id", "job_id", "name", "source", "promised", "kept", "missed", "allowed", "left", "burnt"]
    if done.empty:
        return pd.DataFrame(columns=columns)
    grouped = (
        done.assign(kept=done["state"].eq("met"))
        .groupby(["workspace_id", "job_id", "name", "source"], as_index=False, sort=False)
        .agg(promised=("state", "size"), kept=("kept", "sum"))
    )
    grouped["missed"] = grouped["promised"] - grouped["kept"]
    grouped["allowed"] = grouped["promised"] * (1 - target)
    grouped["left"] = grouped["allowed"] - grouped["missed"]
    grouped["burnt"] = grouped["missed"] / grouped["allowed"]
    return grouped[columns].sort_values(["left", "job_id"]).reset_index(drop=True)
