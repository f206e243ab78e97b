-- question: >
--   Why do runs fail?
-- params: {start: date, end: date, workspaces: text}
-- grain: [code]
-- columns:
--   code: code
--   runs: count
--   jobs: count
-- ttl: 5m
-- uses: [job_runs]
-- note: >
--   Runs whose last state is not SUCCEEDED, by the code of their last terminal slice.
SELECT COALESCE(termination_code, 'no code') AS code, COUNT(*) AS runs,
       COUNT(DISTINCT workspace_id, job_id) AS jobs
FROM job_runs
WHERE result_state IS NOT NULL AND result_state <> 'SUCCEEDED'
GROUP BY COALESCE(termination_code, 'no code')
ORDER BY runs DESC, code
