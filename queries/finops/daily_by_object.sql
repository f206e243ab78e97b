-- question: What did each of the costliest resources cost, and the rest, day by day?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text, limit: integer}
-- grain: [usage_date, workspace_id, product, resource_kind, resource_id]
-- columns:
--   usage_date: date
--   workspace_id: text
--   workspace: text
--   product: code
--   resource_kind: text
--   resource_id: text
--   resource: text
--   cost: money
--   complete: flag
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id]}
-- ttl: 12h
-- uses: [prices, usage_chosen, workspaces, resource_versions]
-- note: >
--   Series for the anomaly detector, with kind 'none' for the part of a product that names no resource. :limit
--   resources stand alone: those that cost most in the window and, by turns, those whose dearest day is furthest above
--   their mean, so that a new one is among them at once. The rest is summed per workspace, product and day as kind
--   'other': every day adds up to its priced bill. Days without priced usage are absent, not 0.
--   complete: the account's records reach past the end (UTC) of the day; before that a day that looks cheap is only not
--   billed yet. Days more than a week before :end are complete.
WITH hours AS (
  SELECT usage_date, workspace_id, product, resource_kind, resource_id, MAX(billed_name) AS billed_name, sku_name,
         cloud, usage_unit, usage_end_time, exact_sum(quantity) AS quantity
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), costs AS (
  SELECT h.usage_date, h.workspace_id, h.product, h.resource_kind, h.resource_id, MAX(h.billed_name) AS billed_name,
         SUM(h.quantity * p.price) AS cost
  FROM hours h
  JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.usage_date, h.workspace_id, h.product, h.resource_kind, h.resource_id
), objects AS (
  SELECT workspace_id, product, resource_kind, resource_id, MAX(billed_name) AS billed_name,
         collect_list(named_struct('usage_date', usage_date, 'cost', cost)) AS days,
         ROW_NUMBER() OVER (ORDER BY SUM(cost) DESC, workspace_id, product, resource_kind, resource_id) AS by_cost,
         ROW_NUMBER() OVER (
           ORDER BY CAST(MAX(cost) AS DOUBLE) * datediff(:end, :start) - CAST(SUM(cost) AS DOUBLE) DESC,
                    workspace_id, product, resource_kind, resource_id) AS by_peak
  FROM costs
  GROUP BY workspace_id, product, resource_kind, resource_id
), ranked AS (
  SELECT workspace_id, product, resource_kind, resource_id, billed_name, days,
         ROW_NUMBER() OVER (ORDER BY LEAST(by_cost, by_peak), by_cost) <= :limit AS is_kept
  FROM objects
), kept AS (
  SELECT day.usage_date, workspace_id, product, CASE WHEN is_kept THEN resource_kind ELSE 'other' END AS resource_kind,
         CASE WHEN is_kept THEN resource_id END AS resource_id, MAX(CASE WHEN is_kept THEN billed_name END) AS billed_name,
         SUM(day.cost) AS cost
  FROM ranked
  LATERAL VIEW explode(days) d AS day
  GROUP BY ALL
), billed AS (
  SELECT MAX(usage_end_time) AS until
  FROM system.billing.usage
  WHERE usage_date >= date_sub(:end, 9) AND usage_date < date_add(:end, 2)
)
SELECT k.usage_date, k.workspace_id,
       CASE WHEN k.workspace_id IS NULL THEN 'account level'
            ELSE known_name(w.workspace_name) END AS workspace,
       k.product, k.resource_kind, k.resource_id,
       CASE k.resource_kind WHEN 'none' THEN 'no resource' WHEN 'other' THEN 'other'
            ELSE known_name(n.resource_name, k.billed_name) END AS resource, k.cost,
       COALESCE(CAST(date_add(k.usage_date, 1) AS TIMESTAMP) <= b.until, true) AS complete
FROM kept k
CROSS JOIN billed b
LEFT JOIN workspaces w ON w.workspace_id = k.workspace_id
LEFT JOIN resource_versions n
  ON n.workspace_id = k.workspace_id AND n.resource_kind = k.resource_kind AND n.resource_id = k.resource_id
QUALIFY ROW_NUMBER() OVER (PARTITION BY k.usage_date, k.workspace_id, k.product, k.resource_kind, k.resource_id
                           ORDER BY n.change_time DESC NULLS LAST, n.delete_time DESC NULLS LAST) = 1
ORDER BY k.usage_date, k.workspace_id, k.product, k.resource_kind, k.resource_id
