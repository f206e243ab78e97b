"""Classic compute: clusters and their versions, pools, when they ran, how busy each node was. Tables of ``compute``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.actions_done import done_of, since
from demo.faults import every_fault, faults_of, struck
from demo.names import ACCOUNT, EUROPE, PROD
from demo.organisation import Organisation
from demo.past_actions import versions
from demo.rhythm import DAY, Frame, days, generator, level, seconds
from demo.runs import LAG, SUBMITTED
from demo.tables import insert
from demo.twins import ago
from demo.workloads import MENDED_AGO, NODES, OPENED, WITH_SCRIPTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ENDS = "cluster.set_autotermination"
WORKED = 8, 17  # hours (UTC) of working days in which somebody works on a cluster that never ends
EDITED = pd.Timedelta(hours=10)  # into its first day: when a cluster lost its isolation
OWN_DAYS = 60  # how far back clusters made for one run go
POOLS = (
    ("small-nodes", "0713-090000-pool0001", "m5.xlarge", 2),
    ("memory-nodes", "0713-090500-pool0002", "r5.2xlarge", 0),
)


def write_clusters(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``clusters`` (all-purpose ones with their versions), ``node_types`` and ``instance_pools``."""
    every = _versions(world)
    insert(
        connection,
        "system.compute.clusters",
        every,
        {
            "account_id": f"'{ACCOUNT}'",
            "driver_node_type": "node_type",
            "worker_node_type": "node_type",
            "worker_count": "CASE WHEN autoscale THEN NULL ELSE workers END",
            "change_date": "change_time",
            "min_autoscale_workers": "CASE WHEN autoscale THEN 1 END",
            "max_autoscale_workers": "CASE WHEN autoscale THEN workers END",
            "auto_termination_minutes": "CASE WHEN isnan(auto) THEN NULL ELSE auto END",
            "tags": "map_from_entries(map_entries(tags))",
            "data_security_mode": "mode",
            "cluster_source": "CASE WHEN position % 5 = 4 THEN 'API' ELSE 'UI' END",
            "enable_elastic_disk": "true",
            "init_scripts": "CASE WHEN position % 12 = 7 THEN ['dbfs:/init/setup.sh'] ELSE []::VARCHAR[] END",
            "aws_attributes": {
                "first_on_demand": "1",
                "zone_id": "'auto'",
                "availability": "CASE WHEN spot THEN 'SPOT_WITH_FALLBACK' ELSE 'ON_DEMAND' END",
            },
            "worker_instance_pool_id": f"CASE WHEN position % 10 = 6 THEN '{POOLS[0][1]}' END",
        },
        order="change_time, cluster_id",
    )
    types = pd.DataFrame([*NODES, ("g5.xlarge", 4, 16384)], columns=["node_type", "core_count", "memory_mb"])
    insert(
        connection,
        "system.compute.node_types",
        types,
        {"account_id": f"'{ACCOUNT}'", "gpu_count": "CASE WHEN node_type = 'g5.xlarge' THEN 1 ELSE 0 END"},
    )
    pools = pd.DataFrame(POOLS, columns=["instance_pool_name", "instance_pool_id", "node_type", "min_idle_instances"])
    insert(
        connection,
        "system.compute.instance_pools",
        pools.assign(workspace_id=PROD),
        {
            "account_id": f"'{ACCOUNT}'",
            "change_time": "TIMESTAMPTZ '2025-07-13 09:00:00+00'",
            "max_capacity": "20",
            "create_time": "TIMESTAMPTZ '2025-07-13 09:00:00+00'",
            "idle_instance_autotermination_minutes": "60",
            "tags": "map()",
            "enable_elastic_disk": "true",
        },
    )


def workers_of(world: Organisation) -> Any:
    """The workers of each all-purpose cluster, by position."""
    return np.where(struck(world, "oversized", world.clusters.cluster_id), 8, world.clusters.workers)


def now_of(world: Organisation) -> Frame:
    """Every all-purpose cluster as it is now, those of the other region too; ``auto`` is NaN where it never terminates."""
    known, made = _versions(world), _as_made(world)
    last = known.sort_values("change_time", kind="stable").groupby("cluster_id").tail(1)
    every = pd.concat([last[last.delete_time.isna()], made[made.workspace_id == EUROPE]], ignore_index=True)
    return every.sort_values("position", ignore_index=True)


def _as_made(world: Organisation) -> Frame:
    every = world.clusters.copy()
    every["position"] = np.arange(len(every))
    every["auto"] = every.auto_termination_minutes
    every.loc[struck(world, "no_auto_termination", every.cluster_id), "auto"] = np.nan
    every.loc[struck(world, "end_of_support", every.cluster_id), "dbr_version"] = "10.4.x-scala2.12"
    every.loc[struck(world, "oversized", every.cluster_id), ["workers", "autoscale"]] = [8, False]
    return every.assign(mode=_modes(world, every.assign(change_time=world.now)))


def made_open(positions: Any) -> Any:
    """Which of the clusters at ``positions`` had no isolation when they were made."""
    return (np.asarray(positions) % 13 == 5) | np.isin(positions, OPENED)


