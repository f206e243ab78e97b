-- question: Which watched tables are unhealthy?
-- params: {start: date, end: date, limit: integer}
-- grain: [table_name]
-- columns:
--   table_name: text  Table
--   scanned: time  Last scan
-- things: {table_name: [table, table_name]}
-- ttl: 1h
-- note: >
--   What overview.dataops counts by day, by table: those whose last scan from :start to :end says Unhealthy, the :limit
--   scanned last. The table is for admins only by default; it has no workspace.
WITH last_scan AS (
  SELECT folded(catalog_name || '.' || schema_name || '.' || table_name) AS table_name,
         max(struct(event_time, status = 'Unhealthy' AS is_unhealthy)) AS newest
  FROM system.data_quality_monitoring.table_results
  WHERE event_time >= :start AND event_time < :end
  GROUP BY folded(catalog_name || '.' || schema_name || '.' || table_name)
)
SELECT table_name, newest.event_time AS scanned
FROM last_scan
WHERE newest.is_unhealthy
ORDER BY newest.event_time DESC, table_name
LIMIT :limit
