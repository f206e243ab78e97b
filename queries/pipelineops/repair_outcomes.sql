-- question: >
--   How often does a repair succeed, by job and by what the run failed of?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, job_id, termination_code]
-- columns:
--   workspace_id: text
--   job_id: text
--   termination_code: code  (of the first attempt)
--   repaired: count
--   rescued: count
-- ttl: 12h
-- uses: [job_runs]
-- note: >
--   Runs of jobs whose first attempt failed and that were tried again and ended; rescued are those that succeeded in the
--   end. A run without a code counts as unknown.
SELECT workspace_id, job_id, COALESCE(first_code, 'unknown') AS termination_code, COUNT(*) AS repaired,
       SUM(CASE WHEN result_state = 'SUCCEEDED' THEN 1 ELSE 0 END) AS rescued
FROM job_runs
WHERE run_type = 'JOB_RUN' AND attempts > 1 AND result_state IS NOT NULL
  AND first_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
GROUP BY workspace_id, job_id, COALESCE(first_code, 'unknown')
ORDER BY workspace_id, job_id, termination_code
