-- question: >
--   Which runs failed in the last 24 hours, in which tasks, and has the job succeeded since?
-- params: {start: date, end: date, workspaces: text, now: time, limit: integer}
-- grain: [workspace_id, job_id, run_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   run_id: text
--   name: text  Job
--   tasks: texts  Failed tasks
--   code: code  Code
--   started: time
--   ended: time  Ended
--   owner: text  Owner
--   good_again: flag  Good again
-- things: {name: job, owner: [principal, owner]}
-- ttl: 5m
-- uses: [job_runs, failed_tasks, jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   Runs that started in the window, ended in the 24 hours before :now and failed, errored or timed out, the newest first;
--   tasks are those whose last state is such a one. good_again: a run of the job that started later succeeded. Ask it for a
--   few days up to an :end after :now.
WITH tried AS (
  SELECT workspace_id, job_id, run_id, run_name, started, ended, result_state, termination_code,
         MAX(CASE WHEN result_state = 'SUCCEEDED' THEN started END) OVER (PARTITION BY workspace_id, job_id) AS last_good
  FROM job_runs
)
SELECT t.workspace_id, t.job_id, t.run_id, known_name(j.name, t.run_name) AS name, b.failed_tasks AS tasks,
       COALESCE(t.termination_code, t.result_state) AS code, t.started, t.ended,
       COALESCE(j.run_as_user_name, j.run_as) AS owner, COALESCE(t.last_good > t.started, false) AS good_again
FROM tried t
LEFT JOIN failed_tasks b ON b.workspace_id = t.workspace_id AND b.job_run_id = t.run_id
LEFT JOIN jobs_latest j ON j.workspace_id = t.workspace_id AND j.job_id = t.job_id
WHERE t.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
  AND unix_seconds(t.ended) > unix_seconds(:now) - 86400 AND unix_seconds(t.ended) <= unix_seconds(:now)
ORDER BY t.ended DESC, t.workspace_id, t.job_id, t.run_id
LIMIT :limit
