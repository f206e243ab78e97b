-- question: >
--   Which jobs are repaired, how often, and what does it cost?
-- params: {start: date, end: date, workspaces: text, currency: text, basis: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text
--   repaired_runs: count
--   extra_attempts: count
--   rescued: count
--   hours: hours
--   cost: money
-- ttl: 1h
-- uses: [job_runs, run_costs, jobs_latest]
-- note: >
--   A repair is a further terminal slice under the same run_id. hours and cost are those of the whole repaired runs,
--   without the time between failure and repair; rescued counts those that succeeded in the end.
SELECT r.workspace_id, r.job_id, MAX(COALESCE(j.name, r.run_name, 'other region or deleted')) AS name,
       COUNT(*) AS repaired_runs, SUM(r.attempts - 1) AS extra_attempts,
       SUM(CASE WHEN r.result_state = 'SUCCEEDED' THEN 1 ELSE 0 END) AS rescued,
       CAST(SUM(r.worked_ms) AS DOUBLE) / 3600000D AS hours, SUM(c.cost) AS cost
FROM job_runs r
LEFT JOIN run_costs c ON c.workspace_id = r.workspace_id AND c.job_id = r.job_id AND c.run_id = r.run_id
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE r.attempts > 1
GROUP BY r.workspace_id, r.job_id
ORDER BY repaired_runs DESC, r.workspace_id, r.job_id
LIMIT :limit
