-- question: What discount does the account get on each SKU it uses?
-- params: {start: date, end: date, currency: text, workspaces: text, cost_centers: text, limit: integer}
-- grain: [sku_name, cloud, usage_unit]
-- columns:
--   sku_name: code  SKU
--   cloud: text
--   usage_unit: text  Unit
--   quantity: quantity  Quantity
--   list_cost: money
--   net_cost: money
--   discount: money  Saved
--   discount_ratio: ratio  Discount
--   list_price: price  List price
--   net_price: price  Net price
-- ttl: 12h
-- uses: [usage_chosen]
-- optional: [system.billing.account_prices]
-- note: >
--   Only usage that has both prices counts, so the two costs cover the same quantity; discount = list - net. The two
--   prices are those of the last hour used. Contract commitments and credits are not in these tables. The :limit SKUs
--   with the highest discount.
WITH hours AS (
  SELECT sku_name, cloud, usage_unit, usage_end_time, exact_sum(quantity) AS quantity
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), intervals AS (
  SELECT basis, sku_name, cloud, usage_unit, price_start_time, price_end_time,
         exact_price(listed) AS price
  FROM (
    SELECT 'list' AS basis, sku_name, cloud, usage_unit, price_start_time, price_end_time,
           list_price(pricing) AS listed
    FROM system.billing.list_prices WHERE currency_code = :currency
    UNION ALL
    SELECT 'net' AS basis, sku_name, cloud, usage_unit, price_start_time, price_end_time, pricing.default AS listed
    FROM system.billing.account_prices WHERE currency_code = :currency
  ) listed_prices
), ranked AS (
  SELECT h.sku_name, h.cloud, h.usage_unit, h.usage_end_time, h.quantity, p.basis, p.price, ROW_NUMBER() OVER (
           PARTITION BY h.sku_name, h.cloud, h.usage_unit, h.usage_end_time, p.basis
           ORDER BY p.price_start_time DESC, p.price_end_time DESC NULLS LAST, p.price DESC) AS place
  FROM hours h
  JOIN intervals p ON in_force(p, h.usage_end_time)
), both_prices AS (
  SELECT sku_name, cloud, usage_unit, usage_end_time, quantity, MAX(CASE WHEN basis = 'list' THEN price END) AS list_price,
         MAX(CASE WHEN basis = 'net' THEN price END) AS net_price
  FROM ranked
  WHERE place = 1
  GROUP BY sku_name, cloud, usage_unit, usage_end_time, quantity
  HAVING MAX(CASE WHEN basis = 'list' THEN price END) IS NOT NULL
     AND MAX(CASE WHEN basis = 'net' THEN price END) IS NOT NULL
), totals AS (
  SELECT sku_name, cloud, usage_unit, SUM(quantity) AS quantity, SUM(quantity * list_price) AS list_cost,
         SUM(quantity * net_price) AS net_cost, MAX_BY(list_price, struct(usage_end_time, list_price)) AS list_price,
         MAX_BY(net_price, struct(usage_end_time, net_price)) AS net_price
  FROM both_prices
  GROUP BY sku_name, cloud, usage_unit
)
SELECT sku_name, cloud, usage_unit, quantity, list_cost, net_cost, list_cost - net_cost AS discount,
       try_divide(CAST(list_cost - net_cost AS DOUBLE), CAST(list_cost AS DOUBLE)) AS discount_ratio, list_price,
       net_price
FROM totals
ORDER BY discount DESC, sku_name, cloud, usage_unit
LIMIT :limit
