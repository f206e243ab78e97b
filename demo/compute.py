"""Clusters and SQL warehouses: versions, running times, statements, node metrics. Tables of ``compute`` and ``query``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import where
from demo.organisation import ACCOUNT, EUROPE, Organisation
from demo.rhythm import days, generator, level, office
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LAG = pd.Timedelta(hours=1)
TEXTS = (
    "SELECT region, sum(amount) FROM main.payments_gold.t_1201 WHERE day >= '2026-01-01' GROUP BY region",
    "SELECT * FROM main.risk_silver.t_0601 WHERE account_id = 4711",
    "INSERT INTO main.finance_gold.t_1204 SELECT * FROM main.finance_silver.t_0604",
    "MERGE INTO main.logistics_silver.t_0603 t USING updates s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *",
    "SELECT count(*) FROM main.marketing_bronze.t_0002 WHERE note LIKE '%**bold** <script>alert(1)</script>%'",
)
TYPES = ("SELECT", "SELECT", "INSERT", "MERGE", "SELECT")
ERRORS = (
    "[TABLE_OR_VIEW_NOT_FOUND] The table or view cannot be found. SQLSTATE: 42P01",
    "[INSUFFICIENT_PERMISSIONS] Insufficient privileges. SQLSTATE: 42501",
    "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column cannot be resolved. SQLSTATE: 42703",
)
CLIENTS = ("Databricks SQL", "PowerBI", "Tableau", "Databricks Notebooks", "JDBC")


def write_clusters(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``compute.clusters`` (with a later version of some) and ``node_types``; the home region's only."""
    home = world.clusters[world.clusters.workspace_id != EUROPE].reset_index(drop=True)
    faults = where(world)
    home["auto"] = home.auto_termination_minutes.astype("float")
    home.loc[home.cluster_id == faults["no_auto_termination"].entity_id, "auto"] = np.nan
    home.loc[home.cluster_id == faults["end_of_support"].entity_id, "dbr_version"] = "10.4.x-scala2.12"
    later = home.iloc[5::9].assign(create_time=lambda f: f.create_time)
    first = home.assign(change_time=home.create_time)
    changed = later.assign(change_time=pd.Timestamp(world.now) - pd.Timedelta(days=25), workers=later.workers + 2)
    gone = home.iloc[3:6].assign(change_time=pd.Timestamp(world.now) - pd.Timedelta(days=60))
    gone = gone.assign(cluster_id=[f"0101-000000-dead{i:04x}" for i in range(len(gone))])
    born = gone.assign(change_time=gone.create_time)
    every = pd.concat([first, changed, born, gone], ignore_index=True)
    every["delete_time"] = every.change_time.where(every.index >= len(every) - len(gone), pd.NaT)
    insert(connection, "system.compute.clusters", every, {
        "account_id": f"'{ACCOUNT}'", "driver_node_type": "node_type", "worker_node_type": "node_type",
        "worker_count": "workers", "auto_termination_minutes": "CASE WHEN isnan(auto) THEN NULL ELSE auto END",
        "cluster_source": "'UI'", "tags": "map_from_entries(map_entries(tags))", "change_date": "change_time",
        "data_security_mode": "'USER_ISOLATION'", "enable_elastic_disk": "true", "init_scripts": "[]::VARCHAR[]",
    })  # fmt: skip
    types = pd.DataFrame([("m5.xlarge", 4, 16384), ("m5.2xlarge", 8, 32768), ("r5.2xlarge", 8, 65536),
                          ("i3.xlarge", 4, 31232)], columns=["node_type", "core_count", "memory_mb"])  # fmt: skip
    insert(connection, "system.compute.node_types", types, {"account_id": f"'{ACCOUNT}'", "gpu_count": "0"})


