-- question: >
--   When did each job run start and end, and how?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, job_id, run_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   run_id: text
--   started: time
--   ended: time
--   result_state: text
-- ttl: 5m
-- uses: [job_runs]
-- note: >
--   Only runs of jobs (JOB_RUN), one row each, repairs merged; ended is NULL while running.
SELECT workspace_id, job_id, run_id, started, ended, result_state
FROM job_runs
WHERE run_type = 'JOB_RUN'
ORDER BY workspace_id, job_id, started, run_id
