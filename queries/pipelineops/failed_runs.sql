-- question: >
--   Which jobs' newest run failed, and how often in a row?
-- params: {start: date, end: date, workspaces: text, currency: text, basis: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   workspace: text
--   job_id: text
--   run_id: text
--   name: text
--   owner: text
--   paused: flag
--   started: time
--   ended: time
--   result_state: code
--   termination_code: code
--   attempts: count
--   failures: count
--   runs: count
--   last_success: time
--   failed_tasks: texts
--   cost_per_run: money
-- things: {workspace: workspace, name: job, owner: [principal, owner]}
-- ttl: 30m
-- uses: [job_runs, failed_tasks, run_costs, jobs_latest, workspaces]
-- optional: [system.lakeflow.jobs.run_as_user_name, system.lakeflow.jobs.paused]
-- evidence: [system.lakeflow.job_run_timeline]
-- note: >
--   The newest run decides: a later run, a repair that succeeded or one that is still running takes the job off the
--   list. Runs that were skipped or blocked did nothing and do not count. attempts is more than one where the run was
--   repaired and failed again; failures counts the failed runs after the last success in the window. Only runs of jobs
--   that exist. cost_per_run is the mean of the window's runs that have a cost of their own.
WITH tried AS (
  SELECT workspace_id, job_id, run_id, run_name, started, ended, result_state, termination_code, attempts,
         ROW_NUMBER() OVER (PARTITION BY workspace_id, job_id ORDER BY started DESC, run_id DESC) AS place,
         MAX(CASE WHEN result_state = 'SUCCEEDED' THEN started END) OVER (PARTITION BY workspace_id, job_id) AS last_success,
         COUNT(*) OVER (PARTITION BY workspace_id, job_id) AS runs
  FROM job_runs
  WHERE run_type = 'JOB_RUN' AND (result_state IS NULL OR result_state NOT IN ('SKIPPED', 'BLOCKED'))
), newest AS (
  SELECT t.workspace_id, t.job_id, t.run_id, t.started, t.ended, t.result_state, t.termination_code, t.attempts,
         t.runs, t.last_success, j.name, COALESCE(j.run_as_user_name, j.run_as) AS owner, j.paused
  FROM tried t
  JOIN jobs_latest j ON j.workspace_id = t.workspace_id AND j.job_id = t.job_id AND j.delete_time IS NULL
  WHERE t.place = 1 AND t.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
), streaks AS (
  SELECT workspace_id, job_id, COUNT(*) AS failures
  FROM tried
  WHERE result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') AND (last_success IS NULL OR started > last_success)
  GROUP BY workspace_id, job_id
), costs AS (
  SELECT c.workspace_id, c.job_id, try_divide(CAST(SUM(c.cost) AS DOUBLE), COUNT(*)) AS cost_per_run
  FROM run_costs c
  JOIN tried t ON t.workspace_id = c.workspace_id AND t.job_id = c.job_id AND t.run_id = c.run_id
  GROUP BY c.workspace_id, c.job_id
)
SELECT n.workspace_id, known_name(k.workspace_name) AS workspace, n.job_id, n.run_id, n.name,
       n.owner, COALESCE(n.paused, false) AS paused, n.started, n.ended, n.result_state, n.termination_code, n.attempts,
       s.failures, n.runs, n.last_success, b.failed_tasks,
       CAST(CAST(c.cost_per_run AS DECIMAL(28, 6)) AS DECIMAL(18, 4)) AS cost_per_run
FROM newest n
JOIN streaks s ON s.workspace_id = n.workspace_id AND s.job_id = n.job_id
LEFT JOIN failed_tasks b ON b.workspace_id = n.workspace_id AND b.job_run_id = n.run_id
LEFT JOIN costs c ON c.workspace_id = n.workspace_id AND c.job_id = n.job_id
LEFT JOIN workspaces k ON k.workspace_id = n.workspace_id
ORDER BY workspace_id, job_id
LIMIT :limit
