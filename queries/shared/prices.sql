-- uses: [price_intervals]
-- note: >
--   One price per SKU, cloud, unit and instant, in :currency, on :basis ('list' or 'net').
--   Join on sku_name, cloud, usage_unit and usage_end_time >= price_start_time AND (price_end_time IS NULL OR
--   usage_end_time < price_end_time). Net falls back to nothing: usage without a contract price stays unpriced on net.
--   Where listed intervals overlap the one that started last counts, and after its end the earlier one again (a
--   promotion): time is cut at every start and end, so no usage row can meet two prices.
SELECT sku_name, cloud, usage_unit, from_time AS price_start_time, to_time AS price_end_time, price
FROM (
  SELECT c.sku_name, c.cloud, c.usage_unit, c.from_time, c.to_time, p.price, ROW_NUMBER() OVER (
           PARTITION BY c.sku_name, c.cloud, c.usage_unit, c.from_time
           ORDER BY p.price_start_time DESC, p.price_end_time DESC NULLS LAST, p.price DESC) AS place
  FROM (
    SELECT sku_name, cloud, usage_unit, cut_at AS from_time, LEAD(cut_at) OVER (
             PARTITION BY sku_name, cloud, usage_unit ORDER BY cut_at) AS to_time
    FROM (
      SELECT DISTINCT sku_name, cloud, usage_unit, cut_at
      FROM price_intervals
      LATERAL VIEW explode(array(price_start_time, price_end_time)) e AS cut_at
      WHERE cut_at IS NOT NULL
    ) cuts
  ) c
  JOIN price_intervals p ON in_force(p, c.from_time)
) covered
WHERE place = 1
