-- question: Who and what uses the SQL warehouses, in money, and how much of it is idle?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, limit: integer}
-- grain: [workspace_id, warehouse_id, part, executed_by, source, statement_type]
-- columns:
--   workspace_id: text
--   warehouse_id: text
--   warehouse: text
--   part: text
--   executed_by: text
--   source: text
--   statement_type: text
--   cost: money
--   statements: count
--   work_hours: hours
-- things: {warehouse: warehouse, executed_by: [principal, executed_by]}
-- ttl: 1h
-- uses: [warehouse_costs, warehouse_work, warehouses_latest]
-- note: >
--   Hour by hour: cost x used share x (work of the group / all work) is part 'work'; cost x (1 - used share) is part
--   'idle'; an hour without evidence (other region, outside query history) is part 'unattributed'. The parts of a
--   warehouse add up to its cost within 1e-6. Work is task + result fetch + compilation time. Beyond the :limit
--   costliest groups the work is summed per warehouse as part 'other work'. An estimate of use, exact in total.
WITH shared AS (
  SELECT c.workspace_id, c.warehouse_id, CAST(c.cost AS DOUBLE) AS cost, w.executed_by, w.source, w.statement_type,
         w.started, w.work_ms, w.hour_work_ms, w.used_share,
         ROW_NUMBER() OVER (PARTITION BY c.workspace_id, c.warehouse_id, c.hour
                            ORDER BY w.source, w.executed_by, w.statement_type) = 1 AS is_first
  FROM warehouse_costs c
  LEFT JOIN warehouse_work w
    ON w.workspace_id = c.workspace_id AND w.warehouse_id = c.warehouse_id AND w.hour = c.hour
  WHERE c.cost IS NOT NULL
), parts AS (
  SELECT workspace_id, warehouse_id,
         CASE WHEN what = 'work' THEN what WHEN used_share IS NULL THEN 'unattributed' ELSE 'idle' END AS part,
         CASE WHEN what = 'work' THEN executed_by END AS executed_by, CASE WHEN what = 'work' THEN source END AS source,
         CASE WHEN what = 'work' THEN statement_type END AS statement_type,
         CASE WHEN what = 'work' THEN cost * used_share * try_divide(work_ms, hour_work_ms)
              ELSE cost * (1 - COALESCE(used_share, 0D)) END AS cost,
         CASE WHEN what = 'work' THEN started ELSE 0 END AS statements,
         CASE WHEN what = 'work' THEN work_ms ELSE 0D END AS work_ms
  FROM shared
  LATERAL VIEW explode(array('work', 'rest')) e AS what
  WHERE CASE WHEN what = 'work' THEN source IS NOT NULL ELSE is_first END
), totals AS (
  SELECT workspace_id, warehouse_id, part, executed_by, source, statement_type, SUM(cost) AS cost,
         SUM(statements) AS statements, SUM(work_ms) AS work_ms
  FROM parts
  GROUP BY ALL
), ranked AS (
  SELECT workspace_id, warehouse_id, part, executed_by, source, statement_type, cost, statements, work_ms,
         part = 'work' AND ROW_NUMBER() OVER (
           PARTITION BY part ORDER BY cost DESC, workspace_id, warehouse_id, executed_by, source, statement_type)
           > :limit AS is_tail
  FROM totals
), kept AS (
  SELECT workspace_id, warehouse_id, CASE WHEN is_tail THEN 'other work' ELSE part END AS part,
         CASE WHEN NOT is_tail THEN executed_by END AS executed_by, CASE WHEN NOT is_tail THEN source END AS source,
         CASE WHEN NOT is_tail THEN statement_type END AS statement_type,
         CAST(SUM(cost) AS DECIMAL(28, 10)) AS cost, SUM(statements) AS statements,
         try_divide(SUM(work_ms), 3600000) AS work_hours
  FROM ranked
  GROUP BY ALL
)
SELECT k.workspace_id, k.warehouse_id, known_name(w.warehouse_name) AS warehouse, k.part,
       k.executed_by, k.source, k.statement_type, k.cost, k.statements, k.work_hours
FROM kept k
LEFT JOIN warehouses_latest w ON w.workspace_id = k.workspace_id AND w.warehouse_id = k.warehouse_id
WHERE k.cost <> 0 OR k.statements > 0
ORDER BY k.cost DESC, k.workspace_id, k.warehouse_id, k.part, k.executed_by, k.source, k.statement_type
