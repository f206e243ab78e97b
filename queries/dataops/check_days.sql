-- question: Which checks of the platform's quality monitors failed, on which days, and since when?
-- params: {start: date, end: date}
-- grain: [table_name, check_name, day]
-- columns:
--   table_name: text  Table
--   check_name: text  Check  (freshness or completeness)
--   day: date  Day
--   scans: count  Scans
--   failed: count  Failed scans
--   state: text  State  (failed, passed or unknown)
--   rows: count  Rows  (that the worst scan of the day counted)
--   low: count  At least  (of the monitor's forecast)
--   high: count  At most
--   failing_since: date  Failing since  (NULL where it passed last)
--   watched: count  (tables with a scan)
-- things: {table_name: [table, table_name]}
-- ttl: 1h
-- note: >
--   A day failed when one of its scans did, whatever passed after it; a scan that could not look says nothing. Days by UTC, of the
--   checks that failed on one of them; days without a scan are absent. The table is for admins only by default and has no
--   workspace.
WITH scanned AS (
  SELECT folded(catalog_name || '.' || schema_name || '.' || table_name) AS table_name, event_time,
         array(named_struct('name', 'freshness', 'status', freshness.status, 'rows', CAST(NULL AS BIGINT),
                            'low', CAST(NULL AS BIGINT), 'high', CAST(NULL AS BIGINT)),
               named_struct('name', 'completeness', 'status', completeness.status,
                            'rows', completeness.daily_row_count.last_value,
                            'low', completeness.daily_row_count.min_predicted_value,
                            'high', completeness.daily_row_count.max_predicted_value)) AS parts
  FROM system.data_quality_monitoring.table_results
  WHERE event_time >= :start AND event_time < :end
), days AS (
  SELECT table_name, part.name AS check_name, to_date(event_time) AS day, COUNT(*) AS scans,
         COUNT(CASE WHEN part.status = 'Unhealthy' THEN 1 END) AS failed,
         COUNT(CASE WHEN part.status = 'Healthy' THEN 1 END) AS passed,
         max_by(part, struct(CASE WHEN part.status = 'Unhealthy' THEN 1 ELSE 0 END, event_time)) AS worst
  FROM scanned
  LATERAL VIEW explode(parts) e AS part
  WHERE part.status IS NOT NULL
  GROUP BY table_name, part.name, to_date(event_time)
), followed AS (
  SELECT *, MAX(CASE WHEN failed = 0 AND passed > 0 THEN day END) OVER (PARTITION BY table_name, check_name) AS last_passed,
         SUM(failed) OVER (PARTITION BY table_name, check_name) AS ever_failed,
         size(collect_set(table_name) OVER ()) AS watched
  FROM days
)
SELECT table_name, check_name, day, scans, failed,
       CASE WHEN failed > 0 THEN 'failed' WHEN passed > 0 THEN 'passed' ELSE 'unknown' END AS state, worst.rows AS rows,
       worst.low AS low, worst.high AS high,
       MIN(CASE WHEN failed > 0 AND (last_passed IS NULL OR day > last_passed) THEN day END) OVER (
         PARTITION BY table_name, check_name) AS failing_since, watched
FROM followed
WHERE ever_failed > 0
ORDER BY failing_since NULLS LAST, table_name, check_name, day
