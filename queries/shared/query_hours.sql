-- optional: [system.query.history.query_source.pipeline_info, system.query.history.query_source.genie_space_id]
-- note: >
--   The part of each statement of a SQL warehouse (of the chosen workspaces) that falls into each clock hour. Work is task + result fetch +
--   compilation time in milliseconds, spread over the hours by overlap; statements without work (metadata) are left
--   out. `started` is 1 in the hour the statement began. Statements that ran over a day are seen from :start on only
--   if they began on the day before it. A statement that waits for its warehouse to start does not run yet.
SELECT workspace_id, warehouse_id, hour, executed_by, source, statement_type, started, from_ms, to_ms,
       CASE WHEN end_ms > start_ms THEN work_ms * try_divide(CAST(to_ms - from_ms AS DOUBLE), end_ms - start_ms)
            ELSE CAST(work_ms AS DOUBLE) END AS work_ms
FROM (
  SELECT workspace_id, warehouse_id, hour, executed_by, source, statement_type, work_ms, start_ms, end_ms,
         CASE WHEN start_ms >= unix_millis(hour) THEN 1 ELSE 0 END AS started,
         GREATEST(start_ms, unix_millis(hour)) AS from_ms, LEAST(end_ms, unix_millis(hour) + 3600000) AS to_ms
  FROM (
    SELECT workspace_id, compute.warehouse_id AS warehouse_id, folded(executed_by) AS executed_by, statement_type,
           start_time, end_time,
           LEAST(unix_millis(end_time), unix_millis(start_time) + COALESCE(waiting_for_compute_duration_ms, 0)) AS start_ms,
           unix_millis(end_time) AS end_ms,
           COALESCE(total_task_duration_ms, 0) + COALESCE(result_fetch_duration_ms, 0)
             + COALESCE(compilation_duration_ms, 0) AS work_ms,
           CASE WHEN query_source.job_info.job_id IS NOT NULL THEN 'job'
                WHEN query_source.pipeline_info.pipeline_id IS NOT NULL THEN 'pipeline'
                WHEN query_source.genie_space_id IS NOT NULL THEN 'genie'
                WHEN query_source.alert_id IS NOT NULL THEN 'alert'
                WHEN COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) IS NOT NULL THEN 'dashboard'
                WHEN query_source.notebook_id IS NOT NULL THEN 'notebook'
                WHEN query_source.sql_query_id IS NOT NULL THEN 'saved query'
                ELSE COALESCE(client_application, 'unknown client') END AS source
    FROM system.query.history
    WHERE start_time >= date_sub(:start, 1) AND start_time < :end AND end_time >= start_time
      AND compute.warehouse_id IS NOT NULL
      AND in_workspaces(workspace_id)
  ) statements
  LATERAL VIEW explode(sequence(date_trunc('HOUR', timestamp_millis(start_ms)), date_trunc('HOUR', end_time),
                                INTERVAL 1 HOUR)) h AS hour
  WHERE work_ms > 0
) pieces
WHERE hour >= :start AND hour < :end AND (to_ms > from_ms OR end_ms = start_ms)
