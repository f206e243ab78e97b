-- question: >
--   Which runs failed in the last 24 hours, in which tasks, and has the job succeeded since?
-- params: {start: date, end: date, workspaces: text, now: time, limit: integer}
-- grain: [workspace_id, job_id, run_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   run_id: text
--   name: text
--   tasks: texts
--   code: text
--   started: time
--   ended: time
--   owner: text
--   good_again: flag
-- ttl: 5m
-- uses: [job_runs, jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   Runs that started in the window, ended in the 24 hours before :now and failed, errored or timed out, the newest first;
--   tasks are those whose last state is such a one. good_again: a run of the job that started later succeeded. Ask it for a
--   few days up to an :end after :now.
WITH tried AS (
  SELECT workspace_id, job_id, run_id, run_name, started, ended, result_state, termination_code,
         MAX(CASE WHEN result_state = 'SUCCEEDED' THEN started END) OVER (PARTITION BY workspace_id, job_id) AS last_good
  FROM job_runs
), broken AS (
  SELECT workspace_id, job_run_id, array_sort(collect_list(task_key)) AS tasks
  FROM (
    SELECT workspace_id, job_run_id, task_key
    FROM system.lakeflow.job_task_run_timeline
    WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3)
    GROUP BY workspace_id, job_run_id, task_key
    HAVING MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) = MAX(period_end_time)
       AND max_by(result_state, period_end_time) FILTER (WHERE result_state IS NOT NULL)
             IN ('FAILED', 'ERROR', 'TIMED_OUT')
  ) failed_tasks
  GROUP BY workspace_id, job_run_id
)
SELECT t.workspace_id, t.job_id, t.run_id, COALESCE(j.name, t.run_name, 'other region or deleted') AS name, b.tasks,
       COALESCE(t.termination_code, t.result_state) AS code, t.started, t.ended,
       COALESCE(j.run_as_user_name, j.run_as) AS owner, COALESCE(t.last_good > t.started, false) AS good_again
FROM tried t
LEFT JOIN broken b ON b.workspace_id = t.workspace_id AND b.job_run_id = t.run_id
LEFT JOIN jobs_latest j ON j.workspace_id = t.workspace_id AND j.job_id = t.job_id
WHERE t.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
  AND unix_seconds(t.ended) > unix_seconds(:now) - 86400 AND unix_seconds(t.ended) <= unix_seconds(:now)
ORDER BY t.ended DESC, t.workspace_id, t.job_id, t.run_id
LIMIT :limit
