-- question: Which part of each month's bill is allocated, idle, untagged, unallocated or unpriced, and does it add up?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text, tag: text}
-- grain: [month, part, usage_unit]
-- columns:
--   month: date
--   part: text
--   usage_unit: text
--   cost: money
--   quantity: quantity
--   usage_rows: count
--   bill: money
-- ttl: 1h
-- uses: [prices, usage_tagged, warehouse_hours]
-- optional: [system.query.history, system.compute.warehouse_events, system.compute.warehouses]
-- note: >
--   Disjoint parts, tried in this order: unpriced (no price: money 0, quantity per unit), unallocated (account level or
--   no resource), idle (SQL warehouses: the share of a running hour without any statement), untagged (:tag is missing),
--   allocated. Each quantity is split once, so the parts of a month sum to its bill to the last digit. A record that is
--   partly idle counts once in usage_rows, on its other part. Hours of a warehouse without evidence are not idle.
--   All-purpose clusters have no idle part: interactive work leaves no trace in the tables read here.
WITH hours AS (
  SELECT to_date(date_trunc('MONTH', usage_date)) AS month,
         CASE WHEN resource_kind = 'none' THEN 'unallocated' WHEN tag_value IS NULL THEN 'untagged'
              ELSE 'allocated' END AS part,
         CASE WHEN resource_kind = 'warehouse' AND product = 'SQL' THEN workspace_id END AS workspace_id,
         CASE WHEN resource_kind = 'warehouse' AND product = 'SQL' THEN resource_id END AS warehouse_id,
         CASE WHEN resource_kind = 'warehouse' AND product = 'SQL' THEN date_trunc('HOUR', usage_start_time) END AS hour,
         sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_tagged
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), split_hours AS (
  SELECT h.month, h.part, h.usage_unit, h.quantity, h.usage_rows, p.price,
         exact(CASE WHEN w.used_share IS NULL OR p.price IS NULL THEN 0
                    WHEN w.used_share = 0 THEN h.quantity
                    ELSE CAST(CAST(h.quantity AS DOUBLE) * (1 - w.used_share) AS DECIMAL(22, 8)) END) AS idle_quantity
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  LEFT JOIN warehouse_hours w
    ON w.workspace_id = h.workspace_id AND w.warehouse_id = h.warehouse_id AND w.hour = h.hour
), parts AS (
  SELECT month, CASE WHEN is_idle THEN 'idle' WHEN price IS NULL THEN 'unpriced' ELSE part END AS part,
         CASE WHEN price IS NULL THEN usage_unit END AS usage_unit,
         COALESCE(SUM(exact(CASE WHEN is_idle THEN idle_quantity ELSE quantity - idle_quantity END) * price), 0) AS cost,
         SUM(CASE WHEN price IS NULL THEN quantity END) AS quantity,
         SUM(CASE WHEN is_idle THEN 0 ELSE usage_rows END) AS usage_rows
  FROM split_hours
  LATERAL VIEW explode(array(true, false)) e AS is_idle
  WHERE NOT is_idle OR idle_quantity <> 0
  GROUP BY ALL
)
SELECT month, part, usage_unit, cost, quantity, usage_rows, SUM(cost) OVER (PARTITION BY month) AS bill
FROM parts
ORDER BY month, part, usage_unit
