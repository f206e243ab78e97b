-- question: What did each complete day cost?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text, now: time}
-- grain: [day]
-- columns:
--   day: date
--   value: money  Cost of the last complete day
--   unpriced_rows: count
-- ttl: 1h
-- uses: [prices, usage_chosen]
-- note: >
--   The bill per complete day, corrections included; usage without a price is counted, not summed. A day is complete
--   when it ended (UTC) at least 12 hours before :now, the time within which original records arrive.
WITH hours AS (
  SELECT usage_date, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end AND is_complete(usage_date)
  GROUP BY ALL
)
SELECT h.usage_date AS day, SUM(h.quantity * p.price) AS value,
       SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows
FROM hours h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
GROUP BY h.usage_date
ORDER BY day
