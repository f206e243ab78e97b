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
--   is counted; else idle cost x (1 - 10 / auto stop), because every stretch that ends in a stop lasts at least the
--   auto-stop time; shorter stretches make this an upper bound. Scaled from the window to 30 days.
SELECT 'Stop the warehouse after 10 idle minutes' AS what, i.workspace_id,
       COALESCE(s.workspace_name, 'other region or deleted') AS workspace, 'warehouse' AS resource_kind,
       i.warehouse_id AS resource_id, w.warehouse_name AS resource, w.created_by AS owner,
       CAST(try_divide(i.idle_cost * 30
              * CASE WHEN COALESCE(w.auto_stop_minutes, 0) = 0 THEN 1D
                     ELSE 1 - try_divide(10D, w.auto_stop_minutes) END,
            datediff(:end, :start)) AS DECIMAL(18, 2)) AS monthly_saving,
       CASE WHEN COALESCE(w.auto_stop_minutes, 0) = 0 THEN 'high' ELSE 'medium' END AS confidence, 'low' AS effort,
       'idle for ' || CAST(CAST(round(i.running_hours - i.busy_hours) AS BIGINT) AS STRING) || ' of '
         || CAST(CAST(round(i.running_hours) AS BIGINT) AS STRING) || ' running hours; auto stop '
         || CASE WHEN COALESCE(w.auto_stop_minutes, 0) = 0 THEN 'never'
                 ELSE 'after ' || CAST(w.auto_stop_minutes AS STRING) || ' minutes' END AS evidence
FROM warehouse_idle_costs i
JOIN warehouses_latest w ON w.workspace_id = i.workspace_id AND w.warehouse_id = i.warehouse_id
LEFT JOIN workspaces s ON s.workspace_id = i.workspace_id
WHERE w.delete_time IS NULL AND i.idle_cost > 0 AND (COALESCE(w.auto_stop_minutes, 0) = 0 OR w.auto_stop_minutes > 10)
ORDER BY monthly_saving DESC, workspace_id, resource_id
