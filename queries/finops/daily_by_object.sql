-- question: What did each of the costliest resources cost, day by day?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text, limit: integer}
-- grain: [usage_date, workspace_id, product, resource_kind, resource_id]
-- columns:
--   usage_date: date
--   workspace_id: text
--   workspace: text
--   product: text
--   resource_kind: text
--   resource_id: text
--   resource: text
--   cost: money
--   complete: flag
-- ttl: 12h
-- uses: [prices, usage_chosen, workspaces, resource_names]
-- note: >
--   Series for the anomaly detector: the :limit resources (with kind 'none': the part of a product that names no
--   resource) with the highest cost in the window; days without priced usage are absent, not 0. complete: the account's
--   records reach past the end (UTC) of the day; before that a day that looks cheap is only not billed yet. Days more than a
--   week before :end are complete.
WITH hours AS (
  SELECT usage_date, workspace_id, product, resource_kind, resource_id, MAX(billed_name) AS billed_name, sku_name,
         cloud, usage_unit, usage_end_time, CAST(SUM(quantity) AS DECIMAL(20, 10)) AS quantity
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), days AS (
  SELECT h.usage_date, h.workspace_id, h.product, h.resource_kind, h.resource_id, MAX(h.billed_name) AS billed_name,
         SUM(h.quantity * p.price) AS cost
  FROM hours h
  JOIN prices p
  ON p.sku_name = h.sku_name AND p.cloud = h.cloud AND p.usage_unit = h.usage_unit
 AND h.usage_end_time >= p.price_start_time AND (p.price_end_time IS NULL OR h.usage_end_time < p.price_end_time)
  GROUP BY h.usage_date, h.workspace_id, h.product, h.resource_kind, h.resource_id
), objects AS (
  SELECT workspace_id, product, resource_kind, resource_id, MAX(billed_name) AS billed_name
  FROM days
  GROUP BY workspace_id, product, resource_kind, resource_id
  ORDER BY SUM(cost) DESC, workspace_id, product, resource_kind, resource_id
  LIMIT :limit
), billed AS (
  SELECT MAX(usage_end_time) AS until
  FROM system.billing.usage
  WHERE usage_date >= date_sub(:end, 9) AND usage_date < date_add(:end, 2)
)
SELECT d.usage_date, d.workspace_id,
       CASE WHEN d.workspace_id IS NULL THEN 'account level'
            ELSE COALESCE(w.workspace_name, 'other region or deleted') END AS workspace,
       d.product, d.resource_kind, d.resource_id,
       CASE WHEN d.resource_kind = 'none' THEN 'no resource'
            ELSE COALESCE(n.resource_name, o.billed_name, 'other region or deleted') END AS resource, d.cost,
       COALESCE(CAST(date_add(d.usage_date, 1) AS TIMESTAMP) <= b.until, true) AS complete
FROM days d
CROSS JOIN billed b
JOIN objects o ON o.workspace_id <=> d.workspace_id AND o.product = d.product
             AND o.resource_kind = d.resource_kind AND o.resource_id <=> d.resource_id
LEFT JOIN workspaces w ON w.workspace_id = d.workspace_id
LEFT JOIN resource_names n
  ON n.workspace_id = d.workspace_id AND n.resource_kind = d.resource_kind AND n.resource_id = d.resource_id
ORDER BY d.usage_date, d.workspace_id, d.product, d.resource_kind, d.resource_id
