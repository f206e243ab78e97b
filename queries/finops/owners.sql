-- question: Whose work costs how much?
-- params: {previous: date, previous_end: date, start: date, end: date, currency: text, basis: text, workspaces: text,
--   cost_centers: text, limit: integer}
-- grain: [owner]
-- columns:
--   owner: text
--   cost: money
--   previous_cost: money
--   resources: count
--   workspaces: count
--   unpriced_rows: count
-- things: {owner: [principal, owner]}
-- ttl: 1h
-- uses: [prices, usage_chosen]
-- note: >
--   The owner is run_as, else owned_by, else created_by of the usage record: an e-mail or the application id of a
--   service principal, in small letters; NULL where the record names none. resources and workspaces count those used in
--   the current period. The :limit owners that cost most; the rest is one row, Other: no owner is written with a capital.
WITH hours AS (
  SELECT owner, usage_date >= :start AS is_current, workspace_id, resource_kind, resource_id, sku_name, cloud,
         usage_unit, usage_end_time, exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_chosen
  WHERE in_periods(usage_date)
  GROUP BY ALL
), objects AS (
  SELECT h.owner, h.workspace_id, h.resource_kind, h.resource_id,
         SUM(CASE WHEN h.is_current THEN h.quantity * p.price END) AS cost,
         SUM(CASE WHEN NOT h.is_current THEN h.quantity * p.price END) AS previous_cost,
         SUM(CASE WHEN h.is_current THEN 1 ELSE 0 END) AS current_hours,
         SUM(CASE WHEN h.is_current AND p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.owner, h.workspace_id, h.resource_kind, h.resource_id
)
SELECT CASE WHEN is_rest THEN 'Other' ELSE owner END AS owner, SUM(cost) AS cost, SUM(previous_cost) AS previous_cost,
       SUM(CASE WHEN current_hours > 0 AND resource_kind <> 'none' THEN 1 ELSE 0 END) AS resources,
       COUNT(DISTINCT CASE WHEN current_hours > 0 THEN workspace_id END) AS workspaces,
       SUM(unpriced_rows) AS unpriced_rows
FROM (
  SELECT *, DENSE_RANK() OVER (ORDER BY owner_cost DESC NULLS LAST, owner NULLS LAST) > :limit AS is_rest
  FROM (SELECT *, SUM(cost) OVER (PARTITION BY owner) AS owner_cost FROM objects) totals
) ranked
GROUP BY CASE WHEN is_rest THEN 'Other' ELSE owner END, is_rest
ORDER BY is_rest, cost DESC NULLS LAST, owner NULLS LAST
