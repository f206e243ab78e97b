-- question: >
--   How do the declarative pipelines do, per day?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day, state]
-- columns:
--   day: date
--   state: code
--   updates: count
--   hours: hours
-- ttl: 5m
-- optional: [system.lakeflow.pipeline_update_timeline]
-- note: >
--   Updates by the UTC day they started, hourly slices merged and read to 30 days after :end; words are the
--   pipelines' own (COMPLETED, CANCELED), RUNNING without a terminal slice.
WITH merged AS (
  SELECT workspace_id, pipeline_id, update_id, MIN(period_start_time) AS started,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS result_state,
         SUM(unix_millis(period_end_time) - unix_millis(period_start_time)) AS ms
  FROM system.lakeflow.pipeline_update_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 30)
    AND in_workspaces(workspace_id)
  GROUP BY workspace_id, pipeline_id, update_id
  HAVING MIN(period_start_time) >= :start AND MIN(period_start_time) < :end
)
SELECT to_date(started) AS day, COALESCE(result_state, 'RUNNING') AS state, COUNT(*) AS updates,
       CAST(SUM(ms) AS DOUBLE) / 3600000D AS hours
FROM merged
GROUP BY to_date(started), COALESCE(result_state, 'RUNNING')
ORDER BY day, state
