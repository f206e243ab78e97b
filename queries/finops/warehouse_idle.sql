-- question: How long does each SQL warehouse run without work, what does that cost, and when does it stop by itself?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, warehouse_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   warehouse_id: text
--   warehouse: text  Warehouse
--   warehouse_type: code  Type
--   warehouse_size: text  Size
--   auto_stop_minutes: count  Auto-stop (min)
--   owner: text  Owner
--   deleted: flag
--   cost: money  Cost
--   idle_cost: money  Idle
--   idle_ratio: share  Idle share
--   billed_hours: count
--   running_hours: hours  Running
--   busy_hours: hours  Busy
-- things: {workspace: workspace, warehouse: warehouse, owner: [principal, owner]}
-- ttl: 1h
-- uses: [warehouse_idle_costs, warehouses_latest, workspaces]
-- note: >
--   Idle: running (warehouse_events) with no statement, clock hour by clock hour, at that hour's cost. idle_cost is
--   NULL where no hour has evidence (a warehouse of another region). Settings are the latest version's; auto stop 0 or
--   NULL means never.
SELECT i.workspace_id, known_name(s.workspace_name) AS workspace, i.warehouse_id,
       known_name(w.warehouse_name) AS warehouse, w.warehouse_type, w.warehouse_size,
       w.auto_stop_minutes, w.created_by AS owner, w.delete_time IS NOT NULL AS deleted,
       i.cost, CAST(i.idle_cost AS DECIMAL(28, 10)) AS idle_cost,
       try_divide(i.idle_cost, CAST(i.cost AS DOUBLE)) AS idle_ratio, i.billed_hours, i.running_hours, i.busy_hours
FROM warehouse_idle_costs i
LEFT JOIN warehouses_latest w ON w.workspace_id = i.workspace_id AND w.warehouse_id = i.warehouse_id
LEFT JOIN workspaces s ON s.workspace_id = i.workspace_id
ORDER BY COALESCE(i.idle_cost, 0) DESC, i.workspace_id, i.warehouse_id