def _modes(world: Organisation, every: Frame) -> Any:
    """The access mode of each version in ``every`` (position, cluster_id, change_time)."""
    at = every.change_time.map(lambda one: int(one.timestamp()))
    mended = ago(world, MENDED_AGO)
    open_ = made_open(every.position) & (~every.position.isin(OPENED) | (at < mended))
    open_ |= struck(world, "policy_drift", every.cluster_id, at)
    return np.select([open_, every.position % 3 == 1], ["NONE", "SINGLE_USER"], "USER_ISOLATION")


def _edited(world: Organisation, home: Frame) -> Frame:
    """What somebody edited of the access mode of clusters: mended, or lost."""
    lost = {fault.entity_id: fault.t0 + EDITED for fault in faults_of(world, "policy_drift")}
    mended = home[home.position.isin(OPENED)]
    drifted = home[home.cluster_id.isin(list(lost))]
    return pd.concat(
        [
            mended.assign(change_time=pd.Timestamp(ago(world, MENDED_AGO), unit="s", tz="UTC")),
            drifted.assign(change_time=drifted.cluster_id.map(lost)),
        ]
    )


def _versions(world: Organisation) -> Frame:
    """All-purpose clusters of the home region: as made, as changed, as deleted (and made again)."""
    home = _as_made(world)
    home = home[home.workspace_id != EUROPE].reset_index(drop=True)
    remade = home.ghost_id.notna()
    old = home[remade].assign(cluster_id=home.ghost_id[remade])
    home.loc[remade, "create_time"] = home.remade[remade] + pd.Timedelta(minutes=10)
    now = world.now
    first, acted = versions(world, "cluster", home.assign(change_time=home.create_time))
    changed = home.iloc[5::9].assign(change_time=now - pd.Timedelta(days=25), workers=home.workers.iloc[5::9] + 2)
    lately = home.iloc[6::17]
    wrong = [fault.entity_id for fault in every_fault(world) if fault.entity_type == "cluster"]
    lately = lately[~lately.cluster_id.isin(wrong)].assign(change_time=now - pd.Timedelta(hours=7), auto=20.0)
    lively = pd.concat([changed, lately, acted, _edited(world, home)])
    ends = pd.concat([old.assign(change_time=old.create_time), old.assign(change_time=old.remade)])
    made = pd.concat([first, lively[lively.change_time > lively.create_time], ends], ignore_index=True)
    made["mode"] = _modes(world, made)
    made["delete_time"] = made.change_time.where(made.index >= len(made) - len(old), pd.NaT)
    return made


def write_own_clusters(connection: DuckDBPyConnection, world: Organisation, attempts: Frame, updates: Frame) -> None:
    """``clusters`` that lived for one job run or pipeline update, of the last 60 days: made, then deleted."""
    since = int(world.now.timestamp()) - OWN_DAYS * DAY
    runs = attempts[
        (attempts.runs_on == "job")
        & (attempts.start >= since)
        & (attempts.attempt == 0)
        & (attempts.workspace_id != EUROPE)
    ]
    jobs = world.jobs[["position", "run_as_user_name", "tags"]].rename(columns={"run_as_user_name": "owner"})
    outside = pd.DataFrame({"position": [SUBMITTED], "owner": [world.principals.application_id[6]], "tags": [{}]})
    of_jobs = runs[["position", "workspace_id", "run", "start", "seconds", "state"]].merge(
        pd.concat([jobs, outside]), on="position"
    )
    of_jobs["name"] = "job-" + runs.job_id.to_numpy() + "-run-" + of_jobs.run.astype("str")
    classic = world.pipelines[~world.pipelines.serverless & (world.pipelines.workspace_id != EUROPE)]
    of_pipelines = updates[updates.start >= since].merge(
        classic[["position", "workspace_id", "created_by", "tags", "pipeline_id"]], on="position"
    )
    of_pipelines = of_pipelines.rename(columns={"number": "run", "created_by": "owner"})
    of_pipelines["name"] = "dlt-execution-" + of_pipelines.pipeline_id
    both = pd.concat([of_jobs.assign(source="JOB"), of_pipelines.assign(source="PIPELINE")], ignore_index=True)
    done = both[both.state.notna()].assign(over=True)
    every = pd.concat([both.assign(over=False), done], ignore_index=True)
    at = "to_timestamp(CASE WHEN over THEN start + round(seconds) ELSE start END)"
    insert(
        connection,
        "system.compute.clusters",
        every,
        {
            "account_id": f"'{ACCOUNT}'",
            "cluster_id": "own_cluster(run)",
            "cluster_name": "name",
            "owned_by": "owner",
            "create_time": "to_timestamp(start)",
            "change_time": at,
            "change_date": at,
            "delete_time": f"CASE WHEN over THEN {at} END",
            "driver_node_type": "'m5.xlarge'",
            "worker_node_type": "'m5.xlarge'",
            "worker_count": "2 + run % 4",
            "cluster_source": "source",
            "tags": "map_from_entries(map_entries(tags))",
            "dbr_version": "'16.4.x-scala2.12'",
            "data_security_mode": "'SINGLE_USER'",
            "enable_elastic_disk": "true",
            "init_scripts": f"CASE WHEN source = 'JOB' AND position = {WITH_SCRIPTS} THEN ['/Workspace/setup.sh'] "
            "ELSE []::VARCHAR[] END",
            "aws_attributes": {"first_on_demand": "1", "availability": "'ON_DEMAND'", "zone_id": "'auto'"},
        },
        order="start, over, run",
    )


