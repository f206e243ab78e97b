-- question: Where does the money go, from workspace to product to resource, and where did it go before?
-- params: {previous: date, previous_end: date, start: date, end: date, currency: text, basis: text, workspaces: text,
--   cost_centers: text, limit: integer}
-- grain: [workspace_id, product, resource_kind, resource_id]
-- columns:
--   workspace_id: text
--   workspace: text
--   product: code
--   resource_kind: text
--   resource_id: text
--   resource: text
--   cost: money
--   previous_cost: money
--   resources: count
--   unpriced_rows: count
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id]}
-- ttl: 1h
-- uses: [prices, usage_chosen, workspaces, resource_versions]
-- note: >
--   The :limit resources that cost most in each workspace and product, the rest of it as kind 'other'; kind 'none' is
--   usage that names no resource. previous_cost covers :previous to :previous_end. cost is NULL where nothing priced was
--   used. Names come from regional tables: a resource they lack is labelled 'other region or deleted'.
WITH hours AS (
  SELECT workspace_id, product, resource_kind, resource_id, usage_date >= :start AS is_current,
         MAX(billed_name) AS billed_name, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_chosen
  WHERE in_periods(usage_date)
  GROUP BY ALL
), ranked AS (
  SELECT h.workspace_id, h.product, h.resource_kind, h.resource_id, MAX(h.billed_name) AS billed_name,
         SUM(CASE WHEN h.is_current THEN h.quantity * p.price END) AS cost,
         SUM(CASE WHEN NOT h.is_current THEN h.quantity * p.price END) AS previous_cost,
         SUM(CASE WHEN h.is_current AND p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows,
         ROW_NUMBER() OVER (
           PARTITION BY h.workspace_id, h.product, h.resource_kind = 'none'
           ORDER BY COALESCE(SUM(CASE WHEN h.is_current THEN h.quantity * p.price END), 0) DESC,
                    h.resource_kind, h.resource_id) AS place
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.workspace_id, h.product, h.resource_kind, h.resource_id
), kept AS (
  SELECT workspace_id, product, CASE WHEN place <= :limit THEN resource_kind ELSE 'other' END AS resource_kind,
         CASE WHEN place <= :limit THEN resource_id END AS resource_id,
         MAX(CASE WHEN place <= :limit THEN billed_name END) AS billed_name, SUM(cost) AS cost,
         SUM(previous_cost) AS previous_cost, COUNT(*) AS resources, SUM(unpriced_rows) AS unpriced_rows
  FROM ranked
  GROUP BY ALL
)
SELECT k.workspace_id,
       CASE WHEN k.workspace_id IS NULL THEN 'account level'
            ELSE known_name(w.workspace_name) END AS workspace,
       k.product, k.resource_kind, k.resource_id,
       CASE k.resource_kind WHEN 'none' THEN 'no resource' WHEN 'other' THEN 'other'
            ELSE known_name(n.resource_name, k.billed_name) END AS resource,
       k.cost, k.previous_cost, k.resources, k.unpriced_rows
FROM kept k
LEFT JOIN workspaces w ON w.workspace_id = k.workspace_id
LEFT JOIN resource_versions n
  ON n.workspace_id = k.workspace_id AND n.resource_kind = k.resource_kind AND n.resource_id = k.resource_id
QUALIFY ROW_NUMBER() OVER (PARTITION BY k.workspace_id, k.product, k.resource_kind, k.resource_id
                           ORDER BY n.change_time DESC NULLS LAST, n.delete_time DESC NULLS LAST) = 1
ORDER BY k.workspace_id, k.product, k.cost DESC NULLS LAST, k.resource_kind, k.resource_id
