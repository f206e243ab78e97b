-- uses: [prices, usage_rows]
-- note: >
--   The priced cost of each SQL warehouse per clock hour between :start and :end; the hour is that of the usage's
--   start. Usage of other products that names a warehouse (AI functions) is no running time.
SELECT h.workspace_id, h.warehouse_id, h.hour, SUM(h.quantity * p.price) AS cost
FROM (
  SELECT workspace_id, resource_id AS warehouse_id, date_trunc('HOUR', usage_start_time) AS hour, sku_name, cloud,
         usage_unit, usage_end_time, CAST(SUM(quantity) AS DECIMAL(20, 10)) AS quantity
  FROM usage_rows
  WHERE resource_kind = 'warehouse' AND product = 'SQL' AND usage_date >= :start AND usage_date < :end
  GROUP BY ALL
) h
JOIN prices p
    ON p.sku_name = h.sku_name AND p.cloud = h.cloud AND p.usage_unit = h.usage_unit
   AND h.usage_end_time >= p.price_start_time AND (p.price_end_time IS NULL OR h.usage_end_time < p.price_end_time)
GROUP BY h.workspace_id, h.warehouse_id, h.hour
