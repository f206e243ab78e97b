-- question: Which SQL warehouses are paid for while they are idle, and on which do people wait, in the same period?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, warehouse_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   warehouse_id: text
--   warehouse: text  Warehouse
--   warehouse_type: code  Type
--   warehouse_size: text  Size
--   max_clusters: count  Clusters at most
--   auto_stop_minutes: count  Auto-stop (min)
--   owner: text  Owner
--   cost: money  Cost
--   idle_cost: money
--   evidence_days: count  Days known
--   cost_a_day: money
--   idle_a_day: money  Idle a day
--   queued_a_day: hours  Queued on such a day
--   waited_days: count  Days with a queue
--   people: count  People and services
--   queued_last: hours
--   people_last: count
-- things: {workspace: workspace, warehouse: warehouse, owner: [principal, owner]}
-- ttl: 1h
-- uses: [warehouse_idle_costs, warehouses_latest, workspaces]
-- look_back: 0d
-- evidence: [system.billing.usage, system.query.history]
-- note: >
--   Warehouses that were billed and are not deleted. idle_cost is that of finops.warehouse_idle: running without a
--   statement, clock hour by clock hour; a day of it is one with evidence. Queued is the time statements waited because the
--   warehouse was full, each statement by itself; waiting for its start is not. waited_days are the UTC days with half an
--   hour of it or more, and queued_a_day is what was queued on one of them: over all days, nights and weekends, a queue
--   every Monday would be none. Where no day has as much, it is that of the day with the most. people queued for a minute or
--   more on such
--   a day; the last ones are those of the last day. Without evidence these are NULL, not zero. Money is of DBU: the
--   machines under classic and pro warehouses are on the cloud's bill.
WITH days AS (
  SELECT workspace_id, warehouse_id, day, person, SUM(queued_ms) AS queued_ms
  FROM (
    SELECT workspace_id, compute.warehouse_id AS warehouse_id, to_date(start_time) AS day, folded(executed_by) AS person,
           waiting_at_capacity_duration_ms AS queued_ms
    FROM system.query.history
    WHERE start_time >= :start AND start_time < :end AND compute.warehouse_id IS NOT NULL
      AND waiting_at_capacity_duration_ms > 0 AND in_workspaces(workspace_id)
  ) queued
  GROUP BY workspace_id, warehouse_id, day, person
), waits AS (
  SELECT workspace_id, warehouse_id, COUNT(DISTINCT CASE WHEN of_day >= 1800000 AND queued_ms >= 60000 THEN person END) AS people,
         COUNT(DISTINCT CASE WHEN of_day >= 1800000 THEN day END) AS waited_days,
         SUM(CASE WHEN of_day >= 1800000 THEN queued_ms ELSE 0 END) AS long_ms, MAX(of_day) AS most_ms,
         SUM(CASE WHEN day = date_sub(:end, 1) THEN queued_ms ELSE 0 END) AS last_ms,
         COUNT(DISTINCT CASE WHEN day = date_sub(:end, 1) THEN person END) AS people_last
  FROM (
    SELECT *, SUM(queued_ms) OVER (PARTITION BY workspace_id, warehouse_id, day) AS of_day
    FROM days
  ) summed
  GROUP BY workspace_id, warehouse_id
)
SELECT i.workspace_id, known_name(s.workspace_name) AS workspace, i.warehouse_id,
       known_name(w.warehouse_name) AS warehouse, w.warehouse_type, w.warehouse_size, w.max_clusters,
       CASE WHEN w.warehouse_id IS NOT NULL THEN COALESCE(w.auto_stop_minutes, 0) END AS auto_stop_minutes,
       w.created_by AS owner, i.cost,
       CAST(i.idle_cost AS DECIMAL(28, 10)) AS idle_cost, i.evidence_days,
       CAST(CAST(try_divide(CAST(i.known_cost AS DOUBLE), i.evidence_days) AS DECIMAL(28, 6)) AS DECIMAL(18, 2))
         AS cost_a_day,
       CAST(CAST(try_divide(i.idle_cost, i.evidence_days) AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS idle_a_day,
       COALESCE(CASE WHEN q.waited_days > 0 THEN try_divide(CAST(q.long_ms AS DOUBLE) / 3600000D, q.waited_days)
                     ELSE CAST(q.most_ms AS DOUBLE) / 3600000D END, CASE WHEN i.evidence_days IS NOT NULL THEN 0D END)
         AS queued_a_day,
       COALESCE(q.waited_days, CASE WHEN i.evidence_days IS NOT NULL THEN 0 END) AS waited_days,
       COALESCE(q.people, CASE WHEN i.evidence_days IS NOT NULL THEN 0 END) AS people,
       CAST(COALESCE(q.last_ms, CASE WHEN i.evidence_days IS NOT NULL THEN 0 END) AS DOUBLE) / 3600000D AS queued_last,
       COALESCE(q.people_last, CASE WHEN i.evidence_days IS NOT NULL THEN 0 END) AS people_last
FROM warehouse_idle_costs i
LEFT JOIN waits q ON q.workspace_id = i.workspace_id AND q.warehouse_id = i.warehouse_id
LEFT JOIN warehouses_latest w ON w.workspace_id = i.workspace_id AND w.warehouse_id = i.warehouse_id
LEFT JOIN workspaces s ON s.workspace_id = i.workspace_id
WHERE w.delete_time IS NULL
ORDER BY idle_a_day DESC NULLS LAST, i.workspace_id, i.warehouse_id
