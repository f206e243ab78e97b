-- question: Which statements does this SQL warehouse work most for, and who sends them?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, warehouse_id: text, texts: text, limit: integer}
-- grain: [fingerprint]
-- columns:
--   fingerprint: text
--   statement: text  Statement  (without its literals; NULL where the text is not asked for, or not recorded)
--   statement_type: code  Does
--   work: hours  Task time
--   part: share  Of all
--   statements: count  Statements
--   people: count  People and services
--   waited: seconds  Waited
--   failed: count  Failed
--   who: text  Most by
--   workspace_id: text
--   source_kind: code
--   source_id: text
--   source: text  Mostly from  (the job, pipeline or dashboard, NULL where somebody sent it alone)
--   last_sent: time  Last sent
-- things: {who: [principal, who], source: [=source_kind, workspace_id, source_id]}
-- ttl: 30m
-- uses: [runner_names]
-- optional: [system.query.history.query_source.pipeline_info]
-- note: >
--   Statements that began between :start and :end, those of one form together: text without comments, in which literals and
--   lists of them are one sign, blanks and capitals do not count. What has no text (a key of the customer's own hides it) is
--   told by its type. work is the time of all tasks, which several machines spend at once; who and source are those that most
--   of it was for. waited is in the queue and for the start. An empty :texts means that no text leaves the warehouse.
WITH sent AS (
  SELECT workspace_id, statement_type, folded(executed_by) AS who, start_time, execution_status,
         COALESCE(total_task_duration_ms, 0) AS task_ms,
         COALESCE(waiting_at_capacity_duration_ms, 0) + COALESCE(waiting_for_compute_duration_ms, 0) AS wait_ms,
         CASE WHEN query_source.job_info.job_id IS NOT NULL THEN 'job'
              WHEN query_source.pipeline_info.pipeline_id IS NOT NULL THEN 'pipeline'
              WHEN COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) IS NOT NULL THEN 'dashboard' END AS source_kind,
         COALESCE(query_source.job_info.job_id, query_source.pipeline_info.pipeline_id, query_source.dashboard_id,
                  query_source.legacy_dashboard_id) AS source_id,
         NULLIF(shape_of(left(statement_text, 10000)), '') AS shape
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND workspace_id = :workspace_id
    AND compute.warehouse_id = :warehouse_id AND in_workspaces(workspace_id)
), formed AS (
  SELECT *, COALESCE(md5(shape), concat('type ', COALESCE(statement_type, 'unknown'))) AS fingerprint
  FROM sent
), by_user AS (
  SELECT fingerprint, workspace_id, who, source_kind, source_id, MAX(shape) AS shape, MAX(statement_type) AS statement_type,
         COUNT(*) AS statements, SUM(task_ms) AS task_ms, SUM(wait_ms) AS wait_ms, MAX(start_time) AS last_sent,
         SUM(CASE WHEN execution_status = 'FAILED' THEN 1 ELSE 0 END) AS failed
  FROM formed
  GROUP BY fingerprint, workspace_id, who, source_kind, source_id
), by_form AS (
  SELECT fingerprint, workspace_id, MAX(shape) AS shape, MAX(statement_type) AS statement_type, SUM(task_ms) AS task_ms,
         SUM(SUM(task_ms)) OVER () AS all_ms, SUM(statements) AS statements, COUNT(DISTINCT who) AS people,
         SUM(wait_ms) AS wait_ms, SUM(failed) AS failed,
         max(struct(task_ms, statements, COALESCE(who, '') AS who, COALESCE(source_kind, '') AS source_kind,
                    COALESCE(source_id, '') AS source_id)) AS most,
         MAX(last_sent) AS last_sent
  FROM by_user
  GROUP BY fingerprint, workspace_id
)
SELECT f.fingerprint, CASE WHEN :texts <> '' THEN left(f.shape, 400) END AS statement, f.statement_type,
       CAST(f.task_ms AS DOUBLE) / 3600000D AS work, try_divide(CAST(f.task_ms AS DOUBLE), f.all_ms) AS part, f.statements,
       f.people, CAST(f.wait_ms AS DOUBLE) / 1000D AS waited, f.failed, NULLIF(f.most.who, '') AS who, f.workspace_id,
       NULLIF(f.most.source_kind, '') AS source_kind, NULLIF(f.most.source_id, '') AS source_id,
       COALESCE(n.runner_name, NULLIF(f.most.source_id, '')) AS source, f.last_sent
FROM by_form f
LEFT JOIN runner_names n
  ON n.workspace_id = f.workspace_id AND n.runner_kind = f.most.source_kind AND n.runner_id = f.most.source_id
ORDER BY f.task_ms DESC, f.statements DESC, f.fingerprint
LIMIT :limit
