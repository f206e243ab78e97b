-- optional: [system.query.history.query_source.pipeline_info]
-- note: >
--   How long people waited for statements on SQL warehouses (of the chosen workspaces) that began between :start and :end, in
--   milliseconds, one row per statement and cause: starting (compute comes up), queued (the warehouse is full), compiled,
--   fetched (after the end). Each moment of a person counts once, however many statements they wait for at a time, for
--   the one they waited for first: the tiles of a dashboard are one person who waits. Jobs, pipelines, alerts and services
--   are no people; a statement of nobody known is left out.
SELECT workspace_id, warehouse_id, statement_id, person, cause, timestamp_millis(from_ms) AS begins,
       GREATEST(0, to_ms - GREATEST(from_ms, COALESCE(reached, from_ms))) AS lost_ms
FROM (
  SELECT *, MAX(to_ms) OVER (PARTITION BY person ORDER BY from_ms, to_ms, statement_id, cause
                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM (
    SELECT workspace_id, warehouse_id, statement_id, person,
           CASE part WHEN 1 THEN 'starting' WHEN 2 THEN 'queued' WHEN 3 THEN 'compiled' ELSE 'fetched' END AS cause,
           CASE part WHEN 1 THEN start_ms WHEN 2 THEN start_ms + starting WHEN 3 THEN start_ms + starting + queued
                ELSE end_ms END AS from_ms,
           CASE part WHEN 1 THEN start_ms + starting WHEN 2 THEN start_ms + starting + queued
                WHEN 3 THEN start_ms + starting + queued + compiled ELSE end_ms + fetched END AS to_ms
    FROM (
      SELECT workspace_id, compute.warehouse_id AS warehouse_id, statement_id, folded(executed_by) AS person,
             unix_millis(start_time) AS start_ms, unix_millis(COALESCE(end_time, start_time)) AS end_ms,
             COALESCE(waiting_for_compute_duration_ms, 0) AS starting,
             COALESCE(waiting_at_capacity_duration_ms, 0) AS queued,
             COALESCE(compilation_duration_ms, 0) AS compiled, COALESCE(result_fetch_duration_ms, 0) AS fetched
      FROM system.query.history
      WHERE start_time >= :start AND start_time < :end AND compute.warehouse_id IS NOT NULL
        AND contains(folded(executed_by), '@') AND query_source.job_info.job_id IS NULL
        AND query_source.pipeline_info.pipeline_id IS NULL AND query_source.alert_id IS NULL
        AND in_workspaces(workspace_id)
    ) statements
    LATERAL VIEW explode(sequence(1, 4)) p AS part
  ) parts
  WHERE to_ms > from_ms
) waits
