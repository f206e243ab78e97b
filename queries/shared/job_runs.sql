-- note: >
--   One row per job run that started in the window. The timeline has a row per run and clock hour, and only the last
--   slice of an attempt carries result_state; a repair adds slices with the same run_id, so the last terminal slice
--   decides, and attempts counts them. No terminal slice: still running (ended and result_state NULL). Slices are read
--   from three days before :start, so that a run that began earlier is not taken for a new one. elapsed_seconds is from
--   the first start to the last end; the phase columns are NULL before they existed (2025-12).
SELECT workspace_id, job_id, run_id, MAX(run_type) AS run_type, MAX(trigger_type) AS trigger_type,
       MAX(run_name) AS run_name, MIN(period_start_time) AS started,
       CASE WHEN MAX(CASE WHEN result_state IS NOT NULL THEN unix_millis(period_end_time) END)
              >= MAX(unix_millis(period_end_time)) THEN MAX(period_end_time) END AS ended,
       CASE WHEN MAX(CASE WHEN result_state IS NOT NULL THEN unix_millis(period_end_time) END)
              >= MAX(unix_millis(period_end_time))
            THEN max_by(result_state, period_end_time) FILTER (WHERE result_state IS NOT NULL) END AS result_state,
       max_by(termination_code, period_end_time) FILTER (WHERE result_state IS NOT NULL) AS termination_code,
       COUNT(result_state) AS attempts, SUM(queue_duration_seconds) AS queue_seconds,
       SUM(setup_duration_seconds) AS setup_seconds, SUM(execution_duration_seconds) AS execution_seconds,
       SUM(cleanup_duration_seconds) AS cleanup_seconds,
       CAST(unix_millis(MAX(period_end_time)) - unix_millis(MIN(period_start_time)) AS DOUBLE) / 1000D AS elapsed_seconds
FROM system.lakeflow.job_run_timeline
WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < :end
  AND (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
GROUP BY workspace_id, job_id, run_id
HAVING MIN(period_start_time) >= :start
