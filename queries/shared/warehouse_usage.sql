-- uses: [usage_rows]
-- note: >
--   What each SQL warehouse was billed for per clock hour and SKU between :start and :end; the hour is that of the
--   usage's start. Usage of other products that names a warehouse (AI functions) is no running time.
SELECT workspace_id, resource_id AS warehouse_id, date_trunc('HOUR', usage_start_time) AS hour, sku_name, cloud,
       usage_unit, usage_end_time, exact_sum(quantity) AS quantity
FROM usage_rows
WHERE resource_kind = 'warehouse' AND product = 'SQL' AND usage_date >= :start AND usage_date < :end
GROUP BY ALL
