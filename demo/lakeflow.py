"""Jobs, tasks, pipelines and their timelines. Tables of ``system.lakeflow``; the home region's objects only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.clusters import clusters_of
from demo.names import ACCOUNT, EUROPE
from demo.organisation import Organisation
from demo.rhythm import Frame, by_hour, by_month, generator, moments
from demo.runs import SUBMITTED, quartz
from demo.tables import insert, stage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEW_COLUMNS = "2025-12-01"  # lakeflow's newer columns are NULL on rows before
NEW = f"period_start >= epoch(TIMESTAMPTZ '{NEW_COLUMNS} 00:00:00+00')"
DONE = "last AND state IS NOT NULL"
OUTCOME: dict[str, Any] = {
    "account_id": f"'{ACCOUNT}'",
    "period_start_time": "to_timestamp(period_start)", "period_end_time": "to_timestamp(period_end)",
    "result_state": f"CASE WHEN {DONE} THEN state END",
}  # fmt: skip
UNTOUCHED = (11, 3)  # of so many jobs the one at that place, of which the new columns are not known
TERMINATION: dict[str, Any] = OUTCOME | {
    "termination_code": f"CASE WHEN {DONE} THEN code END",
    "termination_type": f"CASE WHEN {DONE} AND {NEW} THEN CASE WHEN code = 'SUCCESS' THEN 'SUCCESS' "
    "WHEN code IN ('CLOUD_FAILURE', 'INTERNAL_ERROR') THEN code ELSE 'CLIENT_ERROR' END END",
}


def write_jobs(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``jobs`` (several versions; deleted, re-created and paused ones) and ``job_tasks``."""
    home = world.jobs[world.jobs.workspace_id != EUROPE].reset_index(drop=True)
    home["schedule"] = [quartz(job) for job in home.itertuples()]
    every = _versions(home, world)
    known = every.change_time >= pd.Timestamp(NEW_COLUMNS, tz="UTC")
    newest = every.sort_values("change_time").groupby(["workspace_id", "job_id"]).tail(1).index
    # Databricks filled the new columns where a job changed since; most of the unchanged ones were touched again.
    every["known"] = known | (every.index.isin(newest) & (every.position % UNTOUCHED[0] != UNTOUCHED[1]))
    new = {
        name: f"CASE WHEN known THEN {value} END"
        for name, value in {
            "trigger": "struct_pack(file_arrival := NULL, periodic := NULL, continuous := NULL, table_update := NULL, "
            "schedule := struct_pack(quartz_cron_expression := schedule, timezone_id := zone))",
            "trigger_type": "'SCHEDULE'",
            "run_as_user_name": "run_as_user_name",
            "creator_user_name": "creator_user_name",
            "paused": "paused",
            "create_time": "create_time",
            "timeout_seconds": 'CASE WHEN "limit" THEN CAST(seconds * 2.2 AS BIGINT) ELSE 0 END',
            "health_rules": "CASE WHEN rule THEN [struct_pack(metric := 'RUN_DURATION_SECONDS', "
            "operator := 'GREATER_THAN', value := CAST(seconds * 1.6 AS BIGINT))] ELSE [] END",
            "deployment": "CASE WHEN bundle THEN struct_pack(kind := 'BUNDLE', metadata_file_path := "
            "'/Workspace/bundles/' || team || '/state/metadata.json') END",
        }.items()
    }
    insert(
        connection,
        "system.lakeflow.jobs",
        every,
        new
        | {
            "account_id": f"'{ACCOUNT}'",
            "creator_id": "creator_id",
            "tags": "map_from_entries(map_entries(tags))",
            "description": "'scheduled work of ' || team",
        },
        order="change_time, workspace_id, job_id",
    )
    tasks = home.loc[home.index.repeat(home.tasks)].copy()
    tasks["number"] = tasks.groupby(level=0).cumcount()
    insert(
        connection,
        "system.lakeflow.job_tasks",
        tasks,
        {
            "account_id": f"'{ACCOUNT}'",
            "task_key": "'task_' || number",
            "change_time": "create_time",
            "timeout_seconds": "0",
            "health_rules": "[]",
            "depends_on_keys": "CASE WHEN number = 0 THEN []::VARCHAR[] ELSE ['task_' || (number - 1)] END",
        },
    )


