-- question: How long do statements wait on this SQL warehouse, day by day?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, warehouse_id: text}
-- grain: [day]
-- columns:
--   day: date  Day
--   statements: count  Statements
--   people: count  People and services
--   queued: seconds  Waited in the queue
--   starting: seconds  Waited for its start
-- ttl: 30m
-- note: >
--   By the UTC day on which the statement began. queued is the time in the queue of a full warehouse, starting that until it
--   ran; the waits of several statements of one person at a time are summed.
SELECT to_date(start_time) AS day, COUNT(*) AS statements, COUNT(DISTINCT folded(executed_by)) AS people,
       CAST(SUM(COALESCE(waiting_at_capacity_duration_ms, 0)) AS DOUBLE) / 1000D AS queued,
       CAST(SUM(COALESCE(waiting_for_compute_duration_ms, 0)) AS DOUBLE) / 1000D AS starting
FROM system.query.history
WHERE start_time >= :start AND start_time < :end AND workspace_id = :workspace_id
  AND compute.warehouse_id = :warehouse_id AND in_workspaces(workspace_id)
GROUP BY to_date(start_time)
ORDER BY day
