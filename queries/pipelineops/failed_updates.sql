-- question: >
--   Which updates of declarative pipelines failed in the last hours?
-- params: {start: date, end: date, workspaces: text, now: time, hours: integer, limit: integer}
-- grain: [workspace_id, pipeline_id, update_id]
-- columns:
--   workspace_id: text
--   pipeline_id: text
--   update_id: text
--   name: text
--   started: time
--   ended: time
-- things: {name: pipeline}
-- ttl: 5m
-- uses: [pipelines_latest]
-- optional: [system.lakeflow.pipeline_update_timeline]
-- note: >
--   Updates that were going in the window, ended in the :hours hours before :now and failed by their last word, the newest
--   first; hourly slices merged. Ask it for a few days more than :hours, up to an :end after :now.
WITH merged AS (
  SELECT workspace_id, pipeline_id, update_id, MIN(period_start_time) AS started, MAX(period_end_time) AS ended,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS result_state
  FROM system.lakeflow.pipeline_update_timeline
  WHERE period_start_time >= :start AND period_start_time < :end AND in_workspaces(workspace_id)
  GROUP BY workspace_id, pipeline_id, update_id
)
SELECT m.workspace_id, m.pipeline_id, m.update_id, known_name(p.name) AS name, m.started, m.ended
FROM merged m
LEFT JOIN pipelines_latest p ON p.workspace_id = m.workspace_id AND p.pipeline_id = m.pipeline_id
WHERE m.result_state = 'FAILED'
  AND unix_seconds(m.ended) > unix_seconds(:now) - 3600 * :hours AND unix_seconds(m.ended) <= unix_seconds(:now)
ORDER BY m.ended DESC, m.workspace_id, m.pipeline_id, m.update_id
LIMIT :limit
