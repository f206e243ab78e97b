-- question: What discount does the account get on each SKU it uses?
-- params: {start: date, end: date, currency: text, workspaces: text, cost_centers: text, limit: integer}
-- grain: [sku_name, cloud, usage_unit]
-- columns:
--   sku_name: text
--   cloud: text
--   usage_unit: text
--   quantity: quantity
--   list_cost: money
--   net_cost: money
--   discount: money
--   discount_ratio: ratio
--   list_price: price
--   net_price: price
-- ttl: 12h
-- uses: [usage_chosen]
-- optional: [system.billing.account_prices]
-- note: >
--   Only usage that has both prices counts, so the two costs cover the same quantity; discount = list - net. The two
--   prices are those of the last hour used. Contract commitments and credits are not in these tables. The :limit SKUs
--   with the highest discount.
WITH hours AS (
  SELECT sku_name, cloud, usage_unit, usage_end_time, CAST(SUM(quantity) AS DECIMAL(20, 10)) AS quantity
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), lists AS (
  SELECT sku_name, cloud, usage_unit, price_start_time, LEAST(price_end_time, LEAD(price_start_time) OVER (
           PARTITION BY sku_name, cloud, usage_unit ORDER BY price_start_time, price_end_time)) AS price_end_time, pricing
  FROM system.billing.list_prices WHERE currency_code = :currency
), accounts AS (
  SELECT sku_name, cloud, usage_unit, price_start_time, LEAST(price_end_time, LEAD(price_start_time) OVER (
           PARTITION BY sku_name, cloud, usage_unit ORDER BY price_start_time, price_end_time)) AS price_end_time, pricing
  FROM system.billing.account_prices WHERE currency_code = :currency
), both_prices AS (
  SELECT h.sku_name, h.cloud, h.usage_unit, h.usage_end_time, h.quantity,
         CAST(COALESCE(l.pricing.effective_list.default, l.pricing.default) AS DECIMAL(17, 8)) AS list_price,
         CAST(a.pricing.default AS DECIMAL(17, 8)) AS net_price
  FROM hours h
  JOIN lists l
    ON l.sku_name = h.sku_name AND l.cloud = h.cloud AND l.usage_unit = h.usage_unit
   AND h.usage_end_time >= l.price_start_time AND (l.price_end_time IS NULL OR h.usage_end_time < l.price_end_time)
  JOIN accounts a
    ON a.sku_name = h.sku_name AND a.cloud = h.cloud AND a.usage_unit = h.usage_unit
   AND h.usage_end_time >= a.price_start_time AND (a.price_end_time IS NULL OR h.usage_end_time < a.price_end_time)
), totals AS (
  SELECT sku_name, cloud, usage_unit, SUM(quantity) AS quantity, SUM(quantity * list_price) AS list_cost,
         SUM(quantity * net_price) AS net_cost, MAX_BY(list_price, usage_end_time) AS list_price,
         MAX_BY(net_price, usage_end_time) AS net_price
  FROM both_prices
  GROUP BY sku_name, cloud, usage_unit
)
SELECT sku_name, cloud, usage_unit, quantity, list_cost, net_cost, list_cost - net_cost AS discount,
       try_divide(CAST(list_cost - net_cost AS DOUBLE), CAST(list_cost AS DOUBLE)) AS discount_ratio, list_price,
       net_price
FROM totals
ORDER BY discount DESC, sku_name, cloud, usage_unit
LIMIT :limit
