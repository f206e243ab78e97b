-- question: >
--   How often does a repair succeed, by what the run failed of?
-- params: {start: date, end: date, workspaces: text}
-- grain: [termination_code]
-- columns:
--   termination_code: text  (of the first attempt)
--   repaired: count
--   rescued: count
-- ttl: 12h
-- uses: [job_runs]
-- note: >
--   Runs of jobs whose first attempt failed and that were tried again and ended; rescued are those that succeeded in the
--   end. A run without a code counts as unknown.
WITH firsts AS (
  SELECT workspace_id, job_id, run_id,
         min_by(result_state, period_end_time) FILTER (WHERE result_state IS NOT NULL) AS first_state,
         min_by(termination_code, period_end_time) FILTER (WHERE result_state IS NOT NULL) AS first_code
  FROM system.lakeflow.job_run_timeline
  WHERE period_start_time >= :start AND period_start_time < date_add(:end, 3)
    AND (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
  GROUP BY workspace_id, job_id, run_id
)
SELECT COALESCE(f.first_code, 'unknown') AS termination_code, COUNT(*) AS repaired,
       SUM(CASE WHEN r.result_state = 'SUCCEEDED' THEN 1 ELSE 0 END) AS rescued
FROM job_runs r
JOIN firsts f ON f.workspace_id = r.workspace_id AND f.job_id = r.job_id AND f.run_id = r.run_id
WHERE r.run_type = 'JOB_RUN' AND r.attempts > 1 AND r.result_state IS NOT NULL
  AND f.first_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
GROUP BY COALESCE(f.first_code, 'unknown')
ORDER BY termination_code
