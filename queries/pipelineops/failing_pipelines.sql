-- question: Which declarative pipelines have been failing for more than a day, or never completed?
-- params: {start: date, end: date, workspaces: text, now: time}
-- grain: [workspace_id, pipeline_id]
-- columns:
--   workspace_id: text
--   pipeline_id: text
--   name: text  Pipeline
--   owner: text  Owner
--   failures: count  Failed updates
--   failing_since: time  Since
--   last_success: time  Last completed
--   days: number
-- things: {name: pipeline, owner: [principal, owner]}
-- ttl: 5m
-- uses: [pipelines_latest]
-- optional: [system.lakeflow.pipeline_update_timeline]
-- note: >
--   Updates by their last word, hourly slices merged. failing_since is the start of the first failure after the last update
--   that completed in the window (of the first failure, if none did); days are from then to :now, more than one. A cancelled
--   update says nothing. Deleted pipelines are left out. Ask it with an :end after :now.
WITH merged AS (
  SELECT workspace_id, pipeline_id, update_id, MIN(period_start_time) AS started,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS result_state
  FROM system.lakeflow.pipeline_update_timeline
  WHERE period_start_time >= :start AND period_start_time < :end AND in_workspaces(workspace_id)
  GROUP BY workspace_id, pipeline_id, update_id
), tried AS (
  SELECT workspace_id, pipeline_id, started, result_state,
         MAX(CASE WHEN result_state = 'COMPLETED' THEN started END) OVER (PARTITION BY workspace_id, pipeline_id)
           AS last_success
  FROM merged
), failures AS (
  SELECT workspace_id, pipeline_id, COUNT(*) AS failures, MIN(started) AS failing_since, MAX(last_success) AS last_success
  FROM tried
  WHERE result_state = 'FAILED' AND (last_success IS NULL OR started > last_success)
  GROUP BY workspace_id, pipeline_id
)
SELECT f.workspace_id, f.pipeline_id, known_name(p.name) AS name, COALESCE(p.run_as, p.created_by) AS owner, f.failures,
       f.failing_since, f.last_success,
       CAST(unix_seconds(:now) - unix_seconds(f.failing_since) AS DOUBLE) / 86400D AS days
FROM failures f
LEFT JOIN pipelines_latest p ON p.workspace_id = f.workspace_id AND p.pipeline_id = f.pipeline_id
WHERE p.delete_time IS NULL AND unix_seconds(:now) - unix_seconds(f.failing_since) > 86400
ORDER BY days DESC, f.workspace_id, f.pipeline_id
