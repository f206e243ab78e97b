-- question: >
--   Which jobs succeed, and which do not?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text  (NULL where the row is the rest)
--   name: text  Job
--   owner: text  Owner
--   runs: count  Runs
--   succeeded: count
--   failed: count  Failed
--   success_ratio: share  Success
--   last_state: code  Last
--   last_started: time  Last started
-- things: {name: job, owner: [principal, owner]}
-- ttl: 5m
-- uses: [job_runs, jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   Finished runs of jobs (JOB_RUN; a submitted run has a job of its own) only; SKIPPED and CANCELLED count neither as
--   success nor as failure. Lowest ratio first; what is beyond :limit is one row of no job.
WITH counted AS (
  SELECT r.workspace_id, r.job_id, MAX(known_name(j.name, r.run_name)) AS name,
         MAX(COALESCE(j.run_as_user_name, j.run_as)) AS owner, COUNT(*) AS runs,
         SUM(CASE WHEN r.result_state = 'SUCCEEDED' THEN 1 ELSE 0 END) AS succeeded,
         SUM(CASE WHEN r.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') THEN 1 ELSE 0 END) AS failed,
         max(struct(r.started, r.run_id, r.result_state)).result_state AS last_state, MAX(r.started) AS last_started
  FROM job_runs r
  LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
  WHERE r.run_type = 'JOB_RUN' AND r.result_state IS NOT NULL
  GROUP BY r.workspace_id, r.job_id
), ranked AS (
  SELECT *, ROW_NUMBER() OVER (ORDER BY try_divide(CAST(succeeded AS DOUBLE), succeeded + failed) NULLS LAST,
                                        failed DESC, workspace_id, job_id) > :limit AS is_rest
  FROM counted
), kept AS (
  SELECT is_rest, CASE WHEN NOT is_rest THEN workspace_id END AS workspace_id,
         CASE WHEN NOT is_rest THEN job_id END AS job_id, CASE WHEN is_rest THEN 'other jobs' ELSE name END AS name,
         CASE WHEN NOT is_rest THEN owner END AS owner, SUM(runs) AS runs, SUM(succeeded) AS succeeded,
         SUM(failed) AS failed, CASE WHEN NOT is_rest THEN last_state END AS last_state,
         MAX(last_started) AS last_started
  FROM ranked
  GROUP BY ALL
)
SELECT workspace_id, job_id, name, owner, runs, succeeded, failed,
       try_divide(CAST(succeeded AS DOUBLE), succeeded + failed) AS success_ratio, last_state, last_started
FROM kept
ORDER BY is_rest, success_ratio NULLS LAST, failed DESC, workspace_id, job_id
