-- question: >
--   Which jobs are repaired, how often, and what does it cost?
-- params: {start: date, end: date, workspaces: text, currency: text, basis: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text  (NULL where the row is the rest)
--   name: text  Job
--   repaired_runs: count  Runs
--   extra_attempts: count  Extra attempts
--   rescued: count  Rescued
--   hours: hours  Time
--   cost: money  Cost
-- things: {name: job}
-- ttl: 1h
-- uses: [job_runs, run_costs, jobs_latest]
-- note: >
--   A repair is a further terminal slice under the same run_id. hours and cost are those of the whole repaired runs,
--   without the time between failure and repair; rescued counts those that succeeded in the end.
--   The :limit jobs with most repaired runs stand alone, the rest is one row of no job.
WITH lines AS (
  SELECT r.workspace_id, r.job_id, MAX(known_name(j.name, r.run_name)) AS name,
         COUNT(*) AS repaired_runs, SUM(r.attempts - 1) AS extra_attempts,
         SUM(CASE WHEN r.result_state = 'SUCCEEDED' THEN 1 ELSE 0 END) AS rescued, SUM(r.worked_ms) AS worked_ms,
         SUM(c.cost) AS cost, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, r.workspace_id, r.job_id) > :limit AS is_rest
  FROM job_runs r
  LEFT JOIN run_costs c ON c.workspace_id = r.workspace_id AND c.job_id = r.job_id AND c.run_id = r.run_id
  LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
  WHERE r.attempts > 1
  GROUP BY r.workspace_id, r.job_id
), kept AS (
  SELECT is_rest, CASE WHEN NOT is_rest THEN workspace_id END AS workspace_id,
         CASE WHEN NOT is_rest THEN job_id END AS job_id, CASE WHEN is_rest THEN 'other jobs' ELSE name END AS name,
         SUM(repaired_runs) AS repaired_runs, SUM(extra_attempts) AS extra_attempts, SUM(rescued) AS rescued,
         SUM(worked_ms) AS worked_ms, SUM(cost) AS cost
  FROM lines
  GROUP BY ALL
)
SELECT workspace_id, job_id, name, repaired_runs, extra_attempts, rescued,
       CAST(worked_ms AS DOUBLE) / 3600000D AS hours, cost
FROM kept
ORDER BY is_rest, repaired_runs DESC, workspace_id, job_id
