-- question: >
--   Which jobs have been failing for more than a day, or never succeeded?
-- params: {start: date, end: date, workspaces: text, now: time}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text  Job
--   owner: text  Owner
--   failures: count  Failures
--   failing_since: time  Since
--   last_success: time  Last success
--   last_code: code  Last code
--   days: number
-- things: {name: job, owner: [principal, owner]}
-- ttl: 5m
-- uses: [job_runs, jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   failing_since is the start of the first failure after the last success in the window (of the first failure, if
--   none succeeded). Only runs of jobs (JOB_RUN): a submitted run has a job of its own. Deleted jobs are left out.
--   days are from then to :now, more than one. Ask it with an :end after :now: a run of today that succeeded ends it.
WITH tried AS (
  SELECT workspace_id, job_id, run_id, run_name, started, result_state, termination_code,
         MAX(CASE WHEN result_state = 'SUCCEEDED' THEN started END) OVER (PARTITION BY workspace_id, job_id)
           AS last_success
  FROM job_runs
  WHERE run_type = 'JOB_RUN'
), failures AS (
  SELECT workspace_id, job_id, COUNT(*) AS failures, MIN(started) AS failing_since, MAX(run_name) AS run_name,
         MAX(last_success) AS last_success,
         max(struct(started, run_id, COALESCE(termination_code, '') AS code)).code AS last_code
  FROM tried
  WHERE result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') AND (last_success IS NULL OR started > last_success)
  GROUP BY workspace_id, job_id
)
SELECT r.workspace_id, r.job_id, known_name(j.name, r.run_name) AS name,
       COALESCE(j.run_as_user_name, j.run_as) AS owner, r.failures, r.failing_since, r.last_success,
       NULLIF(r.last_code, '') AS last_code,
       CAST(unix_seconds(:now) - unix_seconds(r.failing_since) AS DOUBLE) / 86400D AS days
FROM failures r
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE j.delete_time IS NULL AND unix_seconds(:now) - unix_seconds(r.failing_since) > 86400
ORDER BY days DESC, r.workspace_id, r.job_id
