-- question: Which people, dashboards and tools have statements that are slow, fail or queue?
-- params: {start: date, end: date, workspaces: text, person: text, limit: integer}
-- grain: [source_kind, workspace_id, source_id]
-- columns:
--   source_kind: code  Kind
--   workspace_id: text
--   source_id: text
--   source: text  Who or what
--   hours: hours  Hours in these
--   statements: count  Statements
--   slow: count  Slow  (over a minute of work)
--   failed: count  Failed
--   queued: count  Queued  (over 10 s)
--   slow_share: ratio  Slow of these
--   failed_share: ratio  Failed of these
--   longest: seconds  95 % within
--   people: count  People
-- things: {source: [=source_kind, workspace_id, source_id]}
-- ttl: 1h
-- optional: [system.query.history.query_source.pipeline_info]
-- note: >
--   Statements of people on SQL warehouses and serverless compute, each by its person, its dashboard and its tool: the three do not add up.
--   Slow: finished, not from the result cache, over a minute besides its waits. Hours are those of slow and failed ones and of the queue.
--   A rate stands beside its number; fewer than ten statements are not listed. With a :person no other single person is in it.
WITH sent AS (
  SELECT workspace_id, folded(executed_by) AS who, COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) AS dashboard_id,
         COALESCE(client_application, 'unknown client') AS tool, execution_status = 'FAILED' AS bad,
         COALESCE(waiting_at_capacity_duration_ms, 0) AS queue_ms, COALESCE(total_duration_ms, 0) AS took_ms,
         execution_status = 'FINISHED' AND COALESCE(from_result_cache, false) = false AS ran,
         GREATEST(0, COALESCE(total_duration_ms, 0) - COALESCE(waiting_at_capacity_duration_ms, 0)
           - COALESCE(waiting_for_compute_duration_ms, 0)) AS busy_ms
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND contains(folded(executed_by), '@')
    AND query_source.job_info.job_id IS NULL AND query_source.pipeline_info.pipeline_id IS NULL
    AND query_source.alert_id IS NULL AND in_workspaces(workspace_id)
), told AS (
  SELECT kind AS source_kind, CASE WHEN kind = 'dashboard' THEN workspace_id ELSE '' END AS workspace_id,
         CASE kind WHEN 'person' THEN who WHEN 'dashboard' THEN dashboard_id ELSE tool END AS source_id,
         who, bad, queue_ms, CASE WHEN ran THEN CAST(took_ms AS DOUBLE) / 1000D END AS took, busy_ms, ran, ran AND busy_ms > 60000 AS is_slow, queue_ms > 10000 AS is_queued
  FROM sent
  LATERAL VIEW explode(array('person', 'dashboard', 'tool')) k AS kind
  WHERE kind <> 'person' OR :person = '' OR who = folded(:person)
)
SELECT source_kind, workspace_id, source_id, source_id AS source,
       CAST(SUM(queue_ms + CASE WHEN is_slow OR bad THEN busy_ms ELSE 0 END) AS DOUBLE) / 3600000D AS hours, COUNT(*) AS statements,
       SUM(CASE WHEN is_slow THEN 1 ELSE 0 END) AS slow, SUM(CASE WHEN bad THEN 1 ELSE 0 END) AS failed,
       SUM(CASE WHEN is_queued THEN 1 ELSE 0 END) AS queued,
       try_divide(CAST(SUM(CASE WHEN is_slow THEN 1 ELSE 0 END) AS DOUBLE), SUM(CASE WHEN ran THEN 1 ELSE 0 END)) AS slow_share,
       try_divide(CAST(SUM(CASE WHEN bad THEN 1 ELSE 0 END) AS DOUBLE), COUNT(*)) AS failed_share,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY took) AS longest, COUNT(DISTINCT who) AS people
FROM told
WHERE source_id IS NOT NULL
GROUP BY source_kind, workspace_id, source_id
HAVING COUNT(*) >= 10 AND SUM(CASE WHEN is_slow OR bad OR is_queued THEN 1 ELSE 0 END) > 0
ORDER BY hours DESC, source_kind, workspace_id, source_id
LIMIT :limit
