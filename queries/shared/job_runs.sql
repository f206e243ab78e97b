-- note: >
--   One row per job run that started in the window. The timeline has a row per run and clock hour, and only the last
--   slice of an attempt carries result_state; a repair adds slices with the same run_id, so the last terminal slice
--   decides, and attempts counts them. A slice later than the last terminal one, or no terminal slice: still running
--   (ended, result_state and termination_code NULL). Slices are read from three days before :start, so that a run that
--   began earlier is not taken for a new one, to three days after :end, so that a run that crosses it has its end.
--   trigger_type is that of the first slice that has one: a repair's slices say RETRY. first_state and first_code are
--   those of the first attempt; worked_ms sums the slices of every attempt, without the time between a failure and its
--   repair. elapsed_seconds is from the first start to the last end. The phase columns are those of terminal slices, summed
--   over the attempts; they are NULL before they existed (2025-12). Notebooks that a run calls (WORKFLOW_RUN) are part
--   of it, no runs of their own.
SELECT workspace_id, job_id, run_id, run_type, trigger_type, run_name, started,
       CASE WHEN ended_ms >= last_ms THEN last_end END AS ended,
       CASE WHEN ended_ms >= last_ms THEN last_state END AS result_state,
       CASE WHEN ended_ms >= last_ms THEN last_code END AS termination_code,
       attempts, first_state, first_code, worked_ms, queue_seconds, setup_seconds, execution_seconds, cleanup_seconds,
       CAST(last_ms - unix_millis(started) AS DOUBLE) / 1000D AS elapsed_seconds
FROM (
  SELECT workspace_id, job_id, run_id, MAX(run_type) AS run_type, MAX(run_name) AS run_name,
         min_by(trigger_type, struct(period_start_time, period_end_time, trigger_type)) FILTER (WHERE trigger_type IS NOT NULL) AS trigger_type,
         MIN(period_start_time) AS started, MAX(period_end_time) AS last_end,
         SUM(unix_millis(period_end_time) - unix_millis(period_start_time)) AS worked_ms,
         MAX(unix_millis(period_end_time)) AS last_ms,
         MAX(unix_millis(period_end_time)) FILTER (WHERE result_state IS NOT NULL) AS ended_ms,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS last_state,
         max_by(termination_code, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS last_code,
         min_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS first_state,
         min_by(termination_code, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS first_code,
         COUNT(result_state) AS attempts,
         SUM(queue_duration_seconds) FILTER (WHERE result_state IS NOT NULL) AS queue_seconds,
         SUM(setup_duration_seconds) FILTER (WHERE result_state IS NOT NULL) AS setup_seconds,
         SUM(execution_duration_seconds) FILTER (WHERE result_state IS NOT NULL) AS execution_seconds,
         SUM(cleanup_duration_seconds) FILTER (WHERE result_state IS NOT NULL) AS cleanup_seconds
  FROM system.lakeflow.job_run_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3)
    AND in_workspaces(workspace_id)
    AND only_jobs(workspace_id, job_id)
  GROUP BY workspace_id, job_id, run_id
  HAVING MIN(period_start_time) >= :start AND MIN(period_start_time) < :end
    AND COALESCE(MAX(run_type), '') <> 'WORKFLOW_RUN'
) runs
