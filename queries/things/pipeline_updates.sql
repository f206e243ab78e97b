-- question: Which updates did this pipeline run, how did they end, and how long did they take?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, pipeline_id: text, limit: integer}
-- grain: [run_id]
-- columns:
--   run_id: text  (of the update)
--   started: time
--   result_state: code
--   elapsed: seconds
-- ttl: 5m
-- optional: [system.lakeflow.pipeline_update_timeline]
-- note: >
--   Finished updates that began between :start and :end, newest first, hourly slices merged and read to 30 days after :end. elapsed
--   is from the first start to the last end. States are said as those of runs: COMPLETED is SUCCEEDED, CANCELED is CANCELLED.
WITH merged AS (
  SELECT update_id, MIN(period_start_time) AS started, MAX(period_end_time) AS ended,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS result_state
  FROM system.lakeflow.pipeline_update_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 30)
    AND workspace_id = :workspace_id AND pipeline_id = :pipeline_id AND in_workspaces(workspace_id)
  GROUP BY update_id
  HAVING MIN(period_start_time) >= :start AND MIN(period_start_time) < :end
)
SELECT update_id AS run_id, started,
       CASE result_state WHEN 'COMPLETED' THEN 'SUCCEEDED' WHEN 'CANCELED' THEN 'CANCELLED' ELSE result_state END AS result_state,
       CAST(unix_millis(ended) - unix_millis(started) AS DOUBLE) / 1000D AS elapsed
FROM merged
WHERE result_state IS NOT NULL
ORDER BY started DESC, run_id
LIMIT :limit
