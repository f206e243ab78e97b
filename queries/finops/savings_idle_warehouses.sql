-- question: Which SQL warehouses would cost less if they stopped sooner when idle?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, resource_id]
-- columns:
--   what: text
--   workspace_id: text
--   workspace: text
--   resource_kind: text
--   resource_id: text
--   resource: text
--   owner: text
--   monthly_saving: money
--   confidence: text
--   effort: text
--   evidence: text
-- ttl: 12h
-- uses: [warehouse_idle_costs, warehouses_latest, workspaces]
-- note: >
--   Existing warehouses whose auto stop is longer than 10 minutes (0 or NULL: never). Without auto stop all idle cost
--   counts. Else each stop came after at least the auto-stop time without work, so every stop would have come that much
--   minus 10 minutes earlier: stops x minutes x cost per running hour, at most idle cost x (1 - 10 / auto stop). Idle
--   stretches that ended without a stop would save more. Scaled from the window to 30 days.
WITH stops AS (
  SELECT workspace_id, warehouse_id, COUNT(*) AS stops
  FROM system.compute.warehouse_events
  WHERE event_type = 'STOPPED' AND event_time >= :start AND event_time < :end
  GROUP BY workspace_id, warehouse_id
), waiting AS (
  SELECT i.workspace_id, i.warehouse_id, w.warehouse_name, w.created_by, COALESCE(w.auto_stop_minutes, 0) AS auto_stop,
         i.idle_cost, i.running_hours, i.busy_hours, COALESCE(e.stops, 0) AS stops,
         try_divide(CAST(i.known_cost AS DOUBLE), i.running_hours) AS hourly_cost
  FROM warehouse_idle_costs i
  JOIN warehouses_latest w ON w.workspace_id = i.workspace_id AND w.warehouse_id = i.warehouse_id
  LEFT JOIN stops e ON e.workspace_id = i.workspace_id AND e.warehouse_id = i.warehouse_id
  WHERE w.delete_time IS NULL AND i.idle_cost > 0
), savings AS (
  SELECT workspace_id, warehouse_id, warehouse_name, created_by, auto_stop, running_hours, busy_hours, stops,
         CASE WHEN auto_stop = 0 THEN idle_cost
              ELSE LEAST(idle_cost * (1 - try_divide(10D, auto_stop)),
                         stops * try_divide(CAST(auto_stop - 10 AS DOUBLE), 60) * hourly_cost) END AS saving
  FROM waiting
)
SELECT 'Stop the warehouse after 10 idle minutes' AS what, v.workspace_id,
       COALESCE(s.workspace_name, 'other region or deleted') AS workspace, 'warehouse' AS resource_kind,
       v.warehouse_id AS resource_id, v.warehouse_name AS resource, v.created_by AS owner,
       CAST(try_divide(v.saving * 30, datediff(:end, :start)) AS DECIMAL(18, 2)) AS monthly_saving,
       CASE WHEN v.auto_stop = 0 THEN 'high' ELSE 'medium' END AS confidence, 'low' AS effort,
       'idle for ' || CAST(CAST(round(v.running_hours - v.busy_hours) AS BIGINT) AS STRING) || ' of '
         || CAST(CAST(round(v.running_hours) AS BIGINT) AS STRING) || ' running hours; '
         || CASE WHEN v.auto_stop = 0 THEN 'no auto stop'
                 ELSE CAST(v.stops AS STRING) || ' stops, each after ' || CAST(v.auto_stop AS STRING)
                   || ' idle minutes' END AS evidence
FROM savings v
LEFT JOIN workspaces s ON s.workspace_id = v.workspace_id
WHERE v.saving > 0
ORDER BY monthly_saving DESC, workspace_id, resource_id
