-- question: How many clusters of this SQL warehouse were on, how busy were they, who waited, and what did it cost, hour by hour?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, workspace_id: text, warehouse_id: text}
-- grain: [hour]
-- columns:
--   hour: time  Hour
--   clusters: number  (on, over the hour)
--   running_hours: hours
--   busy_hours: hours
--   running: count  (statements at once, at most)
--   queued: count
--   queued_hours: hours
--   statements: count
--   cost: money
-- ttl: 30m
-- uses: [warehouse_costs, warehouses_latest]
-- look_back: 0d
-- evidence: [system.query.history]
-- note: >
--   Clock hours (UTC) of this region in which it was on, worked or was billed. clusters is cluster_count of warehouse_events
--   over the time of the hour, from the last event before :start on: one that was on before is on. busy is the time in which at least one statement was there, each moment
--   once. running and queued are the most at one moment: a statement waits for compute, then in the queue, then it runs. queued_hours and statements are
--   of the hour in which they began. cost is NULL where nothing of it is billed or has a price.
WITH clusters AS (
  SELECT unix_millis(event_time) AS from_ms,
         CASE WHEN event_type IN ('RUNNING', 'SCALED_UP', 'SCALED_DOWN') THEN GREATEST(COALESCE(cluster_count, 1), 1) ELSE 0 END AS many,
         LEAST(unix_millis(COALESCE(LEAD(event_time) OVER (ORDER BY event_time, event_type), CAST(:end AS TIMESTAMP))),
               unix_millis(CAST(:end AS TIMESTAMP)), COALESCE(unix_millis(delete_time), unix_millis(CAST(:end AS TIMESTAMP)))) AS to_ms
  FROM (
    SELECT e.event_time, e.event_type, e.cluster_count, w.delete_time
    FROM system.compute.warehouse_events e
    LEFT JOIN warehouses_latest w ON w.workspace_id = e.workspace_id AND w.warehouse_id = e.warehouse_id
    WHERE e.event_time >= date_sub(:start, 365) AND e.event_time < :end AND e.workspace_id = :workspace_id
      AND e.warehouse_id = :warehouse_id AND in_workspaces(e.workspace_id)
      AND e.event_type IN ('STARTING', 'RUNNING', 'SCALED_UP', 'SCALED_DOWN', 'STOPPING', 'STOPPED')
  ) events
), moments AS (
  SELECT m.at_ms, SUM(m.there) AS there, SUM(m.running) AS running, SUM(m.queued) AS queued, SUM(m.begun) AS begun,
         SUM(m.wait_ms) AS wait_ms
  FROM (
    SELECT from_ms, to_ms, LEAST(to_ms, from_ms + compute_ms) AS queued_ms, LEAST(to_ms, from_ms + compute_ms + wait_ms) AS runs_ms,
           wait_ms
    FROM (
      SELECT unix_millis(start_time) AS from_ms, unix_millis(end_time) AS to_ms,
             COALESCE(waiting_for_compute_duration_ms, 0) AS compute_ms, COALESCE(waiting_at_capacity_duration_ms, 0) AS wait_ms
      FROM system.query.history
      WHERE start_time >= date_sub(:start, 1) AND start_time < :end AND end_time >= start_time
        AND workspace_id = :workspace_id AND compute.warehouse_id = :warehouse_id AND in_workspaces(workspace_id)
    ) sent
  ) timed
  LATERAL VIEW explode(array(
    named_struct('at_ms', from_ms, 'there', 1, 'running', 0, 'queued', 0, 'begun', 1, 'wait_ms', wait_ms),
    named_struct('at_ms', queued_ms, 'there', 0, 'running', 0, 'queued', 1, 'begun', 0, 'wait_ms', CAST(0 AS BIGINT)),
    named_struct('at_ms', runs_ms, 'there', 0, 'running', 1, 'queued', -1, 'begun', 0, 'wait_ms', CAST(0 AS BIGINT)),
    named_struct('at_ms', to_ms, 'there', -1, 'running', -1, 'queued', 0, 'begun', 0, 'wait_ms', CAST(0 AS BIGINT)))) e AS m
  GROUP BY m.at_ms
), levels AS (
  SELECT at_ms AS from_ms, LEAD(at_ms) OVER (ORDER BY at_ms) AS to_ms, begun, wait_ms,
         SUM(there) OVER (ORDER BY at_ms ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS there,
         SUM(running) OVER (ORDER BY at_ms ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running,
         SUM(queued) OVER (ORDER BY at_ms ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS queued
  FROM moments
), parts AS (
  SELECT hour, LEAST(to_ms, unix_millis(hour) + 3600000) - GREATEST(from_ms, unix_millis(hour)) AS ms, many, 0 AS there,
         0 AS running, 0 AS queued, 0 AS begun, CAST(0 AS BIGINT) AS wait_ms, CAST(NULL AS DECIMAL(38, 18)) AS cost
  FROM clusters
  LATERAL VIEW explode(sequence(date_trunc('HOUR', timestamp_millis(GREATEST(from_ms, unix_millis(CAST(:start AS TIMESTAMP))))),
                                date_trunc('HOUR', timestamp_millis(to_ms - 1)),
                                INTERVAL 1 HOUR)) h AS hour
  WHERE many > 0 AND to_ms > from_ms AND to_ms > unix_millis(CAST(:start AS TIMESTAMP))
  UNION ALL
  SELECT hour, GREATEST(0, LEAST(to_ms, unix_millis(hour) + 3600000) - GREATEST(from_ms, unix_millis(hour))) AS ms, 0 AS many,
         CASE WHEN there > 0 THEN 1 ELSE 0 END AS there, running, queued,
         CASE WHEN from_ms >= unix_millis(hour) THEN begun ELSE 0 END AS begun,
         CASE WHEN from_ms >= unix_millis(hour) THEN wait_ms ELSE 0 END AS wait_ms, CAST(NULL AS DECIMAL(38, 18)) AS cost
  FROM levels
  LATERAL VIEW explode(sequence(date_trunc('HOUR', timestamp_millis(from_ms)),
                                date_trunc('HOUR', timestamp_millis(GREATEST(from_ms, COALESCE(to_ms, from_ms) - 1))),
                                INTERVAL 1 HOUR)) h AS hour
  WHERE there > 0 OR begun > 0
  UNION ALL
  SELECT hour, CAST(0 AS BIGINT) AS ms, 0 AS many, 0 AS there, 0 AS running, 0 AS queued, 0 AS begun, CAST(0 AS BIGINT) AS wait_ms,
         CAST(cost AS DECIMAL(38, 18)) AS cost
  FROM warehouse_costs
  WHERE workspace_id = :workspace_id AND warehouse_id = :warehouse_id
)
SELECT hour, CAST(SUM(ms * many) AS DOUBLE) / 3600000D AS clusters,
       CAST(SUM(CASE WHEN many > 0 THEN ms ELSE 0 END) AS DOUBLE) / 3600000D AS running_hours,
       CAST(SUM(CASE WHEN there > 0 THEN ms ELSE 0 END) AS DOUBLE) / 3600000D AS busy_hours, MAX(running) AS running,
       MAX(queued) AS queued, CAST(SUM(wait_ms) AS DOUBLE) / 3600000D AS queued_hours, SUM(begun) AS statements, SUM(cost) AS cost
FROM parts
WHERE hour >= :start AND hour < :end
GROUP BY hour
ORDER BY hour
