-- question: What did serving endpoints cost each day, by product and workspace?
-- params: {start: date, end: date, now: time, currency: text, basis: text, workspaces: text}
-- grain: [usage_date, product, workspace_id]
-- columns:
--   usage_date: date  Day
--   product: code  Product
--   workspace_id: text
--   workspace: text  Workspace
--   endpoints: count  Endpoints
--   cost: money  Cost
--   unnamed: money  Without an endpoint
--   unpriced_rows: count  Rows without a price
--   complete: flag
-- things: {workspace: workspace}
-- ttl: 1h
-- uses: [prices, usage_rows, workspaces]
-- note: >
--   All usage of MODEL_SERVING, and of other products that is billed for an endpoint (VECTOR_SEARCH); each product's days are
--   those of finops.spend_by_day. unnamed is what names no endpoint, within the cost. Corrections are in it; usage without a
--   price has cost NULL and is counted. complete: as in finops.spend_by_day.
WITH hours AS (
  SELECT usage_date, product, workspace_id, resource_kind = 'endpoint' AS is_named, resource_id, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_rows
  WHERE usage_date >= :start AND usage_date < :end AND (product = 'MODEL_SERVING' OR resource_kind = 'endpoint')
  GROUP BY ALL
)
SELECT h.usage_date, h.product, h.workspace_id, CASE WHEN h.workspace_id IS NOT NULL THEN known_name(s.workspace_name) END AS workspace,
       COUNT(DISTINCT CASE WHEN h.is_named THEN h.resource_id END) AS endpoints, SUM(h.quantity * p.price) AS cost,
       SUM(CASE WHEN NOT h.is_named THEN h.quantity * p.price END) AS unnamed,
       SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows, is_complete(h.usage_date) AS complete
FROM hours h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
LEFT JOIN workspaces s ON s.workspace_id = h.workspace_id
GROUP BY h.usage_date, h.product, h.workspace_id, s.workspace_name
ORDER BY h.usage_date, h.product, h.workspace_id NULLS LAST
