-- question: >
--   What do failed runs cost?
-- params: {start: date, end: date, workspaces: text, currency: text, basis: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text
--   failed_runs: count
--   hours: hours
--   cost: money
--   unpriced_runs: count
-- ttl: 1h
-- uses: [job_runs, run_costs, jobs_latest]
-- note: >
--   Cost is summed per run first and then attached to the run whose last state is a failure, never by overlap of
--   clocks. Runs on all-purpose clusters have no cost of their own and are counted in unpriced_runs. hours sum the
--   slices of every attempt, without the time between failure and repair.
SELECT r.workspace_id, r.job_id, MAX(COALESCE(j.name, r.run_name, 'other region or deleted')) AS name,
       COUNT(*) AS failed_runs, CAST(SUM(r.worked_ms) AS DOUBLE) / 3600000D AS hours, SUM(c.cost) AS cost,
       SUM(CASE WHEN c.cost IS NULL THEN 1 ELSE 0 END) AS unpriced_runs
FROM job_runs r
LEFT JOIN run_costs c ON c.workspace_id = r.workspace_id AND c.job_id = r.job_id AND c.run_id = r.run_id
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE r.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
GROUP BY r.workspace_id, r.job_id
ORDER BY cost DESC NULLS LAST, failed_runs DESC, r.workspace_id, r.job_id
LIMIT :limit