def clusters_of(world: Organisation) -> Any:
    """The all-purpose cluster each job would use: one of its own workspace."""
    made = []
    for position, workspace in enumerate(world.jobs.workspace_id):
        mine = world.clusters[(world.clusters.workspace_id == workspace) & world.clusters.ghost_id.isna()]
        chosen = mine if len(mine) else world.clusters
        made.append(chosen.cluster_id.iloc[position % len(chosen)])
    return np.array(made, dtype=object)


def stretches(world: Organisation, attempts: Frame) -> Frame:
    """When each all-purpose cluster ran, for people and for the jobs that use it, in order of start: position, start
    (seconds since 1970), seconds, idle (its last seconds, waiting to terminate)."""
    parts, every = [], days(world.now)
    always = {fault.entity_id: fault for fault in faults_of(world, "no_auto_termination")}
    for position, cluster in enumerate(world.clusters.itertuples()):
        rng = generator(world.seed, 30, position)
        alive = every[every >= cluster.create_time]
        busy = rng.random(len(alive)) < np.clip(level(alive, 0.15) * 0.8, 0, 0.97)
        begin = seconds(alive)[busy]
        count, idle = len(begin), float(cluster.auto_termination_minutes * 60)
        frame = pd.DataFrame({
            "position": position, "start": begin + rng.integers(6 * 3600, 9 * 3600, count), "idle": idle,
            "seconds": np.clip(rng.normal(cluster.hours, 1.5, count), 0.5, 14) * 3600 + idle,
        })  # fmt: skip
        if (fault := always.get(cluster.cluster_id)) is not None:
            whole = _day_and_night(world, cluster, every[every >= fault.t0]).assign(position=position)
            frame = pd.concat([frame[frame.start < fault.begin - DAY], whole])
        parts.append(frame)
    made = _merged(pd.concat([*parts, _for_jobs(world, attempts)], ignore_index=True))
    horizon = int(world.now.timestamp()) - LAG
    made = made[made.start < horizon]
    left = np.minimum(made.seconds, horizon - made.start)
    return made.assign(seconds=left).sort_values(["start", "position"], ignore_index=True)


def _day_and_night(world: Organisation, cluster: Any, every: pd.DatetimeIndex) -> Frame:
    """The stretches of a cluster that never ends by itself, a day each (start, seconds, idle); where it was made to end, it runs
    from the day after on while people work."""
    start = seconds(every)
    made = pd.DataFrame({"start": start, "seconds": float(DAY), "idle": 0.0})
    for one in done_of(world, ENDS):
        if (cluster.workspace_id, cluster.cluster_id) == (one.workspace_id, one.id):
            later, idle = start > one.second, one.value * 60.0
            first, last = WORKED
            made.loc[later, "start"] += first * 3600
            made.loc[later, ["seconds", "idle"]] = (last - first) * 3600 + idle, idle
            made = made[~later | (every.day_of_week < 5)]
    return made


def _for_jobs(world: Organisation, attempts: Frame) -> Frame:
    """The runs on all-purpose clusters as stretches of theirs; the one that is always on needs none."""
    place = {cluster: position for position, cluster in enumerate(world.clusters.cluster_id)}
    runs = attempts[(attempts.runs_on == "all_purpose") & (attempts.position != SUBMITTED)]
    cluster = clusters_of(world)[runs.position]
    position = pd.Series(cluster).map(place).to_numpy()
    idle = world.clusters.auto_termination_minutes.to_numpy()[position] * 60.0
    made = pd.DataFrame({
        "position": position, "start": runs.start.to_numpy(), "idle": idle, "seconds": runs.seconds.to_numpy() + idle,
    })  # fmt: skip
    ends = since(world, ENDS, world.clusters.workspace_id.to_numpy()[position], cluster, made.start)
    return made[ends | ~struck(world, "no_auto_termination", cluster, made.start + DAY)]


def _merged(every: Frame) -> Frame:
    """The stretches of each cluster, those that overlap as one; it waits to terminate after the last."""
    every = every.assign(end=every.start + every.seconds).sort_values(["position", "start"], ignore_index=True)
    before = every.groupby("position").end.cummax().groupby(every.position).shift()
    number = (before.isna() | (every.start >= before)).cumsum()
    made = every.groupby(number).agg(
        position=("position", "first"), start=("start", "first"), end=("end", "max"), idle=("idle", "last")
    )
    return made.assign(seconds=made.end - made.start).drop(columns="end")
