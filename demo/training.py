"""Training as it really is, beside the runs of every day: a nightly job that trains, retries by hand, sweeps of nested runs.

The job ends well though its training fails since a library changed, and its owner tries again by hand. Its neighbours look
alike and are well: sweeps whose nested runs are pruned (killed) or fail, somebody who stops runs that do not improve, and an
experiment with two failures of three runs, which is no rate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import faults_of
from demo.names import ACCOUNT, PROD, digits, hexes
from demo.organisation import Organisation
from demo.rhythm import DAY, Frame, days, generator, seconds
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEPT = 180  # days
TRAINERS = (12, 11, 0)  # positions of jobs that could train; it is one whose runs have a cost of their own
NESTED, RETRIES = 16, 3  # runs of a sweep, and retries by hand a day
NAMES = ("pricing", "churn-sweeps", "forecast", "segments", "weekly-training")

_TAGS = """CASE WHEN trains <> '' THEN map(['mlflow.user', 'mlflow.databricks.jobID', 'mlflow.databricks.jobRunID',
    'mlflow.log-model.history', 'endpoint'], [created_by, job, job_run, '[]', trains])
  WHEN parent IS NOT NULL THEN map(['mlflow.user', 'mlflow.parentRunId'], [created_by, parent])
  WHEN job_run <> '' THEN map(['mlflow.user', 'mlflow.databricks.jobID', 'mlflow.databricks.jobRunID'], [created_by, job, job_run])
  ELSE map(['mlflow.user'], [created_by]) END"""


def write_training(connection: DuckDBPyConnection, world: Organisation) -> None:
    """Experiments and runs beside those of :mod:`demo.experiments`."""
    rng = generator(world.seed, 76)
    experiments = pd.DataFrame(
        {"experiment_id": digits(rng, len(NAMES), 15), "name": [f"/Shared/{one}" for one in NAMES]}
    )
    shared = {"account_id": f"'{ACCOUNT}'", "workspace_id": f"'{PROD}'"}
    made = "TIMESTAMPTZ '2025-09-01 08:00:00+00'"
    insert(
        connection,
        "system.mlflow.experiments_latest",
        experiments,
        shared | {"create_time": made, "update_time": made},
    )
    runs: Frame = pd.concat(
        [
            _nightly(connection, world),
            _weekly(connection, world),
            _retries(world, rng),
            _sweeps(world, rng),
            _stopped(world, rng),
            _few(world),
        ],
        ignore_index=True,
    )
    runs = runs[runs.start < int(world.now.timestamp()) - 3 * 3600].reset_index(drop=True)
    runs = runs.assign(run_id=hexes(rng, len(runs), 32), seconds=rng.integers(300, 3000, len(runs)))
    runs["experiment_id"] = runs.name.map(dict(zip(NAMES, experiments.experiment_id, strict=True)))
    parents = runs[runs.sweep.ge(0) & ~runs.nested].set_index("sweep").run_id
    runs["parent"] = runs.sweep.where(runs.nested, -1).map(parents)
    insert(
        connection,
        "system.mlflow.runs_latest",
        runs,
        shared
        | {
            "run_name": "name || '-' || left(run_id, 6)",
            "start_time": "to_timestamp(start)",
            "end_time": "to_timestamp(start + seconds)",
            "update_time": "to_timestamp(start + seconds)",
            "params": "map(['learning_rate'], ['0.05'])",
            "tags": _TAGS,
            "aggregated_metrics": "[]",
        },
        order="start, run_id",
    )


def _runs(name: str, by: str, start: Frame, status: Frame, **more: object) -> Frame:
    own = {
        "name": name,
        "created_by": by,
        "start": start,
        "status": status,
        "sweep": -1,
        "nested": False,
        "job": "",
        "job_run": "",
        "trains": "",
    }
    return pd.DataFrame(own | more)


def _nightly(connection: DuckDBPyConnection, world: Organisation) -> Frame:
    """One run for each run of the job that trains."""
    jobs, broken = world.jobs, faults_of(world, "failing_runs")
    place = next((one for one in TRAINERS if jobs.compute[one] != "all_purpose"), TRAINERS[0])
    job = str(jobs.job_id[place])
    found = connection.execute(
        "SELECT run_id, CAST(epoch(MIN(period_start_time)) AS BIGINT) AS start FROM lakeflow.job_run_timeline "
        "WHERE workspace_id = ? AND job_id = ? GROUP BY run_id ORDER BY start, run_id",
        [PROD, job],
    ).fetchall()
    ids, start = [one for one, _ in found], np.array([at for _, at in found], dtype="int64") + 120
    kept = start >= int(world.now.timestamp()) - KEPT * DAY
    since = min((fault.begin for fault in broken), default=int(world.now.timestamp()))
    status = np.where(start >= since, "FAILED", "FINISHED")[kept]
    own = np.array(ids, dtype=object)[kept]
    by = broken[0].entity_name if broken else str(world.people.email[7])
    return _runs(NAMES[0], by, start[kept], status, job=job, job_run=own)


def weekly_job(world: Organisation) -> Any:
    """The job that trains every week: a row of the jobs."""
    well = [
        one
        for one in world.jobs.itertuples()
        if one.workspace_id == PROD and one.position > 20 and one.paused_at is pd.NaT
    ]
    return min(well, key=lambda one: "_train_" not in one.name)  # a small organisation may have none of that name


def _weekly(connection: DuckDBPyConnection, world: Organisation) -> Frame:
    """The model whose input drifts, trained every week by a job; the newest training is older than the drift."""
    job, drifted = weekly_job(world), faults_of(world, "drift")
    found = connection.execute(
        "SELECT MIN(run_id), CAST(MIN(epoch(period_start_time)) AS BIGINT) AS start FROM lakeflow.job_run_timeline "
        "WHERE workspace_id = ? AND job_id = ? AND result_state = 'SUCCEEDED' "
        "GROUP BY date_trunc('week', period_start_time) ORDER BY start",
        [PROD, job.job_id],
    ).fetchall()
    since = int(world.now.timestamp()) - KEPT * DAY
    until = min((fault.begin for fault in drifted), default=int(world.now.timestamp()))
    kept = [(run, at + 120) for run, at in found if since <= at < until]
    ids, start = np.array([run for run, _ in kept], dtype=object), np.array([at for _, at in kept], dtype="int64")
    status = np.full(len(kept), "FINISHED", dtype=object)
    by = str(job.run_as_user_name)
    trained = drifted[0].entity_name if drifted else str(world.endpoints.endpoint_name[4])
    return _runs(NAMES[4], by, start, status, job=str(job.job_id), job_run=ids, trains=trained)


def _retries(world: Organisation, rng: np.random.Generator) -> Frame:
    """What its owner tries by hand since it fails."""
    every, parts = seconds(days(world.now, KEPT)), []
    for fault in faults_of(world, "failing_runs"):
        start = np.repeat(every[every >= fault.begin], RETRIES)
        start = start + rng.integers(9 * 3600, 17 * 3600, len(start))
        parts.append(_runs(NAMES[0], fault.entity_name, start, np.full(len(start), "FAILED", dtype=object)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _sweeps(world: Organisation, rng: np.random.Generator) -> Frame:
    """A sweep every second day: its parent ends well, most of its nested runs are pruned and some fail."""
    parents = seconds(days(world.now, KEPT))[::2] + 11 * 3600
    number, by = np.arange(len(parents)), world.people.email.iloc[3]
    first = _runs(NAMES[1], by, parents, np.full(len(parents), "FINISHED", dtype=object), sweep=number)
    start = np.repeat(parents, NESTED) + rng.integers(60, 3600, len(parents) * NESTED)
    status = rng.choice(["KILLED", "FAILED", "FINISHED"], len(start), p=[0.6, 0.25, 0.15])
    return pd.concat([first, _runs(NAMES[1], by, start, status, sweep=np.repeat(number, NESTED), nested=True)])


def _stopped(world: Organisation, rng: np.random.Generator) -> Frame:
    """Runs that somebody stops where they do not improve: killed is not failed."""
    start = np.repeat(seconds(days(world.now, KEPT)), 2)
    start = start + rng.integers(8 * 3600, 18 * 3600, len(start))
    return _runs(
        NAMES[2], world.people.email.iloc[4], start, rng.choice(["KILLED", "FINISHED"], len(start), p=[0.7, 0.3])
    )


def _few(world: Organisation) -> Frame:
    """Three runs in the last week, two of which failed."""
    start = seconds(days(world.now, KEPT))[[-5, -4, -3]] + 10 * 3600
    return _runs(NAMES[3], world.people.email.iloc[5], start, np.array(["FAILED", "FINISHED", "FAILED"], dtype=object))
