-- question: >
--   What is still running, and is it later than usual?
-- params: {start: date, end: date, workspaces: text, now: time}
-- grain: [workspace_id, job_id, run_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text  Job
--   run_id: text
--   started: time  Started
--   elapsed: seconds  For
--   usual: seconds  Usual at most
--   ratio: number  Times usual
-- things: {name: job}
-- ttl: 5m
-- uses: [jobs_latest]
-- note: >
--   Runs whose newest slice is of the two days before :now and not terminal, whenever they started: a run that hangs for
--   days, a stream. elapsed is as far as the table has followed the run, from three days before :start at the earliest;
--   usual the 95th percentile of the job's runs that started in the window. The table lags, so a run that ended just now
--   may still be here; its time would not be long.
WITH followed AS (
  SELECT workspace_id, job_id, run_id, MAX(run_name) AS run_name, MIN(period_start_time) AS started,
         MAX(unix_millis(period_end_time)) AS last_ms,
         MAX(CASE WHEN result_state IS NOT NULL THEN unix_millis(period_end_time) END) AS ended_ms,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS last_state
  FROM system.lakeflow.job_run_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < :end
    AND in_workspaces(workspace_id)
    AND only_jobs(workspace_id, job_id)
  GROUP BY workspace_id, job_id, run_id
  HAVING COALESCE(MAX(run_type), '') <> 'WORKFLOW_RUN'
), judged AS (
  SELECT workspace_id, job_id, run_id, run_name, started,
         CAST(last_ms - unix_millis(started) AS DOUBLE) / 1000D AS elapsed,
         COALESCE(ended_ms, 0) < last_ms AND last_ms > unix_millis(:now) - 172800000 AS is_running,
         ended_ms >= last_ms AND last_state = 'SUCCEEDED' AND started >= :start AS has_succeeded
  FROM followed
), compared AS (
  SELECT workspace_id, job_id, run_id, run_name, started, elapsed, is_running,
         percentile_cont(0.95) WITHIN GROUP (ORDER BY CASE WHEN has_succeeded THEN elapsed END)
           OVER (PARTITION BY workspace_id, job_id) AS usual
  FROM judged
)
SELECT r.workspace_id, r.job_id, known_name(j.name, r.run_name) AS name, r.run_id, r.started,
       r.elapsed, r.usual, try_divide(r.elapsed, r.usual) AS ratio
FROM compared r
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE r.is_running
ORDER BY ratio DESC NULLS LAST, r.workspace_id, r.job_id, r.run_id
