-- question: Which usage has no price, how much of it, since when, and why?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text}
-- grain: [sku_name, cloud, usage_unit]
-- columns:
--   sku_name: code  SKU
--   cloud: text
--   usage_unit: text  Unit
--   quantity: quantity  Quantity
--   usage_rows: count  Rows
--   first_seen: date  First
--   last_seen: date  Last
--   reason: text  Why
-- ttl: 1h
-- uses: [prices, usage_chosen]
-- note: >
--   reason: 'free' (the SKU says so in its name), 'no price at that time' (it has one at another time), 'no price in
--   this currency' (it has one in another), else 'no price on this basis'. Never shown as money.
WITH hours AS (
  SELECT sku_name, cloud, usage_unit, usage_end_time, exact_sum(quantity) AS quantity,
         COUNT(*) AS usage_rows, MIN(usage_date) AS first_seen, MAX(usage_date) AS last_seen
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), missing AS (
  SELECT h.sku_name, h.cloud, h.usage_unit, SUM(h.quantity) AS quantity, SUM(h.usage_rows) AS usage_rows,
         MIN(h.first_seen) AS first_seen, MAX(h.last_seen) AS last_seen
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  WHERE p.price IS NULL
  GROUP BY h.sku_name, h.cloud, h.usage_unit
), known AS (
  SELECT sku_name, cloud, usage_unit, MAX(CASE WHEN currency_code = :currency THEN 1 ELSE 0 END) AS same_currency
  FROM (
    SELECT sku_name, cloud, usage_unit, currency_code FROM system.billing.list_prices WHERE :basis = 'list'
    UNION ALL
    SELECT sku_name, cloud, usage_unit, currency_code FROM system.billing.account_prices WHERE :basis = 'net'
  ) listed
  GROUP BY sku_name, cloud, usage_unit
)
SELECT m.sku_name, m.cloud, m.usage_unit, m.quantity, m.usage_rows, m.first_seen, m.last_seen,
       CASE WHEN contains(upper(m.sku_name), 'FREE') THEN 'free'
            WHEN k.same_currency = 1 THEN 'no price at that time'
            WHEN k.same_currency = 0 THEN 'no price in this currency'
            ELSE 'no price on this basis' END AS reason
FROM missing m
LEFT JOIN known k ON k.sku_name = m.sku_name AND k.cloud = m.cloud AND k.usage_unit = m.usage_unit
ORDER BY m.usage_rows DESC, m.sku_name, m.cloud, m.usage_unit
