-- question: Which workspaces cost money, and what are they called?
-- params: {start: date, end: date, currency: text, basis: text}
-- grain: [workspace_id]
-- columns:
--   workspace_id: text
--   workspace: text
--   workspace_url: text
--   clouds: text
--   regional: flag
--   cost: money
--   unpriced_rows: count
--   first_used: date
--   last_used: date
-- things: {workspace: workspace}
-- ttl: 12h
-- uses: [prices, workspaces]
-- optional: [system.lakeflow.jobs, system.compute.warehouses, system.compute.clusters]
-- note: >
--   All workspaces of the account, whatever the filter; NULL is account-level usage. regional: this region's tables
--   know an object of the workspace, so its jobs, clusters and queries can be shown; no system table names the region.
--   A workspace without a name was deleted.
WITH hours AS (
  SELECT workspace_id, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(exact(usage_quantity)) AS quantity, COUNT(*) AS usage_rows,
         MIN(usage_date) AS first_used, MAX(usage_date) AS last_used
  FROM system.billing.usage
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), costs AS (
  SELECT h.workspace_id, array_join(array_sort(collect_set(h.cloud)), ',') AS clouds,
         SUM(h.quantity * p.price) AS cost,
         SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows,
         MIN(h.first_used) AS first_used, MAX(h.last_used) AS last_used
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.workspace_id
), regional AS (
  SELECT workspace_id FROM system.compute.warehouses
  UNION
  SELECT workspace_id FROM system.compute.clusters
  UNION
  SELECT workspace_id FROM system.lakeflow.jobs
)
SELECT c.workspace_id,
       CASE WHEN c.workspace_id IS NULL THEN 'account level'
            ELSE known_name(w.workspace_name) END AS workspace,
       w.workspace_url, c.clouds, r.workspace_id IS NOT NULL AS regional, c.cost, c.unpriced_rows, c.first_used,
       c.last_used
FROM costs c
LEFT JOIN workspaces w ON w.workspace_id = c.workspace_id
LEFT JOIN regional r ON r.workspace_id = c.workspace_id
ORDER BY COALESCE(c.cost, 0) DESC, c.workspace_id
