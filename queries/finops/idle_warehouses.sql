-- question: >
--   How much would each SQL warehouse save if it stopped after :minutes idle minutes?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, minutes: integer}
-- grain: [workspace_id, warehouse_id]
-- columns:
--   workspace_id: text
--   workspace: text
--   warehouse_id: text
--   warehouse: text
--   owner: text
--   auto_stop_minutes: count  (0 means never)
--   changed_at: time
--   running_hours: hours
--   busy_hours: hours
--   stops: count
--   idle_stretches: count  (those longer than that)
--   cold_starts: count
--   idle_cost: money
--   saved_hours: hours
--   saving_low: money
--   saving_high: money
-- ttl: 12h
-- uses: [warehouse_idle_costs, warehouses_latest, workspaces]
-- look_back: 0d
-- note: >
--   A replay of what happened: every stretch in which the warehouse ran and no statement did, from the end of the last
--   statement to the next one or the stop, would have ended after :minutes. cold_starts are the stretches that ended
--   with a statement, which would have had to wait. saved_hours are valued at the cost of this warehouse's idle hours;
--   saving_low and saving_high are the 10 % and 90 % points of the saving in 30 days, from its spread over the days of
--   the window. Only hours that query history covers: without statements nothing is known to be idle. Existing
--   warehouses of this region that were billed.
WITH covered AS (
  SELECT MIN(unix_millis(start_time)) AS from_ms, MAX(unix_millis(end_time)) AS to_ms
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND compute.warehouse_id IS NOT NULL
), points AS (
  SELECT workspace_id, compute.warehouse_id AS warehouse_id, unix_millis(start_time) AS at_ms,
         unix_millis(end_time) AS until_ms, 'statement' AS what
  FROM system.query.history
  WHERE start_time >= date_sub(:start, 1) AND start_time < :end AND end_time >= start_time
    AND compute.warehouse_id IS NOT NULL
  UNION ALL
  SELECT workspace_id, warehouse_id, unix_millis(event_time) AS at_ms, unix_millis(event_time) AS until_ms,
         CASE WHEN event_type = 'RUNNING' THEN 'started' ELSE 'stopped' END AS what
  FROM system.compute.warehouse_events
  WHERE event_time >= date_sub(:start, 365) AND event_time < :end AND event_type IN ('RUNNING', 'STOPPING', 'STOPPED')
), stretches AS (
  SELECT p.workspace_id, p.warehouse_id, p.next_what,
         GREATEST(p.idle_ms, c.from_ms, unix_millis(CAST(:start AS TIMESTAMP))) AS from_ms,
         GREATEST(p.idle_ms + :minutes * 60000, c.from_ms, unix_millis(CAST(:start AS TIMESTAMP))) AS stop_ms,
         LEAST(p.next_ms, c.to_ms) AS to_ms
  FROM (
    SELECT workspace_id, warehouse_id, what,
           LAST_VALUE(CASE WHEN what <> 'statement' THEN what END) IGNORE NULLS OVER (
             PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms
             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS state,
           MAX(until_ms) OVER (PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS idle_ms,
           COALESCE(LEAD(at_ms) OVER (PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms),
                    unix_millis(CAST(:end AS TIMESTAMP))) AS next_ms,
           LEAD(what) OVER (PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms) AS next_what
    FROM points
  ) p
  CROSS JOIN covered c
  WHERE COALESCE(p.state, 'started') <> 'stopped'
), counted AS (
  SELECT workspace_id, warehouse_id, COUNT(*) AS idle_stretches,
         SUM(CASE WHEN next_what = 'statement' THEN 1 ELSE 0 END) AS cold_starts
  FROM stretches
  WHERE to_ms > stop_ms
  GROUP BY workspace_id, warehouse_id
), daily AS (
  SELECT workspace_id, warehouse_id, day,
         try_divide(CAST(SUM(LEAST(to_ms, (CAST(unix_date(day) AS BIGINT) + 1) * 86400000)
                             - GREATEST(stop_ms, CAST(unix_date(day) AS BIGINT) * 86400000)) AS DOUBLE), 3600000) AS hours
  FROM (
    SELECT workspace_id, warehouse_id, stop_ms, to_ms, day
    FROM (SELECT * FROM stretches WHERE to_ms > stop_ms) kept
    LATERAL VIEW explode(sequence(to_date(timestamp_millis(stop_ms)), to_date(timestamp_millis(to_ms)),
                                  INTERVAL 1 DAY)) d AS day
  ) parts
  GROUP BY workspace_id, warehouse_id, day
), saved AS (
  SELECT workspace_id, warehouse_id, SUM(hours) AS hours, try_divide(30 * SUM(hours), datediff(:end, :start)) AS monthly,
         1.2816D * 30 * sqrt(try_divide(
           GREATEST(0D, SUM(hours * hours) - try_divide(SUM(hours) * SUM(hours), datediff(:end, :start))),
           datediff(:end, :start) * (datediff(:end, :start) - 1))) AS spread
  FROM daily
  GROUP BY workspace_id, warehouse_id
), stops AS (
  SELECT workspace_id, warehouse_id, COUNT(*) AS stops
  FROM system.compute.warehouse_events
  WHERE event_type = 'STOPPED' AND event_time >= :start AND event_time < :end
  GROUP BY workspace_id, warehouse_id
), known AS (
  SELECT w.workspace_id, w.warehouse_id, w.warehouse_name, w.created_by, COALESCE(w.auto_stop_minutes, 0) AS auto_stop,
         w.change_time, i.running_hours, i.busy_hours, i.idle_cost,
         COALESCE(try_divide(i.idle_cost, i.running_hours - i.busy_hours), 0D) AS hourly
  FROM warehouse_idle_costs i
  JOIN warehouses_latest w ON w.workspace_id = i.workspace_id AND w.warehouse_id = i.warehouse_id
  WHERE w.delete_time IS NULL
)
SELECT k.workspace_id, COALESCE(s.workspace_name, 'other region or deleted') AS workspace, k.warehouse_id,
       k.warehouse_name AS warehouse, k.created_by AS owner, k.auto_stop AS auto_stop_minutes, k.change_time AS changed_at,
       k.running_hours, k.busy_hours, COALESCE(e.stops, 0) AS stops, COALESCE(c.idle_stretches, 0) AS idle_stretches,
       COALESCE(c.cold_starts, 0) AS cold_starts, CAST(k.idle_cost AS DECIMAL(18, 2)) AS idle_cost,
       COALESCE(v.hours, 0D) AS saved_hours,
       CAST(GREATEST(0D, COALESCE(v.monthly - v.spread, 0D)) * k.hourly AS DECIMAL(18, 2)) AS saving_low,
       CAST(COALESCE(v.monthly + COALESCE(v.spread, 0D), 0D) * k.hourly AS DECIMAL(18, 2)) AS saving_high
FROM known k
LEFT JOIN counted c ON c.workspace_id = k.workspace_id AND c.warehouse_id = k.warehouse_id
LEFT JOIN saved v ON v.workspace_id = k.workspace_id AND v.warehouse_id = k.warehouse_id
LEFT JOIN stops e ON e.workspace_id = k.workspace_id AND e.warehouse_id = k.warehouse_id
LEFT JOIN workspaces s ON s.workspace_id = k.workspace_id
ORDER BY saving_high DESC, workspace_id, warehouse_id
