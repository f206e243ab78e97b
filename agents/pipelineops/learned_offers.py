"""Learned deadlines as they could be declared: a time of day in the zone of the schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set
from itertools import pairwise
from zoneinfo import ZoneInfo

import pandas as pd

from agents.cells import Row, moment, rows, text
from agents.detectors.in_force import week
from agents.detectors.promises import Learned
from agents.detectors.quartz import NotUnderstood, fire_times
from agents.pipelineops.repairs import Job

BACK, AHEAD = dt.timedelta(days=8), dt.timedelta(days=8)  # around now: a weekly schedule fires within
DAY, STEP = dt.timedelta(days=1), dt.timedelta(minutes=5)
COLUMNS = ["workspace_id", "job_id", "name", "due_time", "zone"]


def learned_offers(
    schedules: pd.DataFrame, learned: pd.DataFrame, declared: Set[Job], now: dt.datetime
) -> pd.DataFrame:
    """Columns workspace_id, job_id, name, due_time ("HH:MM", up to the next five minutes), zone, by name: of living jobs that
    a schedule in force starts at most once a day, and that are not ``declared``. ``schedules`` are rows of
    pipelineops.job_schedules, ``learned`` of pipelineops.learned_by_week."""
    weeks = {(row.workspace_id, row.job_id): sorted(map(week, row.weeks)) for row in rows(learned)}
    found = []
    for plan in rows(schedules):
        job = (plan.workspace_id, plan.job_id)
        if job in declared or job not in weeks or not _in_force(plan):
            continue
        due = _due(plan, Learned(weeks[job]), now)
        if due is not None:
            found.append((*job, text(plan.name), f"{due:%H:%M}", text(plan.zone) or "UTC"))
    return pd.DataFrame(found, columns=COLUMNS).sort_values(["name", "workspace_id", "job_id"], ignore_index=True)


def _in_force(plan: Row) -> bool:
    paused = plan.paused is not None and not pd.isna(plan.paused) and bool(plan.paused)
    return not paused and moment(plan.until) is None and moment(plan.deleted) is None and bool(text(plan.quartz))


def _due(plan: Row, habit: Learned, now: dt.datetime) -> dt.datetime | None:
    """When the work of the last start around now is usually done, on the clock of the schedule's zone; None where it starts more
    often than daily, or nothing is known of it."""
    try:
        fired = fire_times(plan.quartz, text(plan.zone) or "UTC", now - BACK, now + AHEAD)
    except NotUnderstood:
        return None
    often = any(after - before < dt.timedelta(hours=22) for before, after in pairwise(fired))
    seconds = habit.seconds(fired[-1]) if fired and not often else None
    if seconds is None or seconds >= DAY.total_seconds():
        return None
    there = (fired[-1] + dt.timedelta(seconds=seconds)).astimezone(ZoneInfo(text(plan.zone) or "UTC"))
    return there + (dt.datetime.min - there.replace(tzinfo=None)) % STEP
