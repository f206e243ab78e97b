-- note: >
--   The tasks of each job run whose last state is a failure, sorted by name. A task has a row per clock hour and attempt:
--   only a terminal slice has a state, and one that is followed by another slice is not the last.
SELECT workspace_id, job_run_id, array_sort(collect_list(task_key)) AS failed_tasks
FROM (
  SELECT workspace_id, job_run_id, task_key
  FROM system.lakeflow.job_task_run_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3)
  GROUP BY workspace_id, job_run_id, task_key
  HAVING MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) = MAX(period_end_time)
     AND max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL)
           IN ('FAILED', 'ERROR', 'TIMED_OUT')
) tasks
GROUP BY workspace_id, job_run_id
