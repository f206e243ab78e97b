-- uses: [query_hours, warehouse_running, warehouse_coverage]
-- look_back: 0d
-- note: >
--   Each SQL warehouse's clock hours: on_ms it was running (warehouse_running), busy_ms at least one statement was
--   running, their work_ms, and used_share = busy / max(on, busy). An hour without a row has no evidence (another
--   region, outside the hours that query history covers, or before the first event of the region where it has
--   events): its cost is neither used nor idle.
SELECT workspace_id, warehouse_id, hour, on_ms, busy_ms, work_ms,
       COALESCE(try_divide(CAST(busy_ms AS DOUBLE), GREATEST(on_ms, busy_ms)), 1D) AS used_share
FROM (
  SELECT workspace_id, warehouse_id, hour, SUM(on_ms) AS on_ms, SUM(busy_ms) AS busy_ms, SUM(work_ms) AS work_ms,
         MAX(MAX(events_from)) OVER (PARTITION BY workspace_id, warehouse_id) AS events_from
  FROM (
    SELECT workspace_id, warehouse_id, hour, events_from, LEAST(unix_millis(to_time), unix_millis(hour) + 3600000)
             - GREATEST(unix_millis(from_time), unix_millis(hour)) AS on_ms, 0 AS busy_ms, 0D AS work_ms
    FROM (
      SELECT workspace_id, warehouse_id, GREATEST(from_time, CAST(:start AS TIMESTAMP)) AS from_time, to_time,
             events_from
      FROM warehouse_running
    ) running
    LATERAL VIEW explode(sequence(date_trunc('HOUR', from_time), date_trunc('HOUR', to_time), INTERVAL 1 HOUR)) h
      AS hour
    WHERE hour < to_time
    UNION ALL
    SELECT workspace_id, warehouse_id, hour, CAST(NULL AS TIMESTAMP) AS events_from, 0 AS on_ms,
           GREATEST(0, to_ms - GREATEST(from_ms, COALESCE(MAX(to_ms) OVER (
             PARTITION BY workspace_id, warehouse_id, hour ORDER BY from_ms, to_ms
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), from_ms))) AS busy_ms, work_ms
    FROM query_hours
  ) parts
  GROUP BY workspace_id, warehouse_id, hour
) hours
CROSS JOIN warehouse_coverage c
WHERE hour >= date_trunc('HOUR', c.history_from) AND hour < c.history_to
  AND (events_from IS NULL OR hour >= date_trunc('HOUR', events_from))
