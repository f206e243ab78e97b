-- question: From when to when did each attempt of each task of a run work, and which tasks does it need?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, job_id: text, run_id: text}
-- grain: [task_key, attempt]
-- columns:
--   task_key: text  Task
--   attempt: text  (its run)
--   began: time  Began
--   ended: time  Ended  (as far as it is told; of one that still runs its newest slice's)
--   result_state: code  State  (NULL while it runs)
--   needs: texts  Needs  (tasks, of the newest version of the job)
-- ttl: 1h
-- optional: [system.lakeflow.job_tasks]
-- note: >
--   Slices of an attempt are merged; a slice later than the last terminal one: still running, so no state. Which tasks one needs is what
--   the job says now, not what it said at the run.
WITH attempts AS (
  SELECT task_key, COALESCE(run_id, '') AS attempt, MIN(period_start_time) AS began, MAX(period_end_time) AS ended,
         CASE WHEN MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) = MAX(period_end_time)
              THEN max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) END AS result_state
  FROM system.lakeflow.job_task_run_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3)
    AND in_workspaces(workspace_id)
    AND workspace_id = :workspace_id AND job_id = :job_id AND job_run_id = :run_id
  GROUP BY task_key, COALESCE(run_id, '')
), told AS (
  SELECT task_key, depends_on_keys AS needs, delete_time
  FROM system.lakeflow.job_tasks
  WHERE workspace_id = :workspace_id AND job_id = :job_id
  QUALIFY ROW_NUMBER() OVER (PARTITION BY task_key ORDER BY change_time DESC, delete_time DESC NULLS LAST) = 1
)
SELECT a.task_key, a.attempt, a.began, a.ended, a.result_state, array_sort(t.needs) AS needs
FROM attempts a
LEFT JOIN told t ON t.task_key = a.task_key AND t.delete_time IS NULL
ORDER BY began, task_key, attempt
