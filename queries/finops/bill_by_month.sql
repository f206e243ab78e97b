-- question: What is the bill of each month?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [month]
-- columns:
--   month: date
--   bill: money
--   priced_rows: count
--   unpriced_rows: count
-- ttl: 1h
-- uses: [prices]
-- note: >
--   Worked out straight from the usage table, without the shared classification of usage, so that the other figures
--   can be checked against it. A month at the edge of the window holds only the days inside it. bill is 0 where
--   nothing priced was used; unpriced_rows says how many records have no price.
WITH hours AS (
  SELECT to_date(date_trunc('MONTH', usage_date)) AS month, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(exact(usage_quantity)) AS quantity, COUNT(*) AS usage_rows
  FROM system.billing.usage
  WHERE usage_date >= :start AND usage_date < :end
    AND in_workspaces(workspace_id)
  GROUP BY ALL
)
SELECT h.month, COALESCE(SUM(h.quantity * p.price), 0) AS bill,
       SUM(CASE WHEN p.price IS NULL THEN 0 ELSE h.usage_rows END) AS priced_rows,
       SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows
FROM hours h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
GROUP BY h.month
ORDER BY h.month
