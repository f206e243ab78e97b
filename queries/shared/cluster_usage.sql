-- uses: [prices, usage_rows]
-- note: >
--   The quantity and cost (NULL without a price) of each all-purpose cluster per clock hour and SKU between :start and :end; on_ms is
--   the time of the hour that the usage records cover, each moment once: a cluster that was restarted has several
--   records in an hour, and one of two SKUs has two for the same time.
WITH records AS (
  SELECT workspace_id, resource_id AS cluster_id, date_trunc('HOUR', usage_start_time) AS hour, sku_name, cloud,
         usage_unit, usage_end_time, MIN(unix_millis(usage_start_time)) AS from_ms,
         MAX(unix_millis(usage_end_time)) AS to_ms, exact_sum(quantity) AS quantity
  FROM usage_rows
  WHERE resource_kind = 'cluster' AND product = 'ALL_PURPOSE' AND usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), news AS (
  SELECT *, GREATEST(0, to_ms - GREATEST(from_ms, COALESCE(MAX(to_ms) OVER (
           PARTITION BY workspace_id, cluster_id, hour ORDER BY from_ms, to_ms, sku_name, cloud, usage_unit
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), from_ms))) AS new_ms
  FROM records
), hours AS (
  SELECT *, SUM(new_ms) OVER (PARTITION BY workspace_id, cluster_id, hour) AS on_ms
  FROM news
)
SELECT h.workspace_id, h.cluster_id, h.hour, h.sku_name, h.cloud, h.usage_unit, h.usage_end_time, h.on_ms,
       h.quantity, h.quantity * p.price AS cost
FROM hours h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
