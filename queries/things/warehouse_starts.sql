-- question: Who starts this SQL warehouse?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, warehouse_id: text, limit: integer}
-- grain: [source_kind, source_id, who]
-- columns:
--   source_kind: code  Kind
--   workspace_id: text
--   source_id: text
--   source: text  Started by
--   who: text  Runs as
--   starts: count  Starts
--   part: share  Of all starts
--   last_start: time  Last start
-- things: {source: [=source_kind, workspace_id, source_id], who: [principal, who]}
-- ttl: 30m
-- uses: [runner_names]
-- optional: [system.query.history.query_source.pipeline_info]
-- note: >
--   A start is an event STARTING of warehouse_events. It is of the first statement that waited for the warehouse and was sent in
--   the two minutes before it or the one after: of its job, pipeline, dashboard or alert, else of the person who sent it. 'nobody known' is a
--   start that no such statement explains: somebody's button, an API, or a statement that is not recorded (yet).
WITH started AS (
  SELECT workspace_id, event_time
  FROM system.compute.warehouse_events
  WHERE event_time >= :start AND event_time < :end AND workspace_id = :workspace_id AND warehouse_id = :warehouse_id
    AND event_type = 'STARTING' AND in_workspaces(workspace_id)
  GROUP BY workspace_id, event_time
), waited AS (
  SELECT start_time, NULLIF(folded(executed_by), '') AS who,
         CASE WHEN query_source.job_info.job_id IS NOT NULL THEN 'job'
              WHEN query_source.pipeline_info.pipeline_id IS NOT NULL THEN 'pipeline'
              WHEN COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) IS NOT NULL THEN 'dashboard'
              WHEN query_source.alert_id IS NOT NULL THEN 'alert'
              ELSE 'person' END AS source_kind,
         COALESCE(query_source.job_info.job_id, query_source.pipeline_info.pipeline_id, query_source.dashboard_id,
                  query_source.legacy_dashboard_id, query_source.alert_id, folded(executed_by)) AS source_id
  FROM system.query.history
  WHERE start_time >= date_sub(:start, 1) AND start_time < date_add(:end, 1) AND workspace_id = :workspace_id
    AND compute.warehouse_id = :warehouse_id AND waiting_for_compute_duration_ms > 0
), caused AS (
  SELECT s.workspace_id, s.event_time,
         MIN(struct(w.start_time, w.source_kind, w.source_id, COALESCE(w.who, '') AS who)) AS first_one
  FROM started s
  LEFT JOIN waited w ON w.start_time >= s.event_time - INTERVAL 2 MINUTES AND w.start_time <= s.event_time + INTERVAL 1 MINUTE
  GROUP BY s.workspace_id, s.event_time
)
SELECT COALESCE(c.first_one.source_kind, 'nobody known') AS source_kind, c.workspace_id, c.first_one.source_id AS source_id,
       COALESCE(MAX(n.runner_name), c.first_one.source_id) AS source, NULLIF(c.first_one.who, '') AS who, COUNT(*) AS starts,
       try_divide(CAST(COUNT(*) AS DOUBLE), SUM(COUNT(*)) OVER ()) AS part, MAX(c.event_time) AS last_start
FROM caused c
LEFT JOIN runner_names n
  ON n.workspace_id = c.workspace_id AND n.runner_kind = c.first_one.source_kind AND n.runner_id = c.first_one.source_id
GROUP BY c.first_one.source_kind, c.workspace_id, c.first_one.source_id, c.first_one.who
ORDER BY starts DESC, source_kind, source_id, who
LIMIT :limit
