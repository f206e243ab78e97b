-- uses: [prices, warehouse_usage]
-- note: >
--   The cost of each SQL warehouse per clock hour between :start and :end: NULL where nothing of it has a price.
SELECT h.workspace_id, h.warehouse_id, h.hour, SUM(h.quantity * p.price) AS cost
FROM warehouse_usage h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
GROUP BY h.workspace_id, h.warehouse_id, h.hour
