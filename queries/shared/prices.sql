-- optional: [system.billing.account_prices]
-- note: >
--   One price per SKU, cloud, unit and instant, in :currency, on :basis ('list' or 'net').
--   Join on sku_name, cloud, usage_unit and usage_end_time >= price_start_time AND (price_end_time IS NULL OR
--   usage_end_time < price_end_time). Net falls back to nothing: usage without a contract price stays unpriced on net.
--   An interval that runs into the next one ends where the next one starts, so no usage row can meet two prices.
SELECT sku_name, cloud, usage_unit, price_start_time,
       LEAST(price_end_time, LEAD(price_start_time) OVER (
         PARTITION BY sku_name, cloud, usage_unit ORDER BY price_start_time, price_end_time)) AS price_end_time,
       price
FROM (
  SELECT sku_name, cloud, usage_unit, price_start_time, price_end_time,
         CAST(COALESCE(pricing.effective_list.default, pricing.default) AS DECIMAL(17, 8)) AS price
  FROM system.billing.list_prices
  WHERE :basis = 'list' AND currency_code = :currency
  UNION ALL
  SELECT sku_name, cloud, usage_unit, price_start_time, price_end_time,
         CAST(pricing.default AS DECIMAL(17, 8)) AS price
  FROM system.billing.account_prices
  WHERE :basis = 'net' AND currency_code = :currency
) intervals