def _versions(home: Frame, world: Organisation) -> Frame:
    """Every version of every job, with change_time, delete_time and paused."""
    rng, now = generator(world.seed, 23), world.now
    first = home.assign(change_time=home.create_time)
    renamed = home.iloc[::7].assign(change_time=home.create_time.iloc[::7] + pd.Timedelta(days=20))
    first.loc[::7, "name"] = first.name.iloc[::7] + "_v0"
    touched = home.iloc[2::5]
    ago = np.concatenate([rng.uniform(2, 22, 3), rng.uniform(30, 24 * 80, len(touched))])[: len(touched)]
    when = moments(int(now.timestamp()) - (ago * 3600).astype("int64"))
    edited = touched.assign(change_time=pd.Series(when, index=touched.index))
    edited = edited[edited.change_time > edited.create_time]
    paused = home[home.paused_at.notna()].assign(change_time=home.paused_at)
    alive = pd.concat([first, renamed, edited, paused], ignore_index=True)
    alive["paused"] = alive.paused_at.notna() & (alive.change_time >= alive.paused_at)
    alive["delete_time"] = pd.Series(pd.NaT, index=alive.index, dtype="datetime64[us, UTC]")
    gone = home[home.ghost_id.notna()]
    ghosts = gone.assign(job_id=gone.ghost_id, change_time=gone.create_time, paused=False)
    buried = ghosts.assign(change_time=gone.remade, delete_time=gone.remade)
    again = alive.ghost_id.notna()
    alive.loc[again, "create_time"] = alive.remade[again] + pd.Timedelta(minutes=20)
    alive.loc[again, "change_time"] = alive.create_time[again]
    alive = alive.drop_duplicates(["workspace_id", "job_id", "change_time"], keep="last")
    made = pd.concat([alive, ghosts, buried], ignore_index=True)
    made["delete_time"] = pd.to_datetime(made.delete_time, utc=True)
    return made


def write_runs(connection: DuckDBPyConnection, world: Organisation, attempts: Frame) -> None:
    """``job_run_timeline`` and ``job_task_run_timeline``."""
    home = attempts[attempts.workspace_id != EUROPE].reset_index(drop=True)
    names = np.append(world.jobs.name.to_numpy(), "submitted from outside")
    phases = {"queue_duration_seconds": "round(queue)", "setup_duration_seconds": "round(least(setup, seconds))",
              "execution_duration_seconds": "greatest(round(seconds) - round(queue) - round(least(setup, seconds)) - 5, 0)",
              "cleanup_duration_seconds": "5", "run_duration_seconds": "round(seconds)"}  # fmt: skip
    values = TERMINATION | {name: f"CASE WHEN {DONE} AND {NEW} THEN {value} END" for name, value in phases.items()} | {
        "trigger_type": "trigger", "compute_ids": "[]::VARCHAR[]", "run_id": "run",
        "run_type": f"CASE WHEN position = {SUBMITTED} THEN 'SUBMIT_RUN' ELSE 'JOB_RUN' END"}  # fmt: skip
    for month in by_month(by_hour(home).sort_values("period_start", kind="stable"), "period_start"):
        rows = month.assign(run_name=names[month.position])
        insert(connection, "system.lakeflow.job_run_timeline", rows, values, order="period_start, workspace_id, run")
    _write_tasks(connection, world, home)


