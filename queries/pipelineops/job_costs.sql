-- question: >
--   Which jobs cost most, and which grow?
-- params: {previous: date, start: date, end: date, workspaces: text, currency: text, basis: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text
--   owner: text
--   cost: money
--   previous_cost: money
--   change: money
--   unpriced_rows: count
-- ttl: 1h
-- uses: [prices, jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   Usage that names a job (serverless and job compute; not jobs on all-purpose clusters), this period and the one
--   before. A period with usage but no price at all has no cost (NULL, never 0), one without usage costs 0. Names come
--   from the latest version, also of deleted jobs.
WITH hours AS (
  SELECT workspace_id, usage_metadata.job_id AS job_id, usage_date >= :start AS is_current, sku_name, cloud, usage_unit,
         usage_end_time, CAST(SUM(CAST(usage_quantity AS DECIMAL(22, 10))) AS DECIMAL(22, 10)) AS quantity,
         COUNT(*) AS usage_rows
  FROM system.billing.usage
  WHERE usage_date >= :previous AND usage_date < :end AND usage_metadata.job_id IS NOT NULL
    AND (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
  GROUP BY ALL
), costs AS (
  SELECT h.workspace_id, h.job_id,
         CASE WHEN COUNT(CASE WHEN h.is_current THEN 1 END) = 0 THEN 0
              ELSE SUM(CASE WHEN h.is_current THEN h.quantity * p.price END) END AS cost,
         CASE WHEN COUNT(CASE WHEN NOT h.is_current THEN 1 END) = 0 THEN 0
              ELSE SUM(CASE WHEN NOT h.is_current THEN h.quantity * p.price END) END AS previous_cost,
         SUM(CASE WHEN h.is_current AND p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows
  FROM hours h
  LEFT JOIN prices p
    ON p.sku_name = h.sku_name AND p.cloud = h.cloud AND p.usage_unit = h.usage_unit
   AND h.usage_end_time >= p.price_start_time AND (p.price_end_time IS NULL OR h.usage_end_time < p.price_end_time)
  GROUP BY h.workspace_id, h.job_id
)
SELECT c.workspace_id, c.job_id, COALESCE(j.name, 'other region or deleted') AS name,
       COALESCE(j.run_as_user_name, j.run_as) AS owner, c.cost, c.previous_cost, c.cost - c.previous_cost AS change,
       c.unpriced_rows
FROM costs c
LEFT JOIN jobs_latest j ON j.workspace_id = c.workspace_id AND j.job_id = c.job_id
ORDER BY c.cost DESC NULLS LAST, c.workspace_id, c.job_id
LIMIT :limit
