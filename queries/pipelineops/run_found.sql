-- question: >
--   Which run is this, and when was it?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, run_id: text}
-- grain: [workspace_id, job_id, run_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   run_id: text
--   name: text
--   started: time
--   result_state: code
--   elapsed: seconds
-- things: {name: job}
-- ttl: 1h
-- uses: [jobs_latest]
-- note: >
--   Any run the timeline holds from :start to :end, by its id; started is its first slice, result_state NULL while it
--   runs. Ask it for all that the table keeps.
SELECT r.workspace_id, r.job_id, r.run_id, known_name(j.name, r.run_name) AS name, r.started,
       r.result_state, r.elapsed
FROM (
  SELECT workspace_id, job_id, run_id, MAX(run_name) AS run_name, MIN(period_start_time) AS started,
         CASE WHEN MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) = MAX(period_end_time)
              THEN max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) END AS result_state,
         CAST(MAX(unix_millis(period_end_time)) - MIN(unix_millis(period_start_time)) AS DOUBLE) / 1000D AS elapsed
  FROM system.lakeflow.job_run_timeline
  WHERE period_start_time >= :start AND period_start_time < :end
    AND workspace_id = :workspace_id AND run_id = :run_id
    AND in_workspaces(workspace_id)
  GROUP BY workspace_id, job_id, run_id
) r
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
ORDER BY r.job_id
