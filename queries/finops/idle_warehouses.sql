-- question: >
--   How much would each SQL warehouse save if it stopped sooner, and after how many idle minutes is best?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, minutes: text}
-- grain: [workspace_id, warehouse_id, minutes]
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
--   known_cost: money  (of the days with evidence)
--   evidence_days: count
--   minutes: count  (the idle minutes weighed by this row)
--   warehouse_type: text
--   start_cost: money  (what waiting for the cold starts costs a month)
--   best: flag
-- things: {workspace: workspace, warehouse: warehouse, owner: [principal, owner]}
-- ttl: 12h
-- uses: [warehouse_idle_costs, warehouse_running, warehouses_latest, workspaces]
-- look_back: 0d
-- evidence: [system.billing.usage, system.query.history]
-- note: >
--   A replay of what happened, for each of :minutes (with commas between): every stretch in which the warehouse ran
--   and no statement did, from the end of the last statement to the next one or the stop, would have ended after so
--   many. As it is set now it ends after auto_stop_minutes in any case, also where it went on for longer before that
--   was set. cold_starts are the stretches that ended with a statement, which would have had to wait. saved_hours are
--   valued at the cost of this warehouse's idle hours; saving_low and saving_high are the 10 % and 90 % points of 30
--   days like those with evidence, which differ by sqrt(30 + 900 / days) of the spread of a day, and never more than
--   the warehouse cost in them, scaled to 30 days. Whether a start is billed before it answers (6 seconds serverless,
--   4 minutes else) we find nowhere: saving_low takes it to be. Only hours that query history covers, and no earlier
--   than the first event of the region: without statements and states nothing is known to be idle, and a warehouse
--   without evidence_days has no stretch.
--   Existing warehouses of this region that were billed; without a price the money is NULL, and what the cloud bills for
--   the machines of classic and pro warehouses is in none. Databricks allows 10 minutes to these, 5 (its API 1) to
--   serverless ones: what is shorter than 10 or 5 has no row. A cold start counts 0.05 where the
--   warehouse is serverless (6 seconds of somebody's hour at 30) and 2.00 where not (4 minutes). best is the row with
--   the largest saving (the middle of both points) less that; without a price the one that saves most hours.
WITH weighed AS (
  SELECT CAST(one AS BIGINT) AS minutes
  FROM (SELECT split(:minutes, ',') AS given) asked
  LATERAL VIEW explode(given) e AS one
), points AS (
  SELECT workspace_id, compute.warehouse_id AS warehouse_id, unix_millis(start_time) AS at_ms,
         unix_millis(end_time) AS until_ms, 'statement' AS what
  FROM system.query.history
  WHERE start_time >= date_sub(:start, 1) AND start_time < :end AND end_time >= start_time
    AND compute.warehouse_id IS NOT NULL
    AND in_workspaces(workspace_id)
  UNION ALL
  SELECT workspace_id, warehouse_id, at_ms, at_ms AS until_ms, what
  FROM (
    SELECT workspace_id, warehouse_id, what,
           CASE what WHEN 'started' THEN unix_millis(from_time) ELSE unix_millis(to_time) END AS at_ms
    FROM warehouse_running
    LATERAL VIEW explode(array('started', 'stopped')) e AS what
  ) ends
), known AS (
  SELECT i.workspace_id, i.warehouse_id, w.warehouse_type, i.running_hours, i.busy_hours, i.idle_cost, i.known_cost,
         i.evidence_days, i.since, i.until, unix_millis(i.history_from) AS from_ms, unix_millis(i.history_to) AS until_ms,
         CASE WHEN w.auto_stop_minutes > 0 THEN w.auto_stop_minutes * 60000 END AS waits_ms
  FROM warehouse_idle_costs i
  JOIN warehouses_latest w ON w.workspace_id = i.workspace_id AND w.warehouse_id = i.warehouse_id
  WHERE w.delete_time IS NULL
), idle AS (
  SELECT workspace_id, warehouse_id, next_what, idle_ms, next_ms
  FROM (
    SELECT workspace_id, warehouse_id,
           LAST_VALUE(CASE WHEN what <> 'statement' THEN what END) IGNORE NULLS OVER (
             PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms
             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS state,
           MAX(until_ms) OVER (PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS idle_ms,
           COALESCE(LEAD(at_ms) OVER (PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms),
                    unix_millis(CAST(:end AS TIMESTAMP))) AS next_ms,
           LEAD(what) OVER (PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms) AS next_what
    FROM points
  ) states
  WHERE state = 'started' AND next_ms > idle_ms
), stretches AS (
  SELECT k.*, m.minutes,
         CASE WHEN k.waits_ms < s.next_ms - s.idle_ms THEN 'stopped' ELSE s.next_what END AS next_what,
         LEAST(s.next_ms, k.until_ms, s.idle_ms + k.waits_ms) AS to_ms,
         CASE WHEN s.idle_ms IS NOT NULL THEN GREATEST(s.idle_ms + m.minutes * 60000, k.from_ms) END AS stop_ms
  FROM known k
  CROSS JOIN weighed m
  LEFT JOIN idle s ON s.workspace_id = k.workspace_id AND s.warehouse_id = k.warehouse_id
                  AND LEAST(s.next_ms - s.idle_ms, k.waits_ms) > m.minutes * 60000
  WHERE m.minutes >= CASE WHEN k.warehouse_type = 'SERVERLESS' THEN 5 ELSE 10 END
), daily AS (
  SELECT workspace_id, warehouse_id, warehouse_type, running_hours, busy_hours, idle_cost, known_cost, evidence_days,
         minutes, SUM(CASE WHEN day = to_date(timestamp_millis(stop_ms)) THEN 1 ELSE 0 END) AS stretches,
         SUM(CASE WHEN day = to_date(timestamp_millis(stop_ms)) AND next_what = 'statement' THEN 1 ELSE 0 END) AS starts,
         CASE WHEN day >= since AND day < until THEN
           try_divide(CAST(SUM(LEAST(to_ms, (CAST(unix_date(day) AS BIGINT) + 1) * 86400000)
                               - GREATEST(stop_ms, CAST(unix_date(day) AS BIGINT) * 86400000)) AS DOUBLE), 3600000)
           END AS hours
  FROM stretches
  LATERAL VIEW explode(CASE WHEN evidence_days IS NOT NULL AND to_ms > stop_ms THEN
    sequence(to_date(timestamp_millis(stop_ms)), to_date(timestamp_millis(to_ms)), INTERVAL 1 DAY)
    ELSE array(CAST(NULL AS DATE)) END) d AS day
  GROUP BY workspace_id, warehouse_id, warehouse_type, running_hours, busy_hours, idle_cost, known_cost, evidence_days,
           since, until, minutes, day
), saved AS (
  SELECT workspace_id, warehouse_id, warehouse_type, running_hours, busy_hours, idle_cost, known_cost, evidence_days,
         minutes, idle_stretches, cold_starts, hours, try_divide(30 * hours, evidence_days) AS monthly,
         1.2816D * sqrt((30 + try_divide(900D, evidence_days)) * try_divide(
           GREATEST(0D, squares - try_divide(hours * hours, evidence_days)), evidence_days - 1)) AS spread,
         try_divide(30 * cold_starts * CASE WHEN warehouse_type = 'SERVERLESS' THEN 6D ELSE 240D END,
                    3600 * evidence_days) AS starting,
         CASE WHEN idle_cost IS NOT NULL THEN COALESCE(try_divide(idle_cost, running_hours - busy_hours), 0D) END AS hourly,
         CASE WHEN known_cost IS NOT NULL THEN
           try_divide(30 * GREATEST(0D, CAST(known_cost AS DOUBLE)), evidence_days) END AS monthly_cost
  FROM (
    SELECT workspace_id, warehouse_id, warehouse_type, running_hours, busy_hours, idle_cost, known_cost, evidence_days,
           minutes, SUM(stretches) AS idle_stretches, SUM(starts) AS cold_starts, SUM(hours) AS hours,
           SUM(hours * hours) AS squares
    FROM daily
    GROUP BY workspace_id, warehouse_id, warehouse_type, running_hours, busy_hours, idle_cost, known_cost,
             evidence_days, minutes
  ) sums
), stops AS (
  SELECT workspace_id, warehouse_id, COUNT(*) AS stops
  FROM system.compute.warehouse_events
  WHERE event_type = 'STOPPED' AND event_time >= :start AND event_time < :end
  GROUP BY workspace_id, warehouse_id
), judged AS (
  SELECT k.workspace_id, known_name(s.workspace_name) AS workspace, k.warehouse_id,
         w.warehouse_name AS warehouse, w.created_by AS owner, COALESCE(w.auto_stop_minutes, 0) AS auto_stop_minutes,
         w.change_time AS changed_at, k.running_hours, k.busy_hours, COALESCE(e.stops, 0) AS stops, k.idle_stretches,
         k.cold_starts, CAST(CAST(k.idle_cost AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS idle_cost,
         COALESCE(k.hours, 0D) AS saved_hours,
         CAST(CAST(LEAST(k.monthly_cost, GREATEST(0D, COALESCE(k.monthly - k.spread - k.starting, 0D)) * k.hourly)
              AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS saving_low,
         CAST(CAST(LEAST(k.monthly_cost, COALESCE(k.monthly + COALESCE(k.spread, 0D), 0D) * k.hourly)
              AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS saving_high,
         k.known_cost, k.evidence_days, k.minutes, k.warehouse_type,
         CAST(CAST(try_divide(30 * k.cold_starts * CASE WHEN k.warehouse_type = 'SERVERLESS' THEN 0.05D ELSE 2D END,
                              k.evidence_days) AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS start_cost
  FROM saved k
  JOIN warehouses_latest w ON w.workspace_id = k.workspace_id AND w.warehouse_id = k.warehouse_id
  LEFT JOIN stops e ON e.workspace_id = k.workspace_id AND e.warehouse_id = k.warehouse_id
  LEFT JOIN workspaces s ON s.workspace_id = k.workspace_id
)
SELECT workspace_id, workspace, warehouse_id, warehouse, owner, auto_stop_minutes, changed_at, running_hours, busy_hours,
       stops, idle_stretches, cold_starts, idle_cost, saved_hours, saving_low, saving_high, known_cost, evidence_days,
       minutes, warehouse_type, start_cost,
       ROW_NUMBER() OVER (
         PARTITION BY workspace_id, warehouse_id
         ORDER BY saving_low + saving_high - 2 * start_cost DESC NULLS LAST, saved_hours DESC, minutes) = 1 AS best
FROM judged
ORDER BY saving_high DESC NULLS LAST, workspace_id, warehouse_id, minutes
