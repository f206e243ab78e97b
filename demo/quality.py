"""How good the data is and what keeping it costs: quality scans, table sizes, predictive optimisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from demo.faults import sizes, struck
from demo.names import ACCOUNT, METASTORE, PROD
from demo.organisation import GOLD, Organisation
from demo.rhythm import DAY, Frame, days, generator, seconds
from demo.tables import insert
from demo.twins import ago, twins
from demo.use import writers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCAN_DAYS, SIZE_DAYS, OPTIMISED_DAYS = 45, 30, 60
_NAMES = {"catalog_name": "table_catalog", "schema_name": "table_schema"}


def write_scans(connection: DuckDBPyConnection, world: Organisation, attempts: Frame) -> None:
    """``data_quality_monitoring.table_results``: eighty gold tables, one scan a day over 45 days, at nine o'clock."""
    frame = _scans(world, attempts)
    health = "CASE WHEN {} THEN 'Unhealthy' ELSE 'Healthy' END"
    job = ("[struct_pack(job_id := job_id, workspace_id := workspace_id, job_name := name, last_run_status := state, "
           "run_page_url := NULL)]")  # fmt: skip
    insert(
        connection,
        "system.data_quality_monitoring.table_results",
        frame,
        _NAMES
        | {
            "event_time": "to_timestamp(start)",
            "status": health.format("late OR few"),
            "catalog_id": "md5(table_catalog)",
            "schema_id": "md5(table_schema)",
            "freshness": {
                "status": health.format("late"),
                "commit_freshness": {
                    "status": health.format("late"),
                    "last_value": "to_timestamp(written)",
                    "predicted_value": "to_timestamp(written + 100800)",
                },
            },
            "completeness": {
                "status": health.format("few"),
                "daily_row_count": {
                    "status": health.format("few"),
                    "last_value": "rows",
                    "min_predicted_value": "45000",
                    "max_predicted_value": "65000",
                },
            },
            "downstream_impact": {
                "impact_level": "CASE WHEN late OR few THEN 2 ELSE 0 END",
                "num_downstream_tables": "3",
                "num_queries_on_affected_tables": "40",
            },
            "root_cause_analysis": {"upstream_jobs": f"CASE WHEN late THEN {job} ELSE [] END"},
        },
        order="start, table_name",
    )


def _scans(world: Organisation, attempts: Frame) -> Frame:
    rng = generator(world.seed, 73)
    gold = world.tables.iloc[GOLD : GOLD + 80].assign(target=np.arange(GOLD, GOLD + 80))
    scans = seconds(days(world.now, SCAN_DAYS)) + 9 * 3600
    scans = scans[scans < int(world.now.timestamp()) - 3600]
    frame = gold.loc[gold.index.repeat(len(scans))].reset_index(drop=True).assign(start=np.tile(scans, len(gold)))
    own = frame.merge(writers(world), on="target").merge(
        world.jobs[["position", "workspace_id", "job_id", "name"]], on="position"
    )
    own["rows"] = rng.integers(50_000, 60_000, len(own))
    before = own.start - DAY  # a scan sees what was written until then
    own["late"] = struck(world, "unhealthy_freshness", own.full_name, own.start)
    own["late"] |= struck(world, "stale_table", own.full_name, before)
    own["late"] |= struck(world, "permission_lost", own.job_id, before, own.workspace_id)
    own["late"] |= struck(world, "wrote_nothing", own.job_id, before, own.workspace_id)
    failing = struck(world, "permission_lost", own.job_id, workspace=own.workspace_id)
    lacking = sizes(world, "row_drop", own.full_name, own.start)
    own["few"] = lacking > 0
    own["rows"] = (own.rows * (1 - 0.5 * lacking)).astype("int64")
    alike = twins(world)
    less = (own.full_name == alike["row_drop"].entity_id) & (own.start >= ago(world, 2)) & (own.start <= ago(world, 0))
    own.loc[less, "rows"] = 50_500  # within what is predicted
    once = (own.start >= ago(world, 10)) & (own.start < ago(world, 9))
    own["late"] |= (own.full_name == alike["unhealthy_freshness"].entity_id) & once
    own["state"] = np.where(failing & own.late, "FAILED", "SUCCEEDED")
    own["written"] = own.start - np.where(own.late, 80, 3) * 3600
    return own[~struck(world, "unwatched", own.table_catalog + "." + own.table_schema, own.start)]


def write_storage(connection: DuckDBPyConnection, world: Organisation) -> None:
    """Tables of ``system.storage``: daily sizes, and the operations that predictive optimisation ran."""
    rng, every = generator(world.seed, 76), days(world.now, SIZE_DAYS)[:-1]
    t = world.tables.iloc[::3]
    sized = t.loc[t.index.repeat(len(every))].reset_index(drop=True)
    sized["day"] = np.tile(seconds(every), len(t))
    sized["grown"] = (sized["size"] * (1 + 0.004 * np.tile(np.arange(len(every)), len(t)))).astype("int64")
    shared: dict[str, Any] = _NAMES | {"account_id": f"'{ACCOUNT}'", "metastore_id": f"'{METASTORE}'"}
    insert(
        connection,
        "system.storage.table_metrics_history",
        sized,
        shared
        | {
            "snapshot_date": "to_timestamp(day)",
            "active_bytes": "grown",
            "active_files": "1 + grown // 90000000",
            "table_type": "'MANAGED'",
            "table_creation_time": "created",
            "predictive_optimization_enabled": "layer <> 'bronze'",
        },
        order="day, table_name",
    )
    nights = days(world.now, OPTIMISED_DAYS)
    start = np.repeat(seconds(nights), 30) + rng.integers(0, 6 * 3600, 30 * len(nights))
    start = np.sort(start[start < int(world.now.timestamp()) - 12 * 3600])
    done = world.tables.iloc[rng.integers(600, len(world.tables), len(start))].assign(
        start=start,
        kind=rng.choice(["COMPACTION", "VACUUM", "ANALYZE", "CLUSTERING"], len(start)),
        dbu=rng.gamma(2, 0.6, len(start)),
        failed=rng.random(len(start)) < 0.02,
        number=np.arange(len(start)),
    )
    insert(
        connection,
        "system.storage.predictive_optimization_operations_history",
        done,
        shared
        | {
            "workspace_id": f"'{PROD}'",
            "start_time": "to_timestamp(start)",
            "end_time": "to_timestamp(start + 240)",
            "metastore_name": "'main-us'",
            "operation_type": "kind",
            "operation_id": "CAST(md5('p' || number) AS UUID)",
            "operation_status": "CASE WHEN failed THEN 'FAILED: INTERNAL_ERROR' ELSE 'SUCCESSFUL' END",
            "operation_metrics": "map(['number_of_output_files'], ['12'])",
            "usage_unit": "'ESTIMATED_DBU'",
            "usage_quantity": "CAST(dbu AS DECIMAL(18, 6))",
        },
        order="start, number",
    )
