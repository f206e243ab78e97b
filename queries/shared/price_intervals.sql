-- optional: [system.billing.account_prices]
-- note: >
--   The prices in :currency on :basis ('list' or 'net') as they are listed, with ten decimals: intervals may overlap. A
--   price that is less than half of the last decimal is unknown (NULL), never 0.
SELECT sku_name, cloud, usage_unit, price_start_time, price_end_time,
       exact_price(listed) AS price
FROM (
  SELECT sku_name, cloud, usage_unit, price_start_time, price_end_time,
         list_price(pricing) AS listed
  FROM system.billing.list_prices
  WHERE :basis = 'list' AND currency_code = :currency
  UNION ALL
  SELECT sku_name, cloud, usage_unit, price_start_time, price_end_time, pricing.default AS listed
  FROM system.billing.account_prices
  WHERE :basis = 'net' AND currency_code = :currency
) listed_prices
