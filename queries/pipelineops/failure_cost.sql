-- question: >
--   What do failed runs cost?
-- params: {start: date, end: date, workspaces: text, currency: text, basis: text, limit: integer}
-- grain: [workspace_id, job_id, name]
-- columns:
--   workspace_id: text
--   job_id: text  (NULL where a row stands for several)
--   name: text
--   failed_runs: count
--   hours: hours
--   cost: money
--   unpriced_runs: count
-- things: {name: job}
-- ttl: 1h
-- uses: [job_runs, run_costs, jobs_latest]
-- note: >
--   Cost is summed per run first and then attached to the run whose last state is a failure, never by overlap of
--   clocks. Runs on all-purpose clusters have no cost of their own and are counted in unpriced_runs. hours sum the
--   slices of every attempt, without the time between failure and repair. Runs submitted from outside have a job id
--   each and are summed by their name. The :limit jobs whose failures cost most stand alone, the rest is one row of no
--   workspace.
WITH failed AS (
  SELECT r.workspace_id, r.job_id, CASE WHEN COALESCE(r.run_type, '') <> 'SUBMIT_RUN' OR j.job_id IS NOT NULL
           OR r.run_name IS NULL THEN r.job_id END AS line_id,
         known_name(j.name, r.run_name) AS name, r.worked_ms, c.cost
  FROM job_runs r
  LEFT JOIN run_costs c ON c.workspace_id = r.workspace_id AND c.job_id = r.job_id AND c.run_id = r.run_id
  LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
  WHERE r.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
), lines AS (
  SELECT workspace_id, CASE WHEN COUNT(DISTINCT job_id) = 1 THEN MAX(job_id) END AS job_id, MAX(name) AS name,
         COUNT(*) AS failed_runs, SUM(worked_ms) AS worked_ms, SUM(cost) AS cost,
         SUM(CASE WHEN cost IS NULL THEN 1 ELSE 0 END) AS unpriced_runs,
         ROW_NUMBER() OVER (ORDER BY SUM(cost) DESC NULLS LAST, COUNT(*) DESC, workspace_id, line_id, MAX(name)) > :limit
           AS is_rest
  FROM failed
  GROUP BY workspace_id, line_id, CASE WHEN line_id IS NULL THEN name END
), kept AS (
  SELECT is_rest, CASE WHEN NOT is_rest THEN workspace_id END AS workspace_id,
         CASE WHEN NOT is_rest THEN job_id END AS job_id, CASE WHEN is_rest THEN 'other jobs' ELSE name END AS name,
         SUM(failed_runs) AS failed_runs, SUM(worked_ms) AS worked_ms, SUM(cost) AS cost,
         SUM(unpriced_runs) AS unpriced_runs
  FROM lines
  GROUP BY ALL
)
SELECT workspace_id, job_id, name, failed_runs, CAST(worked_ms AS DOUBLE) / 3600000D AS hours, cost, unpriced_runs
FROM kept
ORDER BY is_rest, cost DESC NULLS LAST, failed_runs DESC, workspace_id, job_id, name
