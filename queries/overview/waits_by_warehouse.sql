-- question: On which SQL warehouses did people wait for their statements?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, warehouse_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   warehouse_id: text
--   warehouse: text  SQL warehouse
--   value: hours  Hours waited
--   statements: count  Statements
--   people: count  People and services
-- things: {workspace: workspace, warehouse: warehouse}
-- ttl: 1h
-- uses: [warehouses_latest, workspaces]
-- note: >
--   What overview.userops counts by day, by warehouse: the :limit on which most was waited.
WITH waits AS (
  SELECT workspace_id, compute.warehouse_id AS warehouse_id,
         SUM(COALESCE(waiting_for_compute_duration_ms, 0) + COALESCE(waiting_at_capacity_duration_ms, 0)
             + COALESCE(compilation_duration_ms, 0)) AS ms,
         COUNT(*) AS statements, COUNT(DISTINCT folded(executed_by)) AS people
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND compute.warehouse_id IS NOT NULL
    AND in_workspaces(workspace_id)
  GROUP BY workspace_id, compute.warehouse_id
)
SELECT t.workspace_id, known_name(s.workspace_name) AS workspace, t.warehouse_id, known_name(w.warehouse_name) AS warehouse,
       CAST(t.ms AS DOUBLE) / 3600000D AS value, t.statements, t.people
FROM waits t
LEFT JOIN warehouses_latest w ON w.workspace_id = t.workspace_id AND w.warehouse_id = t.warehouse_id
LEFT JOIN workspaces s ON s.workspace_id = t.workspace_id
WHERE t.ms > 0
ORDER BY t.ms DESC, t.workspace_id, t.warehouse_id
LIMIT :limit
