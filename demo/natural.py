"""What is wrong in an organisation though nobody planted it: by chance a run failed last night, a warehouse idles, a table is read
by nobody. Found in the raw rows by plain rules of their own; whoever proposes to mend it is right.

Also who suffers from what: the tables that a job or pipeline writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from demo.accepted import LESSONS, MESSAGES, Accepted
from demo.roles import WITHOUT_GENIE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Natural:
    """As wrong as a fault of ``kind``; ``money`` is what it costs a month (USD), 0 where it is not money."""

    kind: str
    names: tuple[str, ...]
    workspace_id: str
    money: float
    accepted: tuple[Accepted, ...]


# Of every statement how long nothing ran after it; while the warehouse waits for the next one it is billed.
IDLE = """WITH own AS (SELECT warehouse_id, max_by(warehouse_name, change_time) AS name, max_by(workspace_id, change_time) AS ws,
    max_by(auto_stop_minutes, change_time) AS stop, max_by(warehouse_type, change_time) AS type, max(delete_time) AS gone
    FROM compute.warehouses GROUP BY 1),
  ran AS (SELECT q.compute.warehouse_id AS warehouse_id, start_time,
    max(end_time) OVER (PARTITION BY q.compute.warehouse_id ORDER BY start_time) AS ended,
    lead(start_time) OVER (PARTITION BY q.compute.warehouse_id ORDER BY start_time) AS next
    FROM query.history AS q WHERE start_time >= $now - INTERVAL 28 DAYS AND q.compute.warehouse_id IS NOT NULL),
  saved AS (SELECT warehouse_id, sum(greatest(least(epoch(next - ended), stop * 60)
      - least(epoch(next - ended), CASE type WHEN 'SERVERLESS' THEN 300 ELSE 600 END), 0)) / 3600 AS hours
    FROM ran JOIN own USING (warehouse_id) WHERE next > ended GROUP BY 1),
  rate AS (SELECT usage_metadata.warehouse_id AS warehouse_id,
    sum(usage_quantity * p.price) / count(DISTINCT usage_start_time) AS price
    FROM billing.usage AS u JOIN (SELECT sku_name, max_by(CAST(pricing.default AS DOUBLE), price_start_time) AS price
      FROM billing.list_prices WHERE currency_code = 'USD' GROUP BY 1) AS p USING (sku_name)
    WHERE usage_date >= $now - INTERVAL 28 DAYS AND usage_metadata.warehouse_id IS NOT NULL GROUP BY 1)
  SELECT warehouse_id, name, ws, hours * price * 30 / 28 AS money
  FROM saved JOIN own USING (warehouse_id) JOIN rate USING (warehouse_id)
  WHERE stop > 15 AND gone IS NULL AND hours * price > 10"""
_RUNS = """(SELECT job_id, workspace_id, run_id, min(period_start_time) AS start, max(period_end_time) AS ended,
    max_by(result_state, period_end_time) AS state, max_by(termination_code, period_end_time) AS code,
    count(*) FILTER (result_state IS NOT NULL) AS attempts
  FROM lakeflow.job_run_timeline GROUP BY ALL)"""
_FAILED = f"""SELECT job_id, job_id, workspace_id, 0 FROM (
    SELECT job_id, workspace_id, max_by(state, start) AS state, max_by(code, start) AS code, max_by(attempts, start) AS attempts,
      max(ended) AS ended, max(start) + median(start - before) AS next FROM (SELECT *, lag(start) OVER
        (PARTITION BY job_id, workspace_id ORDER BY start) AS before FROM {_RUNS}) GROUP BY ALL)
  WHERE state IN ('FAILED', 'ERROR') AND attempts = 1 AND code <> 'UNAUTHORIZED_ERROR' AND ended >= $now - INTERVAL 1 DAY
    AND next > $now + INTERVAL 90 MINUTES"""
_FLAKY = f"""SELECT job_id, job_id, workspace_id, 0 FROM {_RUNS} WHERE start >= $now - INTERVAL 60 DAYS GROUP BY ALL
  HAVING count(*) FILTER (attempts > 1 AND state = 'SUCCEEDED') >= 2"""
_NEVER = f"""SELECT job_id, job_id, workspace_id, 0 FROM {_RUNS} GROUP BY ALL
  HAVING count(*) FILTER (state = 'SUCCEEDED') = 0 AND count(*) FILTER (state = 'FAILED') >= 3"""
_UNREAD = """SELECT target_table_full_name, target_table_full_name, '', 0 FROM access.table_lineage AS w
  WHERE target_table_full_name IS NOT NULL AND event_time >= $now - INTERVAL 45 DAYS AND NOT EXISTS (
    SELECT 1 FROM access.table_lineage AS r WHERE r.source_table_full_name = w.target_table_full_name)
  GROUP BY ALL HAVING count(*) >= 3"""
# Three tables of it, or more, have nearly as many readers as half of those that monitors look at.
_UNWATCHED = """WITH read AS (SELECT source_table_full_name AS name, count(DISTINCT
      CASE WHEN entity_type IN ('JOB', 'PIPELINE', 'DASHBOARD_V3') THEN entity_id ELSE created_by END) AS readers
    FROM access.table_lineage WHERE source_table_full_name IS NOT NULL AND event_time >= $now - INTERVAL 30 DAYS GROUP BY 1),
  scanned AS (SELECT DISTINCT catalog_name || '.' || schema_name AS place, catalog_name || '.' || schema_name || '.' || table_name
    AS name FROM data_quality_monitoring.table_results WHERE event_time >= $now - INTERVAL 30 DAYS)
  SELECT regexp_extract(name, '^(.*)[.]', 1) AS place, place, '', 0 FROM read
  WHERE place NOT IN (SELECT place FROM scanned) AND readers >= (SELECT 0.75 * median(readers) FROM read JOIN scanned USING (name))
  GROUP BY 1 HAVING count(*) >= 3"""
_OUTSIDE = """SELECT cluster_id, cluster_id, workspace_id, 0 FROM (SELECT cluster_id, workspace_id,
    max_by(data_security_mode, change_time) AS mode, max_by(init_scripts, change_time) AS scripts, max(delete_time) AS gone
    FROM compute.clusters WHERE cluster_source IN ('UI', 'API') GROUP BY ALL)
  WHERE gone IS NULL AND (mode = 'NONE' OR len(list_filter(scripts, lambda s: starts_with(s, 'dbfs:'))) > 0)"""
_DEAR_NIGHT = """SELECT job_id, job_id, workspace_id, max(spent) FROM (
    SELECT usage_metadata.job_id AS job_id, workspace_id, usage_date, sum(usage_quantity) AS spent,
    median(sum(usage_quantity)) OVER (PARTITION BY usage_metadata.job_id, workspace_id) AS usual
    FROM billing.usage WHERE usage_metadata.job_id IS NOT NULL GROUP BY usage_metadata.job_id, workspace_id, usage_date)
  WHERE usage_date >= $now - INTERVAL 30 DAYS AND spent > 2.2 * usual GROUP BY ALL"""
_SMALL_LOAD = """SELECT cluster_id, cluster_id, workspace_id, 0 FROM compute.node_timeline WHERE NOT driver GROUP BY ALL
  HAVING quantile_cont(cpu_user_percent + cpu_system_percent, 0.99) < 35 AND quantile_cont(mem_used_percent, 0.99) < 60
    AND max(mem_swap_percent) = 0 AND count(*) > 5000 AND count(DISTINCT private_ip) > 1"""
_ON_SHARED = """SELECT job_id, job_id, t.workspace_id, 0 FROM (
    SELECT job_id, workspace_id, job_run_id, unnest(compute_ids) AS cluster_id FROM lakeflow.job_task_run_timeline
    WHERE period_start_time >= $now - INTERVAL 28 DAYS) AS t
  JOIN compute.clusters AS c ON c.cluster_id = t.cluster_id AND c.cluster_source IN ('UI', 'API')
  GROUP BY ALL HAVING count(DISTINCT job_run_id) >= 5"""
_UNUSED = """SELECT g.full_name, g.grantee || '|' || g.privilege_type, '', 0 FROM (
    SELECT table_catalog || '.' || table_schema || '.' || table_name AS full_name, grantee, privilege_type
    FROM info_schema.table_privileges WHERE inherited_from = 'NONE' AND contains(grantee, '@')) AS g
  WHERE NOT EXISTS (SELECT 1 FROM access.table_lineage AS l WHERE l.created_by = g.grantee AND l.event_time >= $now - INTERVAL 90 DAYS
    AND g.full_name IN (l.source_table_full_name, l.target_table_full_name))
  AND NOT EXISTS (SELECT 1 FROM access.audit AS a WHERE a.event_time >= $now - INTERVAL 90 DAYS AND a.action_name = 'updatePermissions'
    AND a.request_params['securable_full_name'] = g.full_name AND contains(a.request_params['changes'], g.grantee))"""

Ways = Callable[[tuple[Any, ...]], tuple[Accepted, ...]]


def _told(row: tuple[Any, ...]) -> tuple[Accepted, ...]:
    return tuple(Accepted(kind, (row[0],)) for kind in MESSAGES)


def _helped(row: tuple[Any, ...]) -> tuple[Accepted, ...]:
    return tuple(Accepted(kind, tuple(row[:2])) for kind in (*LESSONS, "group.add_member"))


def _of(*kinds: str, within: Mapping[str, tuple[int, int]] | None = None) -> Ways:
    return lambda row: tuple(Accepted(kind, (row[0],), {}, within or {}) for kind in kinds)


def _revoked(row: tuple[Any, ...]) -> tuple[Accepted, ...]:
    who, what = row[1].split("|")
    return (Accepted("grant.revoke", (row[0],), {"principal": who, "privileges": [what]}),)


# Teams whose people do not use what others do stand in the directory, not in the rows.
_LEFT_OUT = f"SELECT 'team-' || team, team, '', 0 FROM (SELECT unnest({list(WITHOUT_GENIE)}) AS team)"

# Who was added lately, was refused again and again, and ran nothing yet.
_STUCK = """SELECT who, who, '', 0 FROM (SELECT request_params['targetUserName'] AS who FROM access.audit WHERE action_name = 'add'
    AND service_name = 'accounts' AND event_time >= $now - INTERVAL 90 DAYS) AS a JOIN access.audit AS d ON
    d.user_identity.email = a.who
  GROUP BY ALL HAVING count(*) FILTER (d.response.status_code = 403) >= 3 AND count(*) FILTER (d.action_name = 'runCommand') = 0"""

RULES: Mapping[str, tuple[str, Ways]] = MappingProxyType({
    "idle_warehouse": (IDLE, _of("warehouse.set_autostop", within={"auto_stop_minutes": (5, 20)})),
    "broken_off": (_FAILED, _of("job.repair_run", "job.run_now")),
    "flaky": (_FLAKY, _of("job.set_retries")),
    "never_succeeded": (_NEVER, _of("job.pause_schedule", *MESSAGES)),
    "never_read": (_UNREAD, _told),
    "unwatched": (_UNWATCHED, _of("monitor.enable")),
    "policy_drift": (_OUTSIDE, _of("cluster.enforce_policy", *MESSAGES)),
    "cost_spike": (_DEAR_NIGHT, _told),
    "all_purpose_job": (_ON_SHARED, _of("job.set_compute", *MESSAGES)),
    "oversized": (_SMALL_LOAD, _of("cluster.resize")),
    "unused_grant": (_UNUSED, _revoked),
    "left_out": (f"{_LEFT_OUT} UNION ALL {_STUCK}", _helped),
})  # fmt: skip


def naturals(connection: DuckDBPyConnection, now: Any) -> Iterator[Natural]:
    """What is wrong by itself in the lakehouse of ``connection`` at ``now``."""
    for kind, (sql, ways) in RULES.items():
        for row in connection.execute(sql, {"now": now} if "$now" in sql else {}).fetchall():
            names = tuple(sorted({str(one) for one in row[:2] if "|" not in str(one)}))
            yield Natural(kind, names, str(row[2] or ""), float(row[3] or 0), ways(row))


def as_json(connection: DuckDBPyConnection, now: Any) -> str:
    """What is wrong by itself as JSON."""
    rows = sorted((asdict(one) for one in naturals(connection, now)), key=lambda row: (row["kind"], row["names"]))
    return json.dumps(rows, indent=1)


def victims(connection: DuckDBPyConnection) -> dict[tuple[str, str], frozenset[str]]:
    """The tables that each job or pipeline writes, by its workspace and id."""
    rows = connection.execute(
        "SELECT workspace_id, entity_id, list(DISTINCT target_table_full_name) FROM access.table_lineage "
        "WHERE entity_type IN ('JOB', 'PIPELINE') AND target_table_full_name IS NOT NULL GROUP BY ALL"
    ).fetchall()
    return {(workspace, entity): frozenset(tables) for workspace, entity, tables in rows}
