-- question: What was corrected after it was billed, and by how much did that change the bill?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text}
-- grain: [usage_date, product]
-- columns:
--   usage_date: date
--   product: code
--   retraction_rows: count
--   restatement_rows: count
--   retracted: money
--   restated: money
--   effect: money
--   unpriced_rows: count
--   last_ingested: date
-- ttl: 1h
-- uses: [prices, usage_chosen]
-- note: >
--   A RETRACTION takes an earlier record back (negative), a RESTATEMENT puts the corrected one in its place; effect is
--   their sum, already contained in every cost of this cockpit. Only priced usage has money.
WITH hours AS (
  SELECT usage_date, product, record_type, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows,
         MAX(ingestion_date) AS last_ingested
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end AND record_type IN ('RETRACTION', 'RESTATEMENT')
  GROUP BY ALL
)
SELECT h.usage_date, h.product,
       SUM(CASE WHEN h.record_type = 'RETRACTION' THEN h.usage_rows ELSE 0 END) AS retraction_rows,
       SUM(CASE WHEN h.record_type = 'RESTATEMENT' THEN h.usage_rows ELSE 0 END) AS restatement_rows,
       SUM(CASE WHEN h.record_type = 'RETRACTION' THEN h.quantity * p.price END) AS retracted,
       SUM(CASE WHEN h.record_type = 'RESTATEMENT' THEN h.quantity * p.price END) AS restated,
       SUM(h.quantity * p.price) AS effect,
       SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows,
       MAX(h.last_ingested) AS last_ingested
FROM hours h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
GROUP BY h.usage_date, h.product
ORDER BY h.usage_date, h.product
