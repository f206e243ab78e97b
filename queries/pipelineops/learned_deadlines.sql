-- question: >
--   How long after its start is each job usually done?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   seconds: seconds
--   runs: count
-- ttl: 12h
-- uses: [job_runs]
-- note: >
--   The 95th percentile of the time from start to end of successful runs in the window, times 1.25, at least ten
--   runs: a learned promise, always labelled so. Ask it for a window before the one that is judged.
SELECT workspace_id, job_id, percentile_cont(0.95) WITHIN GROUP (ORDER BY elapsed_seconds) * 1.25D AS seconds,
       COUNT(*) AS runs
FROM job_runs
WHERE run_type = 'JOB_RUN' AND result_state = 'SUCCEEDED'
GROUP BY workspace_id, job_id
HAVING COUNT(*) >= 10
ORDER BY workspace_id, job_id
