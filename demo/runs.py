"""Jobs, pipelines and their runs: schedules, slices per clock hour, repairs, tasks. Tables of ``system.lakeflow``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import where
from demo.organisation import ACCOUNT, EUROPE, Organisation, uuids
from demo.rhythm import first_day, generator
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEW_COLUMNS = pd.Timestamp("2025-12-01", tz="UTC")  # lakeflow's newer columns are NULL on rows before
LAG = pd.Timedelta(hours=1)  # rows younger than this have not landed yet
CODES = ["RUN_EXECUTION_ERROR", "DRIVER_ERROR", "CLUSTER_ERROR", "LIBRARY_INSTALLATION_ERROR", "CLOUD_FAILURE",
         "STORAGE_ACCESS_ERROR", "INTERNAL_ERROR"]  # fmt: skip
CODE_WEIGHTS = [0.5, 0.14, 0.1, 0.08, 0.1, 0.05, 0.03]
TYPES = {"CLOUD_FAILURE": "CLOUD_FAILURE", "INTERNAL_ERROR": "INTERNAL_ERROR"}
GAPS = {"daily": "1D", "weekday": "1D", "weekly": "7D", "four_hourly": "4h", "hourly": "1h"}


def quartz(job: Any) -> str:
    """The job's schedule as Databricks writes it."""
    clock = {"four_hourly": f"{job.hour % 4}/4", "hourly": "*"}.get(job.cadence, str(job.hour))
    day = {"weekday": "? * MON-FRI", "weekly": "? * SUN"}.get(job.cadence, "* * ?")
    return f"0 {job.minute} {clock} {day}"


def _starts(job: Any, world: Organisation) -> pd.DatetimeIndex:
    """When the schedule fires, UTC, from the job's creation (or the first day) to now."""
    begin = max(pd.Timestamp(first_day(world.now)), pd.Timestamp(job.create_time).tz_convert(None).normalize())
    hour = {"four_hourly": job.hour % 4, "hourly": 0}.get(job.cadence, job.hour)
    local = pd.date_range(begin, pd.Timestamp(world.now).tz_convert(None).normalize(), freq="1D")
    if job.cadence == "weekday":
        local = local[local.dayofweek < 5]
    if job.cadence == "weekly":
        local = local[local.dayofweek == 6]
    times = local + pd.Timedelta(hours=int(hour), minutes=int(job.minute))
    per_day = {"four_hourly": 6, "hourly": 24}.get(job.cadence, 1)
    step = pd.Timedelta(GAPS[job.cadence]) if per_day > 1 else pd.Timedelta(0)
    times = pd.DatetimeIndex(np.sort(np.concatenate([times + i * step for i in range(per_day)])))
    utc = times.tz_localize(job.zone, nonexistent="shift_forward", ambiguous=True).tz_convert("UTC")
    return utc[(utc < pd.Timestamp(world.now) - LAG) & (utc >= pd.Timestamp(job.create_time))]


def runs(world: Organisation) -> pd.DataFrame:
    """Every attempt: workspace_id, job_id, run_id, attempt (0 the run, 1 its repair), started, seconds, queue, setup,
    state, code, position (of the job), runs_on, dbu; state None while running."""
    faults = {f.kind: f for f in where(world).values() if f.entity_type == "job"}
    parts = []
    for position, job in enumerate(world.jobs.itertuples()):
        rng = generator(world.seed, 20, position)
        fired = _starts(job, world)
        own = {kind for kind, f in faults.items() if f.entity_id == job.job_id and f.workspace_id == job.workspace_id}
        if "never_succeeded" in own:
            fired = fired[fired >= faults["never_succeeded"].t0]
        if "not_started" in own:
            fired = fired[fired < faults["not_started"].t0]
        if len(fired):
            parts.append(_job_runs(job, position, fired, own, faults, rng, world))
    made = pd.concat(parts, ignore_index=True)
    rng = generator(world.seed, 21)
    numbers = 10**14 + np.cumsum(rng.integers(1000, 9_000_000, len(made)))
    made["run_id"] = pd.Series(numbers).astype(str)
    repairs = made[made.repaired].assign(attempt=1)
    repairs["started"] = repairs.started + pd.to_timedelta(
        repairs.seconds + rng.integers(600, 2400, len(repairs)), unit="s"
    )
    repairs["seconds"], repairs["state"], repairs["code"] = repairs.seconds * 0.6, "SUCCEEDED", "SUCCESS"
    both = pd.concat([made.assign(attempt=0), repairs], ignore_index=True)
    return _still_running(both[both.started < pd.Timestamp(world.now) - LAG], world)