def write_warehouses(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``compute.warehouses`` of the home region, with the size change that made one dearer."""
    home = world.warehouses[world.warehouses.workspace_id != EUROPE]
    rise = where(world)["cost_rise"]
    bigger = home[home.warehouse_id == rise.entity_id].assign(
        change_time=pd.Timestamp(rise.t0), warehouse_size="X_LARGE"
    )
    every = pd.concat([home.assign(change_time=home.create_time), bigger], ignore_index=True)
    insert(connection, "system.compute.warehouses", every, {
        "account_id": f"'{ACCOUNT}'", "warehouse_type": "'SERVERLESS'", "warehouse_channel": "'CURRENT'",
        "tags": "map_from_entries(map_entries(tags))", "delete_time": "NULL",
    })  # fmt: skip


def cluster_hours(world: Organisation) -> pd.DataFrame:
    """When each all-purpose cluster ran: position, started, seconds (one stretch per working day)."""
    always = where(world)["no_auto_termination"]
    parts = []
    every = days(world.now)
    for position, cluster in enumerate(world.clusters.itertuples()):
        rng = generator(world.seed, 30, position)
        alive = every[every >= cluster.create_time]
        busy = rng.random(len(alive)) < np.clip(level(alive, 0.15) * 0.8, 0, 0.97) if len(alive) else np.zeros(0, bool)
        chosen = alive[busy]
        hours = np.clip(rng.normal(cluster.hours, 1.5, len(chosen)), 0.5, 15)
        starts = chosen + pd.to_timedelta(rng.uniform(6, 9, len(chosen)) * 3600, unit="s")
        frame = pd.DataFrame({"position": position, "started": starts.floor("s"), "seconds": hours * 3600})
        if cluster.cluster_id == always.entity_id:
            whole = every[every >= always.t0]
            frame = pd.concat([frame[frame.started < always.t0],
                               pd.DataFrame({"position": position, "started": whole, "seconds": 86400.0})])  # fmt: skip
        parts.append(frame)
    made = pd.concat(parts, ignore_index=True)
    made = made[made.started < pd.Timestamp(world.now) - LAG]
    left = (pd.Timestamp(world.now) - LAG - made.started).dt.total_seconds()
    return made.assign(seconds=np.minimum(made.seconds, left)).sort_values("started", ignore_index=True)


def write_nodes(connection: DuckDBPyConnection, world: Organisation, stretches: pd.DataFrame) -> None:
    """``compute.node_timeline`` of the last 30 days, one row per node and 15 minutes."""
    memory = where(world)["memory_bound"].entity_id
    since = pd.Timestamp(world.now) - pd.Timedelta(days=30)
    rng = generator(world.seed, 31)
    home = (world.clusters.workspace_id != EUROPE).to_numpy()
    recent = stretches[(stretches.started >= since) & home[stretches.position]]
    steps = (recent.seconds // 900).astype(int).to_numpy()
    nodes = world.clusters.workers.to_numpy()[recent.position.to_numpy()].clip(1, 3) + 1
    index = np.repeat(np.arange(len(recent)), steps * nodes)
    within = np.arange(len(index)) - np.repeat(np.cumsum(steps * nodes) - steps * nodes, steps * nodes)
    own = recent.iloc[index].reset_index(drop=True)
    node = within % nodes[index]
    c = world.clusters.iloc[own.position.to_numpy()].reset_index(drop=True)
    tight = (c.cluster_id == memory).to_numpy()
    idle = (c.cluster_id == where(world)["no_auto_termination"].entity_id).to_numpy()
    count = len(index)
    frame = pd.DataFrame({
        "workspace_id": c.workspace_id, "cluster_id": c.cluster_id, "instance_id": "i-" + c.cluster_id.str[-8:] + pd.Series(node).astype(str),
        "start_time": own.started + pd.to_timedelta(within // nodes[index] * 900, unit="s"), "driver": node == 0,
        "cpu_user_percent": np.where(idle, rng.uniform(0.2, 2, count), rng.gamma(2.5, 12, count).clip(1, 97)),
        "mem_used_percent": np.where(tight, rng.uniform(92, 98, count), rng.normal(48, 12, count).clip(8, 88)),
        "mem_swap_percent": np.where(tight, rng.uniform(5, 20, count), 0.0), "node_type": c.node_type,
        "network_sent_bytes": rng.integers(10**6, 10**9, count), "network_received_bytes": rng.integers(10**6, 10**9, count),
    })  # fmt: skip
    insert(connection, "system.compute.node_timeline", frame, {
        "account_id": f"'{ACCOUNT}'", "end_time": "start_time + INTERVAL 15 MINUTES", "cpu_system_percent": "2.0",
        "cpu_wait_percent": "1.0",
    }, order="start_time, cluster_id, instance_id")  # fmt: skip


def statements(world: Organisation) -> pd.DataFrame:
    """Every statement on a SQL warehouse: position, person, started, seconds, wait, kind (of TEXTS), state, error, spill,
    dashboard; sorted by warehouse and start."""
    every = days(world.now)
    hours = pd.date_range(every[0], pd.Timestamp(world.now) - LAG, freq="1h")
    parts = []
    for position, _warehouse in enumerate(world.warehouses.itertuples()):
        rng = generator(world.seed, 32, position)
        busy = (20.0, 18.0, 5.0, 0.9, 8.0, 12.0, 4.0, 9.0)[position % 8] * world.parts**0.5
        counts = rng.poisson(busy * level(hours, 0.1) * office(hours))
        at = np.repeat(np.arange(len(hours)), counts)
        count = len(at)
        started = hours[at] + pd.to_timedelta(rng.integers(0, 3600, count), unit="s")
        parts.append(pd.DataFrame({
            "position": position, "started": started, "kind": rng.integers(0, len(TEXTS), count),
            "seconds": np.exp(rng.normal(3.8, 1.2, count)).clip(0.5, 1800), "wait": rng.exponential(0.3, count),
            "person": rng.integers(0, len(world.people), count), "failed": rng.random(count) < 0.03, "dashboard": False,
        }))  # fmt: skip
    made = pd.concat(parts, ignore_index=True)
    return _spoiled(made, world).sort_values(["position", "started"], ignore_index=True)


def _spoiled(made: pd.DataFrame, world: Organisation) -> pd.DataFrame:
    """The statements with the planted faults of warehouses and people."""
    faults, rng = where(world), generator(world.seed, 33)
    made["person"] = np.where((made.person == 59) & (made.started >= faults["inactive"].t0), 3, made.person)
    queue = (made.position == 0) & (made.started >= faults["queue_pressure"].t0) & made.started.dt.hour.isin([8, 9])
    made.loc[queue & (made.started.dt.dayofweek < 5), "wait"] += rng.uniform(40, 240)
    made["spill"] = 0
    spilling = (made.person == 16) & (made.started >= faults["spill"].t0)
    made.loc[spilling, "spill"] = 40 * 10**9
    made["error"] = np.where(made.failed, made.kind % 3, -1)
    broken = (made.person == 15) & (made.started >= faults["repeated_failures"].t0)
    made.loc[broken, ["failed", "error", "kind"]] = [True, 0, 1]
    slow = faults["slow_dashboard"]
    times = pd.date_range(slow.t0, pd.Timestamp(world.now) - LAG, freq="47min")
    times = times[(times.hour >= 6) & (times.hour < 18) & (times.dayofweek < 5)]
    extra = pd.DataFrame({
        "position": 0, "started": times, "kind": 0, "seconds": rng.uniform(200, 420, len(times)), "wait": 1.0,
        "person": 8, "failed": False, "dashboard": True, "spill": 0, "error": -1,
    })  # fmt: skip
    return pd.concat([made, extra], ignore_index=True)


def write_statements(connection: DuckDBPyConnection, world: Organisation, made: pd.DataFrame) -> None:
    """``query.history`` of the home region's warehouses; the newest hour has not landed yet."""
    home = made[(world.warehouses.workspace_id != EUROPE).to_numpy()[made.position]].copy()
    rng = generator(world.seed, 34)
    w = world.warehouses.iloc[home.position.to_numpy()]
    people = world.people.iloc[home.person.to_numpy()]
    count = len(home)
    home["statement_id"] = np.char.add(
        np.char.add("01f0", np.char.zfill(np.arange(count).astype("U8"), 8)), "-0000-1000-8000-0123456789ab"
    )
    home["statement_id"] = (
        home.statement_id.str.slice(0, 8) + "-" + home.statement_id.str.slice(8, 12) + home.statement_id.str.slice(12)
    )
    home["workspace_id"], home["warehouse_id"] = w.workspace_id.to_numpy(), w.warehouse_id.to_numpy()
    home["executed_by"], home["executed_by_user_id"] = people.email.to_numpy(), people.user_id.to_numpy()
    home["statement_text"] = np.array(TEXTS, dtype=object)[home.kind]
    home["statement_type"] = np.array(TYPES, dtype=object)[home.kind]
    home["error_message"] = np.array([*ERRORS, None], dtype=object)[home.error]
    home["client_application"] = np.array(CLIENTS, dtype=object)[rng.integers(0, len(CLIENTS), count)]
    home["read_bytes"] = (np.exp(rng.normal(18, 2, count))).astype("int64") + home.spill
    home["produced_rows"] = rng.integers(1, 5000, count)
    home["files"] = rng.integers(1, 400, count)
    insert(connection, "system.query.history", home, {
        "account_id": f"'{ACCOUNT}'", "session_id": "statement_id", "executed_as": "executed_by",
        "execution_status": "CASE WHEN failed THEN 'FAILED' WHEN hash(statement_id) % 80 = 0 THEN 'CANCELED' ELSE 'FINISHED' END",
        "compute": {"type": "'WAREHOUSE'", "warehouse_id": "warehouse_id"},
        "client_driver": "'databricks-sql'", "executed_as_user_id": "executed_by_user_id",
        "total_duration_ms": "round((seconds + wait) * 1000)", "waiting_for_compute_duration_ms": "0",
        "waiting_at_capacity_duration_ms": "round(wait * 1000)", "execution_duration_ms": "round(seconds * 900)",
        "compilation_duration_ms": "round(seconds * 40)", "total_task_duration_ms": "round(seconds * 4000)",
        "result_fetch_duration_ms": "round(seconds * 30)", "start_time": "started",
        "end_time": "started + to_milliseconds(CAST(round((seconds + wait) * 1000) AS BIGINT))",
        "update_time": "started + to_milliseconds(CAST(round((seconds + wait) * 1000) AS BIGINT))",
        "read_files": "files", "pruned_files": "CASE WHEN kind = 1 THEN 1 ELSE files * 3 END", "read_rows": "read_bytes // 200",
        "read_io_cache_percent": "CAST(hash(statement_id) % 100 AS TINYINT)", "from_result_cache": "hash(statement_id) % 9 = 0",
        "spilled_local_bytes": "spill", "written_rows": "CASE WHEN kind IN (2, 3) THEN produced_rows ELSE 0 END",
        "query_source": {"dashboard_id": "CASE WHEN dashboard THEN '01ef7a2b9c3d1e5f8a7b6c5d4e3f2a1b' END"},
        "read_files_bytes": "read_bytes", "read_partitions": "files // 8",
    }, order="started, statement_id")  # fmt: skip


def running(world: Organisation, made: pd.DataFrame) -> pd.DataFrame:
    """When each warehouse ran: from its first statement until ``auto_stop_minutes`` after the last one ended.

    Columns position, started, seconds.
    """
    begin = made.started.dt.tz_convert(None).to_numpy().astype("datetime64[s]").astype("int64")
    wait = world.warehouses.auto_stop_minutes.to_numpy()[made.position.to_numpy()] * 60
    end = begin + np.ceil(made.seconds + made.wait).astype("int64").to_numpy() + wait
    horizon = int((pd.Timestamp(world.now) - LAG).timestamp())
    parts: list[dict[str, Any]] = []
    for position in range(len(world.warehouses)):
        mine = np.nonzero(made.position.to_numpy() == position)[0]
        if not len(mine):
            continue
        until = np.maximum.accumulate(end[mine])
        new = np.concatenate([[True], begin[mine][1:] > until[:-1]])
        starts = begin[mine][new]
        stops = until[np.concatenate([np.nonzero(new)[0][1:] - 1, [len(mine) - 1]])]
        parts.append({"position": position, "started": starts, "seconds": np.minimum(stops, horizon) - starts})
    frame = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    return frame.assign(started=pd.to_datetime(frame.started, unit="s", utc=True))


def write_events(connection: DuckDBPyConnection, world: Organisation, stretches: pd.DataFrame) -> None:
    """``compute.warehouse_events``: starting, running, stopped."""
    home = stretches[(world.warehouses.workspace_id != EUROPE).to_numpy()[stretches.position]].copy()
    w = world.warehouses.iloc[home.position.to_numpy()]
    home["workspace_id"], home["warehouse_id"] = w.workspace_id.to_numpy(), w.warehouse_id.to_numpy()
    stop = home.started + pd.to_timedelta(home.seconds, unit="s")
    over = stop < pd.Timestamp(world.now) - LAG
    every = pd.concat([
        home.assign(event_type="STARTING", event_time=home.started - pd.Timedelta(seconds=4), cluster_count=0),
        home.assign(event_type="RUNNING", event_time=home.started, cluster_count=1),
        home[over].assign(event_type="STOPPED", event_time=stop[over], cluster_count=0),
    ])  # fmt: skip
    insert(connection, "system.compute.warehouse_events", every, {"account_id": f"'{ACCOUNT}'"},
           order="event_time, warehouse_id, cluster_count")  # fmt: skip
