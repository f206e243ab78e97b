-- question: What did each day cost in all, and is the day's bill complete?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text, now: time}
-- grain: [usage_date]
-- columns:
--   usage_date: date
--   cost: money
--   unpriced_rows: count
--   complete: flag
-- ttl: 1h
-- uses: [prices, usage_chosen]
-- note: >
--   complete: the day ended (UTC) at least 12 hours before :now, the time within which original records arrive; later
--   corrections may still come. cost is NULL on a day without priced usage; a day without usage has no row.
WITH hours AS (
  SELECT usage_date, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
)
SELECT h.usage_date, SUM(h.quantity * p.price) AS cost,
       SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows,
       is_complete(h.usage_date) AS complete
FROM hours h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
GROUP BY h.usage_date
ORDER BY h.usage_date