def _job_runs(job: Any, position: int, fired: pd.DatetimeIndex, own: set[str], faults: dict[str, Any],
              rng: np.random.Generator, world: Organisation) -> pd.DataFrame:  # fmt: skip
    count = len(fired)
    seconds = job.seconds * np.exp(rng.normal(0, job.spread, count)) * (1 + 0.15 * np.arange(count) / max(count, 1))
    queue = rng.exponential(12, count)
    failed = rng.random(count) < job.failing
    code = np.where(failed, rng.choice(CODES, count, p=CODE_WEIGHTS), "SUCCESS")
    after = {kind: fired >= faults[kind].t0 for kind in own}
    dbu = np.full(count, job.dbu)
    if "permission_lost" in own:
        failed = failed | after["permission_lost"]
        code = np.where(after["permission_lost"], "UNAUTHORIZED_ERROR", code)
    if "slower" in own:
        seconds = np.where(after["slower"], seconds * 1.8, seconds)
    if "flaky" in own:
        broken = after["flaky"] & (np.arange(count) % 2 == 0)
        failed, code = failed | broken, np.where(broken, "RUN_EXECUTION_ERROR", code)
    if "late_start" in own:
        queue = np.where(after["late_start"], 7200 + rng.normal(0, 300, count), queue)
    if "never_succeeded" in own:
        failed, code = np.ones(count, dtype=bool), np.full(count, "RUN_EXECUTION_ERROR")
    if "cost_spike" in own:
        night = np.asarray((fired >= faults["cost_spike"].t0) & (fired <= faults["cost_spike"].t1))
        seconds, dbu = np.where(night, seconds * 2, seconds), np.where(night, dbu * 2, dbu)
    seconds = np.where(failed & (code != "UNAUTHORIZED_ERROR"), seconds * rng.uniform(0.2, 0.9, count), seconds)
    seconds = np.where(code == "UNAUTHORIZED_ERROR", rng.uniform(20, 60, count), seconds)
    skipped = (rng.random(count) < 0.004) & ~failed
    state = np.where(skipped, "SKIPPED", np.where(failed, "FAILED", "SUCCEEDED"))
    repaired = failed & (rng.random(count) < 0.35) & (code != "UNAUTHORIZED_ERROR")
    if "flaky" in own:
        repaired = repaired | (failed & after["flaky"])
    if "never_succeeded" in own:
        repaired = np.zeros(count, dtype=bool)
    return pd.DataFrame({
        "workspace_id": job.workspace_id, "job_id": job.job_id, "position": position,
        "started": (fired + pd.to_timedelta(rng.integers(0, 20, count), unit="s")).floor("s"),
        "seconds": np.where(skipped, 1.0, seconds + queue + 60), "queue": queue, "setup": rng.uniform(20, 240, count),
        "state": state, "code": np.where(skipped, "SKIPPED", code), "runs_on": job.compute, "dbu": np.where(skipped, 0, dbu),
        "repaired": repaired,
    })  # fmt: skip


