-- question: Which prices changed in this period, and what did each change cost or save?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text}
-- grain: [sku_name, cloud, usage_unit, changed_at]
-- columns:
--   sku_name: code  SKU
--   cloud: text
--   usage_unit: text
--   changed_at: time  Changed
--   old_price: price  Old
--   new_price: price  New
--   change_ratio: change  Change
--   quantity: quantity
--   effect: money  Effect
-- ttl: 12h
-- uses: [prices, usage_chosen]
-- note: >
--   quantity is the usage billed at the new price up to :end; effect = quantity x (new - old price). A change takes
--   effect for usage that ends at changed_at or later. SKUs nobody used have quantity and effect 0.
WITH steps AS (
  SELECT sku_name, cloud, usage_unit, price_start_time, price_end_time, price,
         LAG(price) OVER (PARTITION BY sku_name, cloud, usage_unit ORDER BY price_start_time) AS old_price
  FROM prices
), changes AS (
  SELECT sku_name, cloud, usage_unit, price_start_time, price_end_time, price, old_price
  FROM steps
  WHERE price <> old_price AND price_start_time >= :start AND price_start_time <= :end
), hours AS (
  SELECT sku_name, cloud, usage_unit, usage_end_time, SUM(quantity) AS quantity
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), used AS (
  SELECT p.sku_name, p.cloud, p.usage_unit, p.price_start_time, p.price, p.old_price,
         exact(COALESCE(SUM(h.quantity), 0)) AS quantity
  FROM changes p
  LEFT JOIN hours h ON in_force(p, h.usage_end_time)
  GROUP BY p.sku_name, p.cloud, p.usage_unit, p.price_start_time, p.price, p.old_price
)
SELECT sku_name, cloud, usage_unit, price_start_time AS changed_at, old_price, price AS new_price,
       try_divide(CAST(price - old_price AS DOUBLE), CAST(old_price AS DOUBLE)) AS change_ratio, quantity,
       quantity * price - quantity * old_price AS effect
FROM used
ORDER BY ABS(effect) DESC, sku_name, cloud, usage_unit, changed_at
