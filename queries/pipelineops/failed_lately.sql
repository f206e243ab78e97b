-- question: >
--   Which runs failed in the last hours, in which tasks, at what cost, and has the job succeeded since?
-- params: {start: date, end: date, workspaces: text, currency: text, basis: text, now: time, hours: integer, limit: integer}
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
--   made_by: text  Made by
--   cost: money  Cost
--   repaired: flag  Repaired
--   good_again: flag  Good again
--   workspace_url: text
-- things: {name: job, owner: [principal, owner], made_by: [principal, made_by]}
-- ttl: 5m
-- uses: [job_runs, failed_tasks, run_costs, jobs_latest, workspaces]
-- optional: [system.lakeflow.jobs.run_as_user_name, system.lakeflow.jobs.creator_user_name]
-- note: >
--   Runs that started in the window, ended in the :hours hours before :now and failed, errored or timed out, the newest
--   first; tasks are those whose last state is such a one. cost is what is billed for the run so far, NULL where it has no
--   cost of its own (all-purpose compute) or none has come. repaired: it was tried again, and failed again. good_again: a
--   run of the job that started later succeeded. made_by: who made the job, somebody to call where a service runs it. Ask
--   it for a few days more than :hours, up to an :end after :now.
WITH tried AS (
  SELECT workspace_id, job_id, run_id, run_name, started, ended, result_state, termination_code, attempts,
         MAX(CASE WHEN result_state = 'SUCCEEDED' THEN started END) OVER (PARTITION BY workspace_id, job_id) AS last_good
  FROM job_runs
)
SELECT t.workspace_id, t.job_id, t.run_id, known_name(j.name, t.run_name) AS name, b.failed_tasks AS tasks,
       COALESCE(t.termination_code, t.result_state) AS code, t.started, t.ended,
       COALESCE(j.run_as_user_name, j.run_as) AS owner, j.creator_user_name AS made_by, c.cost, t.attempts > 1 AS repaired,
       COALESCE(t.last_good > t.started, false) AS good_again, k.workspace_url
FROM tried t
LEFT JOIN failed_tasks b ON b.workspace_id = t.workspace_id AND b.job_run_id = t.run_id
LEFT JOIN run_costs c ON c.workspace_id = t.workspace_id AND c.job_id = t.job_id AND c.run_id = t.run_id
LEFT JOIN jobs_latest j ON j.workspace_id = t.workspace_id AND j.job_id = t.job_id
LEFT JOIN workspaces k ON k.workspace_id = t.workspace_id
WHERE t.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
  AND unix_seconds(t.ended) > unix_seconds(:now) - 3600 * :hours AND unix_seconds(t.ended) <= unix_seconds(:now)
ORDER BY t.ended DESC, t.workspace_id, t.job_id, t.run_id
LIMIT :limit