def _write_tasks(connection: DuckDBPyConnection, world: Organisation, attempts: Frame) -> None:
    """Tasks one after the other, sharing the run's time after its queue; the last one carries a failure. A repair runs
    only the last task again; some first tasks fail and are retried at once."""
    rng = generator(world.seed, 25)
    alone = (attempts.position == SUBMITTED) | (attempts.attempt == 1) | attempts.state.isin(["SKIPPED"])
    counts = np.where(alone, 1, np.append(world.jobs.tasks.to_numpy(), 1)[attempts.position])
    last_task = np.append(world.jobs.tasks.to_numpy(), 1)[attempts.position] - 1
    retried = (counts > 1) & (rng.random(len(attempts)) < 0.02)
    rows = np.repeat(np.arange(len(attempts)), counts + retried)
    tasks = attempts.iloc[rows].reset_index(drop=True)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(counts + retried) - (counts + retried), counts + retried)
    extra = retried[rows]
    tasks["part"] = place
    tasks["number"] = np.where((counts[rows] == 1), last_task[rows], np.maximum(place - extra, 0))
    busy = np.maximum(tasks.seconds - tasks.queue, 1)
    tasks["seconds"] = busy / (counts + retried)[rows]
    tasks["start"] = tasks.start + np.floor(tasks.queue + tasks.seconds * place).astype("int64")
    early = place < (counts + retried)[rows] - 1
    tasks["state"] = np.where(early & tasks.state.notna(), "SUCCEEDED", tasks.state)
    tasks["code"] = np.where(early & tasks.code.notna(), "SUCCESS", tasks.code)
    lost = extra & (place == 0) & tasks.state.notna()
    tasks["state"] = np.where(lost, "FAILED", tasks.state)
    tasks["code"] = np.where(lost, "RUN_EXECUTION_ERROR", tasks.code)
    horizon = int(world.now.timestamp()) - 3600
    tasks = tasks[tasks.start < horizon]  # the later tasks of a running run have not begun
    stage(
        connection,
        "job_clusters",
        pd.DataFrame({"position": np.arange(-1, len(world.jobs)), "shared": np.append([""], clusters_of(world))}),
    )
    used = "CASE WHEN runs_on = 'all_purpose' THEN shared WHEN runs_on = 'job' THEN own_cluster(run) END"
    values = TERMINATION | {
        "job_run_id": "run", "parent_run_id": "run", "run_id": "run * 20 + part + attempt * 10",
        "task_key": "'task_' || number", "compute_ids": f"CASE WHEN runs_on = 'serverless' THEN [] ELSE [{used}] END",
        "compute": f"CASE WHEN {NEW} THEN [struct_pack(type := CASE WHEN runs_on = 'serverless' THEN 'SERVERLESS' ELSE "
                   f"'CLUSTER' END, cluster_id := {used}, warehouse_id := NULL)] END",
        "execution_duration_seconds": f"CASE WHEN {DONE} AND {NEW} THEN round(seconds) END",
    }  # fmt: skip
    for month in by_month(by_hour(tasks).sort_values("period_start", kind="stable"), "period_start"):
        insert(
            connection,
            "system.lakeflow.job_task_run_timeline",
            month,
            values,
            order="period_start, workspace_id, run, part",
            join="LEFT JOIN job_clusters USING (position)",
        )


def write_pipelines(connection: DuckDBPyConnection, world: Organisation, made: Frame) -> None:
    """``pipelines`` (some in two versions) and ``pipeline_update_timeline``."""
    home = world.pipelines[world.pipelines.workspace_id != EUROPE]
    later = home.iloc[1::4].assign(change_time=world.now - pd.Timedelta(days=70))
    every = pd.concat([home.assign(change_time=home.create_time), later[later.change_time > later.create_time]])
    insert(
        connection,
        "system.lakeflow.pipelines",
        every,
        {
            "account_id": f"'{ACCOUNT}'",
            "run_as": "created_by",
            "tags": "map_from_entries(map_entries(tags))",
            "configuration": "map()",
            "settings": {
                "photon": "true",
                "development": "development",
                "continuous": "false",
                "serverless": "serverless",
                "edition": "'ADVANCED'",
                "channel": "'CURRENT'",
            },
        },
        order="change_time, pipeline_id",
    )
    stage(connection, "pipeline_rows", home[["position", "workspace_id", "pipeline_id", "created_by", "serverless"]])
    slices = by_hour(made[made.position.isin(home.position)])
    own = "CASE WHEN serverless THEN NULL ELSE own_cluster(number) END"
    insert(
        connection,
        "system.lakeflow.pipeline_update_timeline",
        slices,
        OUTCOME
        | {
            "workspace_id": "workspace_id",
            "pipeline_id": "pipeline_id",
            "run_as_user_name": "created_by",
            "update_type": "CASE WHEN number % 40 = 0 THEN 'FULL_REFRESH' ELSE 'REFRESH' END",
            "trigger_type": "'API_CALL'",
            "request_id": "update_id",
            "refresh_selection": "[]",
            "compute": {"type": "CASE WHEN serverless THEN 'SERVERLESS' ELSE 'CLUSTER' END", "cluster_id": own},
        },
        order="period_start, update_id",
        join="JOIN pipeline_rows USING (position)",
    )
