-- question: >
--   Was it waiting, setting up or working?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text  (NULL where the row is the rest)
--   name: text
--   runs: count
--   queue: seconds
--   setup: seconds
--   execution: seconds
--   cleanup: seconds
-- things: {name: job}
-- ttl: 1h
-- uses: [job_runs, jobs_latest]
-- optional:
--   - system.lakeflow.job_run_timeline.queue_duration_seconds
--   - system.lakeflow.job_run_timeline.setup_duration_seconds
--   - system.lakeflow.job_run_timeline.execution_duration_seconds
--   - system.lakeflow.job_run_timeline.cleanup_duration_seconds
-- note: >
--   Mean seconds per finished run; only runs since the phase columns exist (2025-12) count. The job
--   with most seconds in all four comes first; what is beyond :limit is one row of no job.
WITH ranked AS (
  SELECT workspace_id, job_id, name, runs, queue, queue_runs, setup, setup_runs, execution, cleanup, cleanup_runs,
         ROW_NUMBER() OVER (ORDER BY COALESCE(queue, 0) + COALESCE(setup, 0) + execution + COALESCE(cleanup, 0) DESC,
                                     workspace_id, job_id) AS place
  FROM (
    SELECT r.workspace_id, r.job_id, MAX(known_name(j.name, r.run_name)) AS name,
           COUNT(*) AS runs, SUM(r.queue_seconds) AS queue, COUNT(r.queue_seconds) AS queue_runs,
           SUM(r.setup_seconds) AS setup, COUNT(r.setup_seconds) AS setup_runs, SUM(r.execution_seconds) AS execution,
           SUM(r.cleanup_seconds) AS cleanup, COUNT(r.cleanup_seconds) AS cleanup_runs
    FROM job_runs r
    LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
    WHERE r.result_state IS NOT NULL AND r.execution_seconds IS NOT NULL
    GROUP BY r.workspace_id, r.job_id
  ) jobs
), kept AS (
  SELECT LEAST(place, CAST(:limit AS BIGINT) + 1) AS line, MAX(CASE WHEN place <= :limit THEN workspace_id END) AS workspace_id,
         MAX(CASE WHEN place <= :limit THEN job_id END) AS job_id,
         MAX(CASE WHEN place <= :limit THEN name ELSE 'other jobs' END) AS name, SUM(runs) AS runs,
         try_divide(CAST(SUM(queue) AS DOUBLE), SUM(queue_runs)) AS queue,
         try_divide(CAST(SUM(setup) AS DOUBLE), SUM(setup_runs)) AS setup,
         try_divide(CAST(SUM(execution) AS DOUBLE), SUM(runs)) AS execution,
         try_divide(CAST(SUM(cleanup) AS DOUBLE), SUM(cleanup_runs)) AS cleanup
  FROM ranked
  GROUP BY LEAST(place, CAST(:limit AS BIGINT) + 1)
)
SELECT workspace_id, job_id, name, runs, queue, setup, execution, cleanup
FROM kept
ORDER BY line
