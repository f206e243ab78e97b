-- question: >
--   How long do the busiest jobs take, day by day?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [day, workspace_id, job_id]
-- columns:
--   day: date
--   workspace_id: text
--   job_id: text
--   name: text
--   runs: count
--   p50: seconds
--   p95: seconds
-- things: {name: job}
-- ttl: 1h
-- uses: [job_runs, jobs_latest]
-- note: >
--   Successful runs of jobs (JOB_RUN) by the UTC day they started, for the :limit jobs with most run time; seconds from
--   start to end, queue and the wait for a repair included.
WITH done AS (
  SELECT workspace_id, job_id, run_name, to_date(started) AS day, elapsed_seconds,
         SUM(elapsed_seconds) OVER (PARTITION BY workspace_id, job_id) AS total
  FROM job_runs
  WHERE run_type = 'JOB_RUN' AND result_state = 'SUCCEEDED'
), ranked AS (
  SELECT *, DENSE_RANK() OVER (ORDER BY total DESC, workspace_id, job_id) AS place
  FROM done
)
SELECT r.day, r.workspace_id, r.job_id, MAX(known_name(j.name, r.run_name)) AS name,
       COUNT(*) AS runs,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY r.elapsed_seconds) AS p50,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY r.elapsed_seconds) AS p95
FROM ranked r
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE r.place <= :limit
GROUP BY r.day, r.workspace_id, r.job_id
ORDER BY r.day, r.workspace_id, r.job_id
