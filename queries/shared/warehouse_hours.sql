-- uses: [query_hours]
-- look_back: 0d
-- note: >
--   Each SQL warehouse's clock hours: on_ms it was running (warehouse_events), busy_ms at least one statement was
--   running, their work_ms, and used_share = busy / max(on, busy). An hour without a row has no evidence (another
--   region, or outside the hours query history covers): its cost is neither used nor idle. A warehouse may have been
--   started long ago: events are read as far back as the table keeps them.
SELECT workspace_id, warehouse_id, hour, SUM(on_ms) AS on_ms, SUM(busy_ms) AS busy_ms, SUM(work_ms) AS work_ms,
       COALESCE(try_divide(CAST(SUM(busy_ms) AS DOUBLE), GREATEST(SUM(on_ms), SUM(busy_ms))), 1D) AS used_share
FROM (
  SELECT workspace_id, warehouse_id, hour, LEAST(unix_millis(next_time), unix_millis(hour) + 3600000)
           - GREATEST(unix_millis(event_time), unix_millis(hour)) AS on_ms, 0 AS busy_ms, 0D AS work_ms
  FROM (
    SELECT workspace_id, warehouse_id, GREATEST(event_time, CAST(:start AS TIMESTAMP)) AS event_time, next_time
    FROM (
      SELECT workspace_id, warehouse_id, event_type, event_time,
             COALESCE(LEAD(event_time) OVER (PARTITION BY workspace_id, warehouse_id ORDER BY event_time, event_type),
                      CAST(:end AS TIMESTAMP)) AS next_time
      FROM system.compute.warehouse_events
      WHERE event_time >= date_sub(:start, 365) AND event_time < :end
    ) events
    WHERE event_type IN ('RUNNING', 'SCALED_UP', 'SCALED_DOWN') AND next_time > :start AND next_time > event_time
  ) running
  LATERAL VIEW explode(sequence(date_trunc('HOUR', event_time), date_trunc('HOUR', next_time), INTERVAL 1 HOUR)) h
    AS hour
  WHERE hour < next_time
  UNION ALL
  SELECT workspace_id, warehouse_id, hour, 0 AS on_ms,
         GREATEST(0, to_ms - GREATEST(from_ms, COALESCE(MAX(to_ms) OVER (
           PARTITION BY workspace_id, warehouse_id, hour ORDER BY from_ms, to_ms
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), from_ms))) AS busy_ms, work_ms
  FROM query_hours
) parts
WHERE hour >= (SELECT MIN(hour) FROM query_hours) AND hour <= (SELECT MAX(hour) FROM query_hours)
GROUP BY workspace_id, warehouse_id, hour
