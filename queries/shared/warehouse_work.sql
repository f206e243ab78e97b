-- uses: [query_hours, warehouse_running, warehouse_coverage]
-- look_back: 0d
-- note: >
--   Each SQL warehouse's clock hours, one row per executed_by, source and statement_type whose statements ran in it
--   (started, work_ms), and one of no source where it was running. Of the whole hour, the same on each row: on_ms it
--   was running (warehouse_running), busy_ms at least one statement was running, hour_work_ms, and used_share =
--   busy / max(on, busy). An hour without a row has no evidence (another region, outside the hours that query history
--   covers, or before the first event of the region where it has events): its cost is neither used nor idle.
SELECT workspace_id, warehouse_id, hour, executed_by, source, statement_type, started, work_ms, on_ms, busy_ms,
       hour_work_ms, COALESCE(try_divide(CAST(busy_ms AS DOUBLE), GREATEST(on_ms, busy_ms)), 1D) AS used_share,
       c.history_from, c.history_to
FROM (
  SELECT workspace_id, warehouse_id, hour, executed_by, source, statement_type, SUM(started) AS started,
         SUM(work_ms) AS work_ms, SUM(SUM(on_ms)) OVER (PARTITION BY workspace_id, warehouse_id, hour) AS on_ms,
         SUM(SUM(busy_ms)) OVER (PARTITION BY workspace_id, warehouse_id, hour) AS busy_ms,
         SUM(SUM(work_ms)) OVER (PARTITION BY workspace_id, warehouse_id, hour) AS hour_work_ms,
         MAX(MAX(events_from)) OVER (PARTITION BY workspace_id, warehouse_id) AS events_from
  FROM (
    SELECT workspace_id, warehouse_id, hour, CAST(NULL AS STRING) AS executed_by, CAST(NULL AS STRING) AS source,
           CAST(NULL AS STRING) AS statement_type, 0 AS started, 0D AS work_ms,
           LEAST(unix_millis(to_time), unix_millis(hour) + 3600000)
             - GREATEST(unix_millis(from_time), unix_millis(hour)) AS on_ms, 0 AS busy_ms, events_from
    FROM (
      SELECT workspace_id, warehouse_id, GREATEST(from_time, CAST(:start AS TIMESTAMP)) AS from_time, to_time,
             events_from
      FROM warehouse_running
    ) running
    LATERAL VIEW explode(sequence(date_trunc('HOUR', from_time), date_trunc('HOUR', to_time), INTERVAL 1 HOUR)) h
      AS hour
    WHERE hour < to_time
    UNION ALL
    SELECT workspace_id, warehouse_id, hour, executed_by, source, statement_type, started, work_ms, 0 AS on_ms,
           GREATEST(0, to_ms - GREATEST(from_ms, COALESCE(MAX(to_ms) OVER (
             PARTITION BY workspace_id, warehouse_id, hour ORDER BY from_ms, to_ms
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), from_ms))) AS busy_ms,
           CAST(NULL AS TIMESTAMP) AS events_from
    FROM query_hours
  ) parts
  GROUP BY workspace_id, warehouse_id, hour, executed_by, source, statement_type
) hours
CROSS JOIN warehouse_coverage c
WHERE hour >= date_trunc('HOUR', c.history_from) AND hour < c.history_to
  AND (events_from IS NULL OR hour >= date_trunc('HOUR', events_from))
