-- question: >
--   How many hours did people wait for their statements, per day?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day]
-- columns:
--   day: date
--   value: hours  Hours lost waiting
--   statements: count
--   people: count
-- ttl: 1h
-- note: >
--   Waiting for compute, for capacity and for compilation of statements on SQL warehouses; 3,600,000 ms are an hour.
SELECT to_date(start_time) AS day,
       CAST(SUM(COALESCE(waiting_for_compute_duration_ms, 0) + COALESCE(waiting_at_capacity_duration_ms, 0)
                + COALESCE(compilation_duration_ms, 0)) AS DOUBLE) / 3600000D AS value,
       COUNT(*) AS statements, COUNT(DISTINCT folded(executed_by)) AS people
FROM system.query.history
WHERE start_time >= :start AND start_time < :end AND compute.warehouse_id IS NOT NULL
  AND in_workspaces(workspace_id)
GROUP BY to_date(start_time)
ORDER BY day
