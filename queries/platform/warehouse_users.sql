-- question: >
--   Which jobs, dashboards and people run statements on a SQL warehouse?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, warehouse_id: text, limit: integer}
-- grain: [warehouse_id, consumer_kind, consumer_id]
-- columns:
--   warehouse_id: text
--   consumer_kind: text  (job, pipeline, dashboard or person)
--   consumer_id: text
--   consumer: text
--   owner: text
--   statements: count
--   last_used: time
-- things: {owner: [principal, owner]}
-- ttl: 1h
-- uses: [runner_names]
-- optional: [system.query.history.query_source.pipeline_info]
-- note: >
--   Statements that began between :start and :end, by what sent them: a job, a pipeline, a dashboard, else the person
--   who ran them. An empty warehouse_id means any of the workspace. owner is who ran the newest one.
WITH sent AS (
  SELECT workspace_id, compute.warehouse_id AS warehouse_id, folded(executed_by) AS executed_by, start_time,
         CASE WHEN query_source.job_info.job_id IS NOT NULL THEN 'job'
              WHEN query_source.pipeline_info.pipeline_id IS NOT NULL THEN 'pipeline'
              WHEN COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) IS NOT NULL THEN 'dashboard'
              ELSE 'person' END AS consumer_kind,
         COALESCE(query_source.job_info.job_id, query_source.pipeline_info.pipeline_id, query_source.dashboard_id,
                  query_source.legacy_dashboard_id, folded(executed_by)) AS consumer_id
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND workspace_id = :workspace_id
    AND compute.warehouse_id IS NOT NULL AND (:warehouse_id = '' OR compute.warehouse_id = :warehouse_id)
    AND in_workspaces(workspace_id)
)
SELECT s.warehouse_id, s.consumer_kind, s.consumer_id, COALESCE(MAX(n.runner_name), s.consumer_id) AS consumer,
       NULLIF(max(struct(s.start_time, COALESCE(s.executed_by, '') AS executed_by)).executed_by, '') AS owner, COUNT(*) AS statements, MAX(s.start_time) AS last_used
FROM sent s
LEFT JOIN runner_names n
  ON n.workspace_id = s.workspace_id AND n.runner_kind = s.consumer_kind AND n.runner_id = s.consumer_id
GROUP BY s.warehouse_id, s.consumer_kind, s.consumer_id
ORDER BY statements DESC, warehouse_id, consumer_kind, consumer_id
LIMIT :limit
