-- question: What did everything cost in this period, against the one before?
-- params: {previous: date, previous_end: date, start: date, end: date, currency: text, basis: text, workspaces: text,
--   cost_centers: text}
-- grain: []
-- columns:
--   cost: money
--   previous_cost: money
--   change: money
--   change_ratio: number
--   priced_rows: count
--   unpriced_rows: count
--   previous_unpriced_rows: count
-- ttl: 1h
-- uses: [prices, usage_chosen]
-- note: >
--   One row. The period compared with (:previous to :previous_end) ends where this one begins, or before. All figures
--   are on :basis; ask once for list and once for net, the two are never summed. cost is NULL where nothing priced was
--   used; change counts such a period as 0; change_ratio is NULL without a previous cost.
WITH hours AS (
  SELECT usage_date >= :start AS is_current, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_chosen
  WHERE in_periods(usage_date)
  GROUP BY ALL
), priced AS (
  SELECT h.is_current, SUM(h.quantity * p.price) AS cost,
         SUM(CASE WHEN p.price IS NULL THEN 0 ELSE h.usage_rows END) AS priced_rows,
         SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.is_current
), totals AS (
  SELECT SUM(CASE WHEN is_current THEN cost END) AS cost, SUM(CASE WHEN NOT is_current THEN cost END) AS previous_cost,
         COALESCE(SUM(CASE WHEN is_current THEN priced_rows END), 0) AS priced_rows,
         COALESCE(SUM(CASE WHEN is_current THEN unpriced_rows END), 0) AS unpriced_rows,
         COALESCE(SUM(CASE WHEN NOT is_current THEN unpriced_rows END), 0) AS previous_unpriced_rows
  FROM priced
)
SELECT cost, previous_cost, COALESCE(cost, 0) - COALESCE(previous_cost, 0) AS change,
       try_divide(CAST(COALESCE(cost, 0) - previous_cost AS DOUBLE), CAST(previous_cost AS DOUBLE)) AS change_ratio,
       priced_rows, unpriced_rows, previous_unpriced_rows
FROM totals