def _still_running(runs: pd.DataFrame, world: Organisation) -> pd.DataFrame:
    """Runs that have not ended by now have no state; the stuck one is still at it."""
    horizon = pd.Timestamp(world.now) - LAG
    stuck = where(world)["stuck"]
    mine = runs[(runs.job_id == stuck.entity_id) & (runs.workspace_id == stuck.workspace_id)]
    if len(mine):
        last = mine.started.idxmax()
        runs.loc[last, "seconds"] = max((horizon - runs.started[last]).total_seconds() + 3600, runs.seconds[last] * 5)
    ended = runs.started + pd.to_timedelta(runs.seconds, unit="s")
    open_now = ended > horizon
    runs.loc[open_now, "seconds"] = (horizon - runs.started[open_now]).dt.total_seconds()
    runs.loc[open_now, ["state", "code"]] = None
    return runs


def by_hour(frame: pd.DataFrame, started: str = "started", seconds: str = "seconds") -> pd.DataFrame:
    """Each row once per clock hour it touches: adds ``period_start``, ``period_end`` (UTC) and ``last`` (its last hour)."""
    begin = frame[started].dt.tz_convert(None).to_numpy().astype("datetime64[s]").astype("int64")
    end = begin + np.maximum(frame[seconds].to_numpy().round().astype("int64"), 1)
    first_hour, last_hour = begin // 3600, (end - 1) // 3600
    times = (last_hour - first_hour + 1).astype(int)
    index = np.repeat(np.arange(len(frame)), times)
    hour = first_hour[index] + (np.arange(len(index)) - np.repeat(np.cumsum(times) - times, times))
    made = frame.iloc[index].reset_index(drop=True)
    made["period_start"] = pd.to_datetime(np.maximum(begin[index], hour * 3600), unit="s", utc=True)
    made["period_end"] = pd.to_datetime(np.minimum(end[index], (hour + 1) * 3600), unit="s", utc=True)
    made["last"] = hour == last_hour[index]
    return made


