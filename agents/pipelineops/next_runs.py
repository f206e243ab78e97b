"""When jobs run again by their schedules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set

import pandas as pd

from agents.cells import moment, rows, text
from agents.detectors.quartz import NotUnderstood
from agents.pipelineops.known_jobs import next_start
from agents.pipelineops.repairs import Job

AHEAD = dt.timedelta(days=8)  # a weekly schedule starts its job within
COLUMNS = ["workspace_id", "job_id", "next_run"]


def next_runs(schedules: pd.DataFrame, jobs: Set[Job], now: dt.datetime) -> pd.DataFrame:
    """Columns workspace_id, job_id, next_run (UTC) of those of ``jobs`` (workspace, job) that a schedule starts within
    :data:`AHEAD`, by rows of pipelineops.job_schedules: the one in force, if it is not paused and can be read."""
    found = []
    for plan in rows(schedules):
        job = (plan.workspace_id, plan.job_id)
        paused = plan.paused is not None and not pd.isna(plan.paused) and bool(plan.paused)
        if job not in jobs or paused or moment(plan.until) is not None or not text(plan.quartz):
            continue
        try:
            found.append((*job, next_start(plan, now, AHEAD)))
        except NotUnderstood:
            continue
    known = [row for row in found if row[-1] is not None]
    return pd.DataFrame(known, columns=COLUMNS).astype({"next_run": "datetime64[us, UTC]"})
