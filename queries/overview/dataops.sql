-- question: >
--   How many watched tables are unhealthy, per day?
-- params: {start: date, end: date}
-- grain: [day]
-- columns:
--   day: date
--   value: count  Watched tables that are unhealthy
--   tables: count
-- ttl: 1h
-- note: >
--   Tables whose last scan of the day says Unhealthy, of all scanned ones. The table is for admins only by default;
--   it has no workspace.
WITH last_scan AS (
  SELECT to_date(event_time) AS day, catalog_name, schema_name, table_name, max(struct(event_time, status = 'Unhealthy' AS is_unhealthy)).is_unhealthy AS is_unhealthy
  FROM system.data_quality_monitoring.table_results
  WHERE event_time >= :start AND event_time < :end
  GROUP BY to_date(event_time), catalog_name, schema_name, table_name
)
SELECT day, SUM(CASE WHEN is_unhealthy THEN 1 ELSE 0 END) AS value, COUNT(*) AS tables
FROM last_scan
GROUP BY day
ORDER BY day
