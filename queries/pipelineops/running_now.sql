-- question: >
--   What is still running, and is it later than usual?
-- params: {start: date, end: date, workspaces: text, now: time}
-- grain: [workspace_id, job_id, run_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text
--   run_id: text
--   started: time
--   elapsed: seconds
--   usual: seconds
--   ratio: number
-- ttl: 5m
-- uses: [job_runs, jobs_latest]
-- note: >
--   Runs without a terminal slice that started in the two days before :now; elapsed is as far as the table has followed
--   the run, usual the 95th percentile of the job in the window. The table lags, so a run that ended just now may still
--   be here; its time would not be long.
WITH usual AS (
  SELECT workspace_id, job_id, percentile_cont(0.95) WITHIN GROUP (ORDER BY elapsed_seconds) AS usual
  FROM job_runs
  WHERE result_state = 'SUCCEEDED'
  GROUP BY workspace_id, job_id
)
SELECT r.workspace_id, r.job_id, COALESCE(j.name, r.run_name, 'other region or deleted') AS name, r.run_id, r.started,
       r.elapsed_seconds AS elapsed, u.usual, try_divide(r.elapsed_seconds, u.usual) AS ratio
FROM job_runs r
LEFT JOIN usual u ON u.workspace_id = r.workspace_id AND u.job_id = r.job_id
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE r.result_state IS NULL AND unix_seconds(r.started) >= unix_seconds(:now) - 172800
ORDER BY ratio DESC NULLS LAST, r.workspace_id, r.job_id, r.run_id
