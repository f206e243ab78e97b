-- uses: [warehouse_costs, warehouse_hours]
-- note: >
--   Per SQL warehouse between :start and :end: its cost, the part of it that fell on running time without a statement
--   (idle_cost, DOUBLE), and the hours it was billed, running and busy. Days from since to before until have evidence:
--   all but those that were billed before the first billed hour with evidence, or after the last; known_cost is what
--   was billed in them, evidence_days their number (NULL without any evidence). Without a price
--   the costs are NULL. history_from and history_to are warehouse_hours', NULL without any evidence.
SELECT workspace_id, warehouse_id, SUM(cost) AS cost, COUNT(*) AS billed_hours, since, until,
       MAX(history_from) AS history_from, MAX(history_to) AS history_to,
       CASE WHEN since IS NOT NULL THEN datediff(until, since) END AS evidence_days,
       SUM(CASE WHEN day >= since AND day < until THEN cost END) AS known_cost,
       SUM(CAST(cost AS DOUBLE) * (1 - used_share)) AS idle_cost,
       COALESCE(try_divide(CAST(SUM(GREATEST(on_ms, busy_ms)) AS DOUBLE), 3600000), 0D) AS running_hours,
       COALESCE(try_divide(CAST(SUM(busy_ms) AS DOUBLE), 3600000), 0D) AS busy_hours
FROM (
  SELECT *, CASE WHEN first_known > first_day THEN first_known WHEN first_known IS NOT NULL THEN :start END AS since,
         CASE WHEN last_known < last_day THEN date_add(last_known, 1) WHEN last_known IS NOT NULL THEN :end END AS until
  FROM (
    SELECT c.workspace_id, c.warehouse_id, c.cost, to_date(c.hour) AS day, h.on_ms, h.busy_ms, h.used_share,
           h.history_from, h.history_to,
           MIN(to_date(c.hour)) OVER (PARTITION BY c.workspace_id, c.warehouse_id) AS first_day,
           MAX(to_date(c.hour)) OVER (PARTITION BY c.workspace_id, c.warehouse_id) AS last_day,
           MIN(CASE WHEN h.hour IS NOT NULL THEN to_date(c.hour) END) OVER (
             PARTITION BY c.workspace_id, c.warehouse_id) AS first_known,
           MAX(CASE WHEN h.hour IS NOT NULL THEN to_date(c.hour) END) OVER (
             PARTITION BY c.workspace_id, c.warehouse_id) AS last_known
    FROM warehouse_costs c
    LEFT JOIN warehouse_hours h
      ON h.workspace_id = c.workspace_id AND h.warehouse_id = c.warehouse_id AND h.hour = c.hour
  ) billed
) bounded
GROUP BY workspace_id, warehouse_id, since, until
