-- question: How often does each SQL warehouse start, who starts it, and what does it cost until it stops again?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, warehouse_id, source_kind, source_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   warehouse_id: text
--   warehouse: text  Warehouse
--   warehouse_type: code  Type
--   auto_stop_minutes: count  Auto-stop (min)
--   owner: text  Owner
--   evidence_days: count  Days known
--   cost_a_day: money  Cost a day
--   source_kind: code  Kind
--   source_id: text
--   source: text  Started by
--   who: text  Runs as
--   people: count  People
--   minutes: text  At minute
--   starts_a_day: number  Starts a day
--   work_a_day: seconds  Work a day
--   tail: seconds  Tail a start
--   tail_a_day: money  Tail a day
--   common_minute: count
--   fewer_a_day: number
-- things: {workspace: workspace, warehouse: warehouse, owner: [principal, owner], source: [=source_kind, workspace_id, source_id], who: [principal, who]}
-- ttl: 1h
-- uses: [warehouse_idle_costs, warehouse_running, warehouses_latest, runner_names, workspaces]
-- optional: [system.query.history.query_source.pipeline_info]
-- look_back: 0d
-- evidence: [system.billing.usage, system.query.history]
-- note: >
--   One row per existing warehouse that was billed and whoever started it; one of no kind where it was never started. A start is a change from off to on within the
--   evidence of finops.idle_warehouses; a warehouse that was on before has none. It is of the first statement that waited for the warehouse, sent in the ten minutes
--   before it was on or the one after: of its job, pipeline, dashboard or alert, which are rows of their own, else of
--   people (all together), and 'nobody known' where none waited. Work is the time until the stop in which a statement ran, each moment
--   once; tail is from the end of the last one to the stop, and belongs to who started it: without that start there were none of it. A
--   tail of which the end is not known is in no mean. Money of a tail is its time at the cost of this warehouse's idle hours.
--   minutes are those of the hour at which a schedule (alert, job, pipeline) starts it most, common_minute the most of all;
--   fewer_a_day are the starts that would go if all schedules that start it within an hour came at one minute of it.
WITH points AS (
  SELECT workspace_id, compute.warehouse_id AS warehouse_id, unix_millis(start_time) AS at_ms, unix_millis(end_time) AS until_ms,
         'statement' AS what, CAST(NULL AS TIMESTAMP) AS events_from,
         CASE WHEN waiting_for_compute_duration_ms > 0 THEN
           CASE WHEN query_source.job_info.job_id IS NOT NULL THEN 'job'
                WHEN query_source.pipeline_info.pipeline_id IS NOT NULL THEN 'pipeline'
                WHEN COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) IS NOT NULL THEN 'dashboard'
                WHEN query_source.alert_id IS NOT NULL THEN 'alert' ELSE 'person' END END AS source_kind,
         COALESCE(query_source.job_info.job_id, query_source.pipeline_info.pipeline_id, query_source.dashboard_id,
                  query_source.legacy_dashboard_id, query_source.alert_id, '') AS source_id,
         folded(executed_by) AS who
  FROM system.query.history
  WHERE start_time >= date_sub(:start, 1) AND start_time < :end AND end_time >= start_time
    AND compute.warehouse_id IS NOT NULL AND in_workspaces(workspace_id)
  UNION ALL
  SELECT workspace_id, warehouse_id, at_ms, at_ms AS until_ms, what, events_from, CAST(NULL AS STRING) AS source_kind,
         CAST(NULL AS STRING) AS source_id, CAST(NULL AS STRING) AS who
  FROM (
    SELECT workspace_id, warehouse_id, what, events_from,
           CASE what WHEN 'started' THEN unix_millis(from_time) ELSE unix_millis(to_time) END AS at_ms
    FROM warehouse_running
    LATERAL VIEW explode(array('started', 'stopped')) e AS what
  ) ends
), placed AS (
  SELECT *, COUNT(CASE WHEN what = 'stopped' THEN 1 END) OVER (
           PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS stretch,
         GREATEST(0, until_ms - GREATEST(at_ms, COALESCE(MAX(until_ms) OVER (
           PARTITION BY workspace_id, warehouse_id ORDER BY at_ms, what, until_ms
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), at_ms))) AS new_ms
  FROM points
), timed AS (
  SELECT *, MIN(CASE WHEN what = 'started' THEN at_ms END) OVER (
           PARTITION BY workspace_id, warehouse_id, stretch) AS started_ms
  FROM placed
), stretches AS (
  SELECT workspace_id, warehouse_id, started_ms, MAX(CASE WHEN what = 'stopped' THEN at_ms END) AS stopped_ms,
         MAX(CASE WHEN what = 'statement' THEN until_ms END) AS last_ms, SUM(new_ms) AS work_ms,
         MAX(unix_millis(events_from)) AS events_ms,
         MIN(CASE WHEN source_kind IS NOT NULL AND at_ms BETWEEN started_ms - 600000 AND started_ms + 60000
                  THEN struct(at_ms, source_kind, source_id, COALESCE(who, '') AS who) END) AS first_one
  FROM timed
  WHERE started_ms IS NOT NULL
  GROUP BY workspace_id, warehouse_id, stretch, started_ms
), known AS (
  SELECT i.workspace_id, i.warehouse_id, w.warehouse_name, w.warehouse_type, COALESCE(w.auto_stop_minutes, 0) AS auto_stop_minutes,
         w.created_by, i.evidence_days, try_divide(CAST(i.known_cost AS DOUBLE), i.evidence_days) AS cost_a_day,
         CASE WHEN i.idle_cost IS NOT NULL THEN COALESCE(try_divide(i.idle_cost, i.running_hours - i.busy_hours), 0D) END AS hourly,
         unix_millis(i.history_from) AS from_ms, unix_millis(i.history_to) AS until_ms
  FROM warehouse_idle_costs i
  JOIN warehouses_latest w ON w.workspace_id = i.workspace_id AND w.warehouse_id = i.warehouse_id
  WHERE w.delete_time IS NULL
), starts AS (
  SELECT k.*, CASE WHEN s.started_ms IS NOT NULL THEN COALESCE(s.first_one.source_kind, 'nobody known') END AS source_kind,
         NULLIF(s.first_one.source_id, '') AS source_id, NULLIF(s.first_one.who, '') AS who, s.work_ms,
         s.first_one.source_kind IN ('alert', 'job', 'pipeline') AS is_scheduled,
         date_trunc('HOUR', timestamp_millis(s.first_one.at_ms)) AS hour, minute(timestamp_millis(s.first_one.at_ms)) AS at_minute,
         CASE WHEN s.stopped_ms <= k.until_ms THEN
           GREATEST(0, s.stopped_ms - GREATEST(s.started_ms, COALESCE(s.last_ms, s.started_ms))) END AS tail_ms
  FROM known k
  LEFT JOIN stretches s ON s.workspace_id = k.workspace_id AND s.warehouse_id = k.warehouse_id
                       AND s.started_ms > s.events_ms AND s.started_ms >= k.from_ms AND s.started_ms < k.until_ms
), counted AS (
  SELECT *, COUNT(*) OVER (PARTITION BY workspace_id, warehouse_id, source_kind, source_id, at_minute) AS at_this_minute,
         CASE WHEN is_scheduled THEN
           COUNT(*) OVER (PARTITION BY workspace_id, warehouse_id, is_scheduled, at_minute) END AS by_any_at_this_minute,
         COUNT(*) OVER (PARTITION BY workspace_id, warehouse_id, is_scheduled, hour) AS in_hour,
         COUNT(*) OVER (PARTITION BY workspace_id, warehouse_id, source_kind, source_id, hour) AS of_it_in_hour
  FROM starts
), slots AS (
  SELECT *, CASE WHEN is_scheduled THEN
           1D - try_divide(CAST(MAX(of_it_in_hour) OVER (PARTITION BY workspace_id, warehouse_id, is_scheduled, hour) AS DOUBLE), in_hour)
           ELSE 0D END AS fewer
  FROM counted
), starters AS (
  SELECT workspace_id, warehouse_id, warehouse_name, warehouse_type, auto_stop_minutes, created_by, evidence_days, cost_a_day, hourly,
         source_kind, source_id, CASE WHEN source_kind <> 'person' THEN MAX(who) END AS who,
         CASE WHEN source_kind = 'person' THEN COUNT(DISTINCT who) END AS people, COUNT(source_kind) AS starts,
         SUM(work_ms) AS work_ms, SUM(tail_ms) AS tail_ms, COUNT(tail_ms) AS tails,
         array_join(transform(slice(sort_array(collect_set(CASE WHEN is_scheduled THEN struct(-at_this_minute AS rarely, at_minute) END)), 1, 4),
                              m -> concat(':', lpad(CAST(m.at_minute AS STRING), 2, '0'))), ' ') AS minutes,
         MAX(MAX(CASE WHEN is_scheduled THEN struct(by_any_at_this_minute AS times, -at_minute AS before) END)) OVER (
           PARTITION BY workspace_id, warehouse_id).before AS before,
         SUM(SUM(fewer)) OVER (PARTITION BY workspace_id, warehouse_id) AS fewer
  FROM slots
  GROUP BY workspace_id, warehouse_id, warehouse_name, warehouse_type, auto_stop_minutes, created_by, evidence_days, cost_a_day,
           hourly, source_kind, source_id
)
SELECT s.workspace_id, known_name(p.workspace_name) AS workspace, s.warehouse_id, known_name(s.warehouse_name) AS warehouse,
       s.warehouse_type, s.auto_stop_minutes, s.created_by AS owner, s.evidence_days,
       CAST(CAST(s.cost_a_day AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS cost_a_day, s.source_kind, s.source_id,
       COALESCE(n.runner_name, s.source_id) AS source, s.who, s.people, NULLIF(s.minutes, '') AS minutes,
       try_divide(CAST(s.starts AS DOUBLE), s.evidence_days) AS starts_a_day,
       try_divide(CAST(s.work_ms AS DOUBLE) / 1000D, s.evidence_days) AS work_a_day,
       try_divide(CAST(s.tail_ms AS DOUBLE) / 1000D, s.tails) AS tail,
       CAST(CAST(try_divide(CAST(COALESCE(s.tail_ms, CASE WHEN s.starts = 0 THEN 0 END) AS DOUBLE) / 3600000D * s.hourly, s.evidence_days) AS DECIMAL(28, 6))
            AS DECIMAL(18, 2)) AS tail_a_day,
       -s.before AS common_minute, try_divide(s.fewer, s.evidence_days) AS fewer_a_day
FROM starters s
LEFT JOIN runner_names n ON n.workspace_id = s.workspace_id AND n.runner_kind = s.source_kind AND n.runner_id = s.source_id
LEFT JOIN workspaces p ON p.workspace_id = s.workspace_id
ORDER BY tail_a_day DESC NULLS LAST, s.workspace_id, s.warehouse_id, s.source_kind, s.source_id
