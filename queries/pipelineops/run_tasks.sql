-- question: >
--   What did the tasks of a run do?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, job_id: text, run_id: text}
-- grain: [task_key]
-- columns:
--   task_key: text  Task
--   started: time  Started
--   seconds: seconds  Time
--   result_state: code  State
--   termination_code: code  Code
--   attempts: count  Attempts
--   compute: texts  Compute
-- ttl: 1h
-- note: >
--   One row per task key of the run, slices and retries merged; seconds sum the slices, compute names every cluster and
--   warehouse it used. A slice later than the last terminal one: still running, so no state and no code.
SELECT task_key, MIN(period_start_time) AS started,
       CAST(SUM(unix_millis(period_end_time) - unix_millis(period_start_time)) AS DOUBLE) / 1000D AS seconds,
       CASE WHEN MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) = MAX(period_end_time)
            THEN max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) END AS result_state,
       CASE WHEN MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) = MAX(period_end_time)
            THEN max_by(termination_code, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) END AS termination_code,
       COUNT(result_state) AS attempts,
       CASE WHEN COUNT(compute_ids) > 0
            THEN array_sort(array_distinct(flatten(
                   collect_list(COALESCE(compute_ids, CAST(array() AS ARRAY<STRING>)))))) END AS compute
FROM system.lakeflow.job_task_run_timeline
WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3)
  AND in_workspaces(workspace_id)
  AND workspace_id = :workspace_id AND job_id = :job_id AND job_run_id = :run_id
GROUP BY task_key
ORDER BY started, task_key
