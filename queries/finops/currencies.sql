-- question: In which currencies are list and account prices known, for how many SKUs?
-- grain: [basis, currency_code]
-- columns:
--   basis: text  Basis
--   currency_code: text  Currency
--   skus: count  SKUs
--   first_price: time  First price
--   last_price: time  Newest price
-- ttl: 12h
-- optional: [system.billing.account_prices]
-- note: >
--   The choices for :currency and :basis. basis 'net' is absent where the account has no account prices. first_price
--   and last_price are the earliest and the latest start of a price.
SELECT basis, currency_code, COUNT(DISTINCT sku_name) AS skus, MIN(price_start_time) AS first_price,
       MAX(price_start_time) AS last_price
FROM (
  SELECT 'list' AS basis, currency_code, sku_name, price_start_time FROM system.billing.list_prices
  UNION ALL
  SELECT 'net' AS basis, currency_code, sku_name, price_start_time FROM system.billing.account_prices
) listed
GROUP BY basis, currency_code
ORDER BY basis, currency_code
