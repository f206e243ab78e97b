-- question: What did each product cost, per day?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text, now: time}
-- grain: [usage_date, product]
-- columns:
--   usage_date: date
--   product: code
--   cost: money
--   unpriced_rows: count
--   complete: flag
-- ttl: 1h
-- uses: [prices, usage_chosen]
-- note: >
--   Sums ORIGINAL, RETRACTION and RESTATEMENT rows. Quantity is summed per SKU and hour, then priced, because a
--   price may change at any hour. Usage without a price has cost NULL and is counted in unpriced_rows, never as 0.
--   complete: the day ended (UTC) at least 12 hours before :now, the time within which original records arrive.
WITH hours AS (
  SELECT usage_date, product, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
)
SELECT h.usage_date, h.product, SUM(h.quantity * p.price) AS cost,
       SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows,
       is_complete(h.usage_date) AS complete
FROM hours h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
GROUP BY h.usage_date, h.product
ORDER BY h.usage_date, h.product