def write_jobs(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``lakeflow.jobs`` (several versions, deleted and re-created ones) and ``job_tasks``; the home region's only."""
    home = world.jobs[world.jobs.workspace_id != EUROPE].reset_index(drop=True)
    home["schedule"] = [quartz(job) for job in home.itertuples()]
    users = dict(zip(world.people.email, world.people.user_id, strict=True)) | dict(
        zip(world.principals.application_id, world.principals.user_id, strict=True)
    )
    home["run_as"] = home.run_as_user_name.map(users)
    home["delete_time"] = pd.Series(pd.NaT, index=home.index, dtype="datetime64[us, UTC]")
    first = home.assign(change_time=home.create_time)
    renamed = home.iloc[::7].assign(change_time=home.create_time.iloc[::7] + pd.Timedelta(days=20))
    first.loc[::7, "name"] = first.name.iloc[::7] + "_v0"
    gone = home.iloc[30:36].copy()  # deleted, then made again under a new id
    ghosts = gone.assign(job_id=[str(int(i) + 1) for i in gone.job_id], change_time=gone.create_time)
    end = pd.Timestamp(world.now) - pd.Timedelta(days=120)
    buried = ghosts.assign(change_time=end, delete_time=end)
    every = pd.concat([first, renamed, ghosts, buried], ignore_index=True)
    recent = every.change_time >= NEW_COLUMNS  # older versions know neither trigger nor pause
    current = every.index.isin(every.sort_values("change_time").groupby(["workspace_id", "job_id"]).tail(1).index)
    every["known"] = recent | current
    every["paused_flag"] = False
    insert(connection, "system.lakeflow.jobs", every, {
        "account_id": f"'{ACCOUNT}'", "creator_id": "run_as", "tags": "map_from_entries(map_entries(tags))",
        "trigger": "CASE WHEN known THEN struct_pack(file_arrival := NULL, periodic := NULL, continuous := NULL, "
                   "table_update := NULL, schedule := struct_pack(quartz_cron_expression := schedule, timezone_id := zone)) END",
        "trigger_type": "CASE WHEN known THEN 'SCHEDULE' END", "run_as_user_name": "CASE WHEN known THEN run_as_user_name END",
        "creator_user_name": "CASE WHEN known THEN run_as_user_name END", "paused": "CASE WHEN known THEN paused_flag END",
        "create_time": "CASE WHEN known THEN create_time END", "description": "'nightly work of ' || team",
    })  # fmt: skip
    tasks = home.loc[home.index.repeat(home.tasks)].copy()
    tasks["number"] = tasks.groupby(level=0).cumcount()
    insert(connection, "system.lakeflow.job_tasks", tasks, {
        "account_id": f"'{ACCOUNT}'", "task_key": "'task_' || number", "change_time": "create_time", "delete_time": "NULL",
        "depends_on_keys": "CASE WHEN number = 0 THEN []::VARCHAR[] ELSE ['task_' || (number - 1)] END",
    })  # fmt: skip


def write_runs(connection: DuckDBPyConnection, world: Organisation, attempts: pd.DataFrame) -> None:
    """``job_run_timeline`` and ``job_task_run_timeline`` of the home region."""
    home = attempts[attempts.workspace_id != EUROPE]
    names = world.jobs.name.to_numpy()
    slices = by_hour(home).assign(run_name=lambda f: names[f.position])
    recent = f"period_start >= TIMESTAMPTZ '{NEW_COLUMNS.isoformat()}' AND last"
    done = "last AND state IS NOT NULL"
    insert(connection, "system.lakeflow.job_run_timeline", slices, {
        "account_id": f"'{ACCOUNT}'", "period_start_time": "period_start", "period_end_time": "period_end",
        "trigger_type": "'CRON'", "run_type": "'JOB_RUN'", "result_state": f"CASE WHEN {done} THEN state END",
        "termination_code": f"CASE WHEN {done} THEN code END", "compute_ids": "[]::VARCHAR[]",
        "termination_type": f"CASE WHEN {done} AND {recent} THEN CASE WHEN code = 'SUCCESS' THEN 'SUCCESS' "
                            "WHEN code IN ('CLOUD_FAILURE', 'INTERNAL_ERROR') THEN code ELSE 'CLIENT_ERROR' END END",
        "queue_duration_seconds": f"CASE WHEN {done} AND {recent} THEN round(queue) END",
        "setup_duration_seconds": f"CASE WHEN {done} AND {recent} THEN round(least(setup, seconds * 0.3)) END",
        "execution_duration_seconds": f"CASE WHEN {done} AND {recent} THEN "
                                      "greatest(round(seconds) - round(queue) - round(least(setup, seconds * 0.3)) - 5, 0) END",
        "cleanup_duration_seconds": f"CASE WHEN {done} AND {recent} THEN 5 END",
        "run_duration_seconds": f"CASE WHEN {done} AND {recent} THEN round(seconds) END",
    }, order="period_start, workspace_id, run_id")  # fmt: skip
    _write_tasks(connection, world, home)


def _write_tasks(connection: DuckDBPyConnection, world: Organisation, attempts: pd.DataFrame) -> None:
    """Tasks one after the other, sharing the run's time; the last one carries a failure."""
    counts = world.jobs.tasks.to_numpy()[attempts.position.to_numpy()]
    tasks = attempts.loc[attempts.index.repeat(counts)].copy()
    tasks["number"] = tasks.groupby(level=0).cumcount().to_numpy()
    tasks["of"] = np.repeat(counts, counts)
    tasks["seconds"] = tasks.seconds / tasks.of
    tasks["started"] = (tasks.started + pd.to_timedelta(tasks.seconds * tasks.number, unit="s")).dt.floor("s")
    early = tasks.number < tasks.of - 1
    tasks.loc[early & tasks.state.isin(["FAILED"]), ["state", "code"]] = ["SUCCEEDED", "SUCCESS"]
    tasks["cluster"] = clusters_of(world)[tasks.position.to_numpy()]
    slices = by_hour(tasks)
    done = "last AND state IS NOT NULL"
    insert(connection, "system.lakeflow.job_task_run_timeline", slices, {
        "account_id": f"'{ACCOUNT}'", "job_run_id": "run_id", "parent_run_id": "run_id",
        "run_id": "(CAST(run_id AS BIGINT) * 10 + number + attempt * 5)::VARCHAR", "task_key": "'task_' || number",
        "period_start_time": "period_start", "period_end_time": "period_end",
        "result_state": f"CASE WHEN {done} THEN state END", "termination_code": f"CASE WHEN {done} THEN code END",
        "compute_ids": "CASE WHEN runs_on = 'all_purpose' THEN [cluster] WHEN runs_on = 'job' THEN ['job-' || run_id] "
                       "ELSE []::VARCHAR[] END",
        "execution_duration_seconds": f"CASE WHEN {done} AND period_start >= TIMESTAMPTZ '{NEW_COLUMNS.isoformat()}' "
                                      "THEN round(seconds) END",
    }, order="period_start, workspace_id, run_id")  # fmt: skip


def clusters_of(world: Organisation) -> Any:
    """The all-purpose cluster each job would use: one of its own workspace."""
    made = []
    for position, job in enumerate(world.jobs.itertuples()):
        mine = world.clusters[world.clusters.workspace_id == job.workspace_id]
        chosen = mine if len(mine) else world.clusters
        made.append(chosen.cluster_id.iloc[position % len(chosen)])
    return np.array(made, dtype=object)


def updates(world: Organisation) -> pd.DataFrame:
    """Pipeline updates: workspace_id, pipeline_id, update_id, position, started, seconds, state, dbu."""
    parts = []
    for position, pipeline in enumerate(world.pipelines.itertuples()):
        rng = generator(world.seed, 22, position)
        begin = max(pd.Timestamp(first_day(world.now), tz="UTC"), pipeline.create_time.normalize())
        fired = pd.date_range(begin, world.now, freq="1D") + pd.Timedelta(hours=int(pipeline.hour))
        fired = fired[fired < pd.Timestamp(world.now) - pd.Timedelta(hours=4)]
        count = len(fired)
        parts.append(pd.DataFrame({
            "workspace_id": pipeline.workspace_id, "pipeline_id": pipeline.pipeline_id, "position": position,
            "update_id": uuids(rng, count), "started": fired, "dbu": pipeline.dbu,
            "seconds": pipeline.seconds * np.exp(rng.normal(0, 0.1, count)), "run_as_user_name": pipeline.created_by,
            "state": np.where(rng.random(count) < 0.03, "FAILED", "COMPLETED"), "serverless": pipeline.serverless,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def write_pipelines(connection: DuckDBPyConnection, world: Organisation, made: pd.DataFrame) -> None:
    """``lakeflow.pipelines`` and ``pipeline_update_timeline`` of the home region."""
    home = world.pipelines[world.pipelines.workspace_id != EUROPE]
    insert(connection, "system.lakeflow.pipelines", home, {
        "account_id": f"'{ACCOUNT}'", "pipeline_type": "'ETL_PIPELINE'", "run_as": "created_by", "change_time": "create_time",
        "tags": "map_from_entries(map_entries(tags))", "delete_time": "NULL",
        "settings": {"photon": "true", "development": "false", "continuous": "false", "serverless": "serverless",
                     "edition": "'ADVANCED'", "channel": "'CURRENT'"},
    })  # fmt: skip
    slices = by_hour(made[made.workspace_id != EUROPE])
    insert(connection, "system.lakeflow.pipeline_update_timeline", slices, {
        "account_id": f"'{ACCOUNT}'", "update_type": "'DEFAULT'", "trigger_type": "'SCHEDULE'",
        "result_state": "CASE WHEN last THEN state END", "period_start_time": "period_start",
        "period_end_time": "period_end",
        "compute": {"type": "CASE WHEN serverless THEN 'SERVERLESS' ELSE 'CLUSTER' END", "cluster_id": "NULL"},
    }, order="period_start, update_id")  # fmt: skip
