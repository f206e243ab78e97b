-- uses: [warehouse_costs, warehouse_hours]
-- note: >
--   Per SQL warehouse between :start and :end: its cost, the part of it that fell on running time without a statement
--   (idle_cost, DOUBLE), and the hours it was billed, running and busy; known_cost is that of the hours with evidence.
SELECT c.workspace_id, c.warehouse_id, SUM(c.cost) AS cost,
       SUM(CASE WHEN h.used_share IS NOT NULL THEN c.cost END) AS known_cost, COUNT(*) AS billed_hours,
       SUM(CAST(c.cost AS DOUBLE) * (1 - h.used_share)) AS idle_cost,
       COALESCE(try_divide(CAST(SUM(GREATEST(h.on_ms, h.busy_ms)) AS DOUBLE), 3600000), 0D) AS running_hours,
       COALESCE(try_divide(CAST(SUM(h.busy_ms) AS DOUBLE), 3600000), 0D) AS busy_hours
FROM warehouse_costs c
LEFT JOIN warehouse_hours h
  ON h.workspace_id = c.workspace_id AND h.warehouse_id = c.warehouse_id AND h.hour = c.hour
GROUP BY c.workspace_id, c.warehouse_id
