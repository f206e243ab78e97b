-- question: >
--   Was it waiting, setting up or working?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text
--   runs: count
--   queue: seconds
--   setup: seconds
--   execution: seconds
--   cleanup: seconds
-- ttl: 1h
-- uses: [job_runs, jobs_latest]
-- optional:
--   - system.lakeflow.job_run_timeline.queue_duration_seconds
--   - system.lakeflow.job_run_timeline.setup_duration_seconds
--   - system.lakeflow.job_run_timeline.execution_duration_seconds
--   - system.lakeflow.job_run_timeline.cleanup_duration_seconds
-- note: >
--   Mean seconds per finished run; only runs since the phase columns exist (2025-12) count. The job
--   with most seconds in all four comes first.
SELECT r.workspace_id, r.job_id, MAX(COALESCE(j.name, r.run_name, 'other region or deleted')) AS name, COUNT(*) AS runs,
       AVG(CAST(r.queue_seconds AS DOUBLE)) AS queue, AVG(CAST(r.setup_seconds AS DOUBLE)) AS setup,
       AVG(CAST(r.execution_seconds AS DOUBLE)) AS execution, AVG(CAST(r.cleanup_seconds AS DOUBLE)) AS cleanup
FROM job_runs r
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE r.result_state IS NOT NULL AND r.execution_seconds IS NOT NULL
GROUP BY r.workspace_id, r.job_id
ORDER BY SUM(COALESCE(r.queue_seconds, 0) + COALESCE(r.setup_seconds, 0) + r.execution_seconds
             + COALESCE(r.cleanup_seconds, 0)) DESC, r.workspace_id, r.job_id
LIMIT :limit
