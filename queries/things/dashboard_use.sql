-- question: How often is this dashboard looked at, day by day, and on which SQL warehouse?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, dashboard_id: text}
-- grain: [day, warehouse_id]
-- columns:
--   day: date  Day
--   workspace_id: text
--   warehouse_id: text
--   warehouse: text  SQL warehouse
--   statements: count  Statements
--   people: count  People and services
--   failed: count  Failed
--   waited: seconds  Waited
-- things: {warehouse: warehouse}
-- ttl: 30m
-- uses: [warehouses_latest]
-- note: >
--   Statements that the dashboard sent, by the UTC day on which they began; each of its pictures sends its own. waited is in
--   the queue and for the start of the warehouse, summed over statements. The system tables have no name of a dashboard.
SELECT s.day, s.workspace_id, s.warehouse_id, w.warehouse_name AS warehouse, s.statements, s.people, s.failed, s.waited
FROM (
  SELECT to_date(start_time) AS day, workspace_id, compute.warehouse_id AS warehouse_id, COUNT(*) AS statements,
         COUNT(DISTINCT folded(executed_by)) AS people,
         SUM(CASE WHEN execution_status = 'FAILED' THEN 1 ELSE 0 END) AS failed,
         CAST(SUM(COALESCE(waiting_at_capacity_duration_ms, 0) + COALESCE(waiting_for_compute_duration_ms, 0)) AS DOUBLE)
           / 1000D AS waited
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND workspace_id = :workspace_id AND in_workspaces(workspace_id)
    AND COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) = :dashboard_id
    AND compute.warehouse_id IS NOT NULL
  GROUP BY to_date(start_time), workspace_id, compute.warehouse_id
) s
LEFT JOIN warehouses_latest w ON w.workspace_id = s.workspace_id AND w.warehouse_id = s.warehouse_id
ORDER BY s.day, s.warehouse_id
