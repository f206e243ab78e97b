-- question: On which days did a table get more or fewer rows than it usually does?
-- params: {start: date, end: date}
-- grain: [table_name, day]
-- columns:
--   table_name: text  Table
--   day: date  Day
--   rows: count  Rows
--   usual: number  Usual  (median of its other days)
--   low: number  At least  (median less six median deviations, a tenth of it at least)
--   high: number  At most
--   days: count  Learned from  (days of it with a count)
--   beyond: number  (how many times the reach of its band the day is off; 1 at its edge)
--   worst: number  (of its days)
--   outside: count  (tables with a day outside of their band)
--   counted: count  (tables with at least eight days)
-- things: {table_name: [table, table_name]}
-- ttl: 1h
-- note: >
--   Rows of a day as the quality monitor counted them in the last scan of the day that could. The band is the table's own: the median of
--   its days and six median absolute deviations, at least a tenth of the median. With fewer than eight days a table has none. The days of
--   the forty tables that are furthest off, most first. What no monitor counts is not here; the monitor's own forecast is another.
WITH counted AS (
  SELECT folded(catalog_name || '.' || schema_name || '.' || table_name) AS table_name, to_date(event_time) AS day,
         max_by(completeness.daily_row_count.last_value, struct(event_time, completeness.daily_row_count.last_value)) AS rows
  FROM system.data_quality_monitoring.table_results
  WHERE event_time >= :start AND event_time < :end AND completeness.daily_row_count.last_value IS NOT NULL
  GROUP BY folded(catalog_name || '.' || schema_name || '.' || table_name), to_date(event_time)
), middled AS (
  SELECT *, CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY rows) OVER (PARTITION BY table_name) AS DOUBLE) AS usual,
         COUNT(*) OVER (PARTITION BY table_name) AS days
  FROM counted
), spread AS (
  SELECT *, GREATEST(0.1D * usual, 6D * CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(rows - usual)) OVER (
           PARTITION BY table_name) AS DOUBLE), 1D) AS reach
  FROM middled
  WHERE days >= 8
), judged AS (
  SELECT *, MAX(beyond) OVER (PARTITION BY table_name) AS worst
  FROM (SELECT *, try_divide(CAST(abs(rows - usual) AS DOUBLE), reach) AS beyond FROM spread) apart
), ranked AS (
  SELECT *, DENSE_RANK() OVER (ORDER BY worst DESC, table_name) AS place,
         size(collect_set(CASE WHEN worst > 1 THEN table_name END) OVER ()) AS outside, size(collect_set(table_name) OVER ()) AS counted
  FROM judged
)
SELECT table_name, day, rows, usual, GREATEST(usual - reach, 0D) AS low, usual + reach AS high, days, beyond, worst, outside, counted
FROM ranked
WHERE place <= 40
ORDER BY worst DESC, table_name, day
