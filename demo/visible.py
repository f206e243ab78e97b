"""Whether a planted fault can be seen in the raw rows as they are now: one plain look for each kind, which asks nothing that pages
or agents ask. A fault that nobody could see is a mistake of the plan, not of who looks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_RUNS = """(SELECT run_id, min(period_start_time) AS start, max(period_end_time) AS ended,
  max_by(result_state, period_end_time) AS state, max_by(termination_code, period_end_time) AS code,
  count(DISTINCT result_state) AS states, sum(queue_duration_seconds) AS queue,
  epoch(max(period_end_time) - min(period_start_time)) AS seconds
  FROM lakeflow.job_run_timeline WHERE job_id = $id AND workspace_id = $ws GROUP BY run_id)"""
_WRITES = "access.table_lineage WHERE entity_type = 'JOB' AND entity_id = $id AND target_table_full_name IS NOT NULL"
_SCANS = "data_quality_monitoring.table_results WHERE catalog_name || '.' || schema_name || '.' || table_name = $id"
_HELD = """info_schema.table_privileges WHERE table_catalog || '.' || table_schema || '.' || table_name = $id
  AND inherited_from = 'NONE'"""
_UNUSED = f"""SELECT count(*) > 0 FROM (SELECT grantee FROM {_HELD} AND privilege_type = '{{}}' AND contains(grantee, '@')) AS g
  WHERE NOT EXISTS (SELECT 1 FROM info_schema.tables WHERE table_catalog || '.' || table_schema || '.' || table_name = $id
    AND table_owner = g.grantee)
  AND NOT EXISTS (SELECT 1 FROM access.table_lineage AS l WHERE l.created_by = g.grantee AND l.source_table_full_name = $id
    AND l.event_time >= $now - INTERVAL 90 DAYS)
  AND NOT EXISTS (SELECT 1 FROM access.audit AS a WHERE a.action_name = 'updatePermissions' AND a.event_time >= $now - INTERVAL 90 DAYS
    AND a.request_params['securable_full_name'] = $id AND contains(a.request_params['changes'], g.grantee))"""
_ASKED = """serving.endpoint_usage WHERE served_entity_id IN
  (SELECT served_entity_id FROM serving.served_entities WHERE endpoint_id = $id)"""
_MEASURED = """mlflow.run_metrics_history AS m JOIN mlflow.runs_latest AS r USING (run_id)
  WHERE r.tags['endpoint'] = $name AND m.metric_time >= $now - INTERVAL 2 DAYS"""
_SPENT = "billing.usage WHERE record_type = 'ORIGINAL' AND usage_metadata.{} = $id"
_CALLS = "ai_gateway.usage WHERE service_name = $name"
_BY_DAY = "(SELECT usage_date AS day, sum(usage_quantity) AS spent FROM {} GROUP BY 1)"
_BURST = """SELECT count(*) >= {} FROM access.audit WHERE user_identity.email = $name AND action_name = '{}'
  AND event_time BETWEEN $t0 AND $t0 + INTERVAL 1 DAY"""
_LATER = "start_time >= $t0 AND (start_time <= $t1 OR $t1 >= $now - INTERVAL 1 HOUR)"

LOOKS: Mapping[str, str] = MappingProxyType({
    "idle_warehouse": """SELECT (SELECT max_by(auto_stop_minutes, change_time) >= 60 FROM compute.warehouses WHERE warehouse_id = $id)
      AND count(*) >= 5 FROM (SELECT usage_start_time AS at FROM billing.usage WHERE usage_metadata.warehouse_id = $id
      AND usage_date >= $now - INTERVAL 14 DAYS GROUP BY 1) AS u WHERE NOT EXISTS (SELECT 1 FROM query.history AS q
      WHERE q.compute.warehouse_id = $id AND q.start_time BETWEEN u.at - INTERVAL 15 MINUTES AND u.at + INTERVAL 1 HOUR)""",
    "no_auto_termination": f"""SELECT (SELECT coalesce(max_by(coalesce(auto_termination_minutes, 0), change_time), 0) = 0
      FROM compute.clusters WHERE cluster_id = $id) AND count(DISTINCT usage_date) >= 7 FROM {_SPENT.format("cluster_id")}
      AND hour(usage_start_time) = 3 AND usage_date >= $now - INTERVAL 14 DAYS""",
    "memory_bound": """SELECT count(*) > 200 AND avg(mem_used_percent) > 90 AND avg(mem_swap_percent) > 4
      FROM compute.node_timeline WHERE cluster_id = $id AND start_time >= $t0""",
    "end_of_support": "SELECT max_by(dbr_version, change_time) LIKE '10.%' FROM compute.clusters WHERE cluster_id = $id",
    "failed_starts": """SELECT count(DISTINCT run_id) >= 3 FROM lakeflow.job_run_timeline WHERE job_id = $id AND workspace_id = $ws
      AND period_start_time >= $t0 AND termination_code IN ('CLOUD_FAILURE', 'CLUSTER_ERROR', 'CLUSTER_REQUEST_LIMIT_EXCEEDED',
      'LIBRARY_INSTALLATION_ERROR')""",
    "policy_drift": """SELECT max_by(data_security_mode, change_time) = 'NONE' AND count(DISTINCT data_security_mode) = 2
      FROM compute.clusters WHERE cluster_id = $id""",
    "oversized": """SELECT count(*) > 1000 AND quantile_cont(cpu_user_percent + cpu_system_percent, 0.99) < 12
      AND max(mem_used_percent) < 45 FROM compute.node_timeline WHERE cluster_id = $id AND NOT driver""",
    "queue_pressure": """SELECT count(DISTINCT CAST(start_time AS DATE)) >= 2 AND count(*) >= 10 FROM query.history
      WHERE compute.warehouse_id = $id AND start_time >= $t0 AND waiting_at_capacity_duration_ms > 30000""",
    "stale_table": """SELECT count(*) > 20 AND max(event_time) < $t0 FROM access.table_lineage
      WHERE target_table_full_name = $id""",
    "row_drop": f"""SELECT count(*) >= 1 FROM {_SCANS} AND event_time >= $t0
      AND completeness.daily_row_count.last_value < completeness.daily_row_count.min_predicted_value""",
    "unhealthy_freshness": f"SELECT max_by(freshness.status, event_time) = 'Unhealthy' FROM {_SCANS}",
    "never_read": """SELECT count(*) FILTER (target_table_full_name = $id AND event_time >= $now - INTERVAL 30 DAYS) >= 10
      AND count(*) FILTER (source_table_full_name = $id OR starts_with(source_path, (SELECT storage_path FROM info_schema.tables
        WHERE table_catalog || '.' || table_schema || '.' || table_name = $id))) = 0 FROM access.table_lineage""",
    "unwatched": """SELECT count(*) >= 3 AND NOT EXISTS (SELECT 1 FROM data_quality_monitoring.table_results
      WHERE catalog_name || '.' || schema_name = $id AND event_time >= $now - INTERVAL 30 DAYS) FROM (SELECT source_table_full_name
      FROM access.table_lineage WHERE starts_with(source_table_full_name, $id || '.') AND event_time >= $now - INTERVAL 30 DAYS
      GROUP BY 1 HAVING count(DISTINCT created_by) >= 4)""",
    "schema_change": """SELECT count(*) > 0 AND NOT EXISTS (SELECT 1 FROM info_schema.columns
      WHERE table_catalog || '.' || table_schema || '.' || table_name = $id AND column_name = 'amount')
      FROM access.column_lineage WHERE source_table_full_name = $id AND source_column_name = 'amount'""",
    "permission_lost": f"""SELECT count(*) >= 1 AND bool_and(code = 'UNAUTHORIZED_ERROR') FROM {_RUNS}
      WHERE start >= $t0 AND state IS NOT NULL""",
    "slower": f"""SELECT count(*) FILTER (start >= $t0) >= 2 AND median(seconds) FILTER (start >= $t0) > 1.25 *
      median(seconds) FILTER (start < $t0 AND start >= $t0 - INTERVAL 30 DAYS) FROM {_RUNS} WHERE state = 'SUCCEEDED'""",
    "not_started": f"""SELECT max(start) < $t0 AND (SELECT NOT coalesce(max_by(paused, change_time), false) FROM lakeflow.jobs
      WHERE job_id = $id AND workspace_id = $ws) FROM {_RUNS}""",
    "flaky": f"SELECT count(*) FILTER (states > 1) >= 3 FROM {_RUNS} WHERE start >= $t0 AND start >= $now - INTERVAL 28 DAYS",
    "late_start": f"SELECT count(*) >= 2 FROM {_RUNS} WHERE start >= $t0 AND queue >= 3600",
    "never_succeeded": f"SELECT count(*) >= 5 AND count(*) FILTER (state = 'SUCCEEDED') = 0 FROM {_RUNS} WHERE state IS NOT NULL",
    "broken_off": f"SELECT max_by(state = 'FAILED' AND code = 'CLOUD_FAILURE' AND states = 1, start) FROM {_RUNS}",
    "wrote_nothing": f"""SELECT (SELECT count(*) FILTER (state = 'SUCCEEDED') >= 1 FROM {_RUNS} WHERE start >= $t0)
      AND count(*) > 10 AND max(event_time) < $t0 + INTERVAL 3 HOURS FROM {_WRITES}""",
    "stuck": f"""SELECT max_by(state IS NULL, start) AND epoch($now - max(start)) > 3 * median(seconds) FILTER (state = 'SUCCEEDED')
      FROM {_RUNS}""",
    "pipeline_failing": """SELECT count(*) >= 1 AND bool_and(state = 'FAILED') FROM (SELECT min(period_start_time) AS start,
      max_by(result_state, period_end_time) AS state FROM lakeflow.pipeline_update_timeline WHERE pipeline_id = $id
      GROUP BY update_id) WHERE start >= $t0 AND state IS NOT NULL""",
    "unused_grant": _UNUSED.format("MODIFY"),
    "forgotten_grant": _UNUSED.format("SELECT"),
    "broad_grant": f"SELECT count(*) > 0 FROM {_HELD} AND grantee = 'account users' AND privilege_type = 'ALL_PRIVILEGES'",
    "self_grant": f"""SELECT count(*) > 0 AND EXISTS (SELECT 1 FROM access.audit WHERE action_name = 'updatePermissions' AND
      event_time BETWEEN $t0 AND $t1 AND request_params['securable_full_name'] = $id
      AND contains(request_params['changes'], user_identity.email)) FROM {_HELD} AND privilege_type = 'MANAGE'""",
    "denied_burst": _BURST.format(200, "getTable") + " AND response.status_code = 403",
    "failed_logins": _BURST.format(60, "tokenLogin") + " AND response.status_code = 401",
    "download_burst": _BURST.format(40, "downloadQueryResult") + " AND hour(event_time) < 6",
    "unmasked_sensitive": """SELECT (SELECT count(*) > 0 FROM data_classification.results
      WHERE catalog_name || '.' || schema_name || '.' || table_name = $id) AND NOT EXISTS (SELECT 1 FROM info_schema.column_masks
      WHERE table_catalog || '.' || table_schema || '.' || table_name = $id)
      AND count(DISTINCT created_by) >= 4 FROM access.table_lineage WHERE source_table_full_name = $id""",
    "errors": f"""SELECT count(*) >= 20 AND avg(CASE WHEN status_code >= 500 THEN 1 ELSE 0 END) > 0.08 FROM {_ASKED}
      AND request_time >= $t0 + INTERVAL 10 HOURS""",
    "idle_endpoint": f"""SELECT count(*) = 0 AND (SELECT count(DISTINCT usage_date) >= 5 FROM {_SPENT.format("endpoint_id")}
      AND usage_date >= $now - INTERVAL 8 DAYS) FROM {_ASKED} AND request_time >= $t0""",
    "untracked": f"SELECT count(*) = 0 AND (SELECT sum(usage_quantity) > 0 FROM {_SPENT.format('endpoint_id')}) FROM {_ASKED}",
    "drift": f"SELECT avg(metric_value) > 0.2 FROM {_MEASURED} AND metric_name = 'psi_amount'",
    "skew": f"""SELECT avg(metric_value) FILTER (metric_name = 'mean_now_tenure') < 0.3 *
      avg(metric_value) FILTER (metric_name = 'mean_then_tenure') FROM {_MEASURED}""",
    "failing_runs": """SELECT count(*) >= 4 AND avg(CASE WHEN status = 'FAILED' THEN 1 ELSE 0 END) > 0.8
      FROM mlflow.runs_latest WHERE created_by = $name AND start_time >= $t0 AND tags['endpoint'] IS NULL
      AND tags['mlflow.parentRunId'] IS NULL""",
    "runaway": f"""SELECT max(own) > 0.4 * sum(own) AND max(own) > 200000 FROM (SELECT requester,
      sum(total_tokens) AS own FROM {_CALLS}
      AND event_time BETWEEN $t0 AND $t1 GROUP BY 1)""",
    "throttled": f"""SELECT count(*) >= 20 AND avg(CASE WHEN status_code = 429 THEN 1 ELSE 0 END) > 0.1 FROM {_CALLS}
      AND event_time >= $t0""",
    "tool_loop": f"""SELECT max(own) >= 300 FROM (SELECT requester, count(*) AS own FROM {_CALLS}
      AND mcp_metadata.tool_name = 'search_orders' AND event_time BETWEEN $t0 AND $t0 + INTERVAL 1 DAY GROUP BY 1)""",
    "fallback": f"""SELECT count(*) >= 20 AND avg(CASE WHEN len(routing_information.attempts) > 1 THEN 1 ELSE 0 END) > 0.3
      FROM {_CALLS} AND mcp_metadata.tool_name IS NULL AND service_type = 'MODEL_SERVICE' AND event_time >= $t0""",
    "index_lag": """SELECT max(event_time) FILTER (action_name = 'syncVectorIndex') < (SELECT max(event_time) - INTERVAL 12 HOURS
      FROM access.table_lineage WHERE target_table_full_name || '_index' = $name)
      FROM access.audit WHERE request_params['name'] = $name""",
    "slow_answers": f"""SELECT count(*) FILTER (event_time >= $t0) >= 20 AND median(latency_ms) FILTER (event_time >= $t0) > 1.8 *
      median(latency_ms) FILTER (event_time < $t0) FROM {_CALLS}""",
    "judged_worse": """SELECT count(*) FILTER (said >= $t0) >= 30
      AND avg(passed) FILTER (said >= $t0) < avg(passed) FILTER (said < $t0) - 0.04
      FROM (SELECT request_time AS said, CASE WHEN one.feedback.value = '"yes"' THEN 1 ELSE 0 END AS passed
      FROM (SELECT request_time, unnest(assessments) AS one FROM mlflow.trace_unified WHERE tags['mlflow.traceName'] = $name)
      WHERE one.source.source_type = 'LLM_JUDGE')""",
    "cost_spike": f"""SELECT max(spent) FILTER (day BETWEEN CAST($t0 AS DATE) AND CAST($t0 AS DATE) + 1) > 2 * median(spent)
      FROM {_BY_DAY.format(_SPENT.format("job_id"))}""",
    "cost_rise": f"""SELECT median(spent) FILTER (day > CAST($t0 AS DATE)) > 1.4 * median(spent) FILTER (day < CAST($t0 AS DATE)
      AND day > CAST($t0 AS DATE) - 28) FROM {_BY_DAY.format(_SPENT.format("warehouse_id"))} WHERE dayofweek(day) BETWEEN 1 AND 5""",
    "unpriced": """SELECT count(*) > 0 AND NOT EXISTS (SELECT 1 FROM billing.list_prices WHERE sku_name = $id)
      FROM billing.usage WHERE sku_name = $id""",
    "all_purpose_job": f"""SELECT count(*) >= 10 AND (SELECT count(*) = 0 FROM {_SPENT.format("job_id")}
      AND usage_date >= $now - INTERVAL 14 DAYS) FROM {_RUNS} WHERE start >= $now - INTERVAL 21 DAYS""",
    "untagged_rise": f"""SELECT bool_and(cardinality(custom_tags) = 0) FILTER (usage_start_time >= $t0 + INTERVAL 1 DAY)
      AND bool_and(cardinality(custom_tags) > 0) FILTER (usage_start_time < $t0 - INTERVAL 1 DAY)
      FROM {_SPENT.format("dlt_pipeline_id")}""",
    "slow_dashboard": f"""SELECT count(*) >= 20 AND median(total_duration_ms) > 100000 FROM query.history
      WHERE compute.warehouse_id = $id AND query_source.dashboard_id = '01ef7a2b9c3d1e5f8a7b6c5d4e3f2a1b' AND {_LATER}""",
    "repeated_failures": f"""SELECT count(*) >= 10 AND avg(CASE WHEN execution_status = 'FAILED' THEN 1 ELSE 0 END) > 0.6
      FROM query.history WHERE executed_by_user_id = $id AND {_LATER}""",
    "spill": f"""SELECT count(*) >= 10 FROM query.history WHERE executed_by_user_id = $id AND {_LATER}
      AND spilled_local_bytes > 5000000000""",
    "full_scans": f"""SELECT count(*) >= 10 FROM query.history WHERE executed_by_user_id = $id AND {_LATER}
      AND read_bytes > 20000000000 AND pruned_files = 0""",
    "inactive": "SELECT count(*) = 0 FROM access.audit WHERE user_identity.email = $name AND event_time >= $now - INTERVAL 60 DAYS",
})  # fmt: skip


NOT_IN_ROWS = ("left_out",)  # who is in a team stands in the directory


def shows(connection: DuckDBPyConnection, fault: Any, now: Any) -> bool:
    """Whether ``fault`` (of :func:`demo.faults.every_fault`) can be seen in the lakehouse of ``connection`` at ``now``."""
    if fault.kind in NOT_IN_ROWS:
        return True
    sql = LOOKS[fault.kind]
    given = {
        "id": fault.entity_id,
        "name": fault.entity_name,
        "ws": fault.workspace_id,
        "t0": fault.t0,
        "t1": fault.t1,
        "now": now,
    }
    row = connection.execute(sql, {name: value for name, value in given.items() if f"${name}" in sql}).fetchone()
    return row is not None and bool(row[0])


def unseen(connection: DuckDBPyConnection, faults: Iterable[Any], now: Any) -> list[Any]:
    """Those of ``faults`` that cannot be seen."""
    return [fault for fault in faults if not shows(connection, fault, now)]
