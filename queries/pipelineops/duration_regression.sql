-- question: >
--   Which jobs have become slower?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text  Job
--   recent_runs: count  Runs
--   base_runs: count
--   recent_p50: seconds  Last week
--   base_p50: seconds  Before
--   ratio: number  Times
-- things: {name: job}
-- ttl: 1h
-- uses: [job_runs, jobs_latest]
-- note: >
--   Median of successful runs of jobs (JOB_RUN) in the last 7 days before :end against the days of the window before
--   them; at least 3 recent and 10 earlier runs, 1.3 times and 120 s slower. Ask it for a window of 35 days.
WITH halves AS (
  SELECT workspace_id, job_id, MAX(run_name) AS run_name,
         COUNT(CASE WHEN started >= date_sub(:end, 7) THEN 1 END) AS recent_runs,
         COUNT(CASE WHEN started < date_sub(:end, 7) THEN 1 END) AS base_runs,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN started >= date_sub(:end, 7) THEN elapsed_seconds END)
           AS recent_p50,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN started < date_sub(:end, 7) THEN elapsed_seconds END)
           AS base_p50
  FROM job_runs
  WHERE run_type = 'JOB_RUN' AND result_state = 'SUCCEEDED'
  GROUP BY workspace_id, job_id
)
SELECT r.workspace_id, r.job_id, known_name(j.name, r.run_name) AS name,
       r.recent_runs, r.base_runs, r.recent_p50, r.base_p50, try_divide(r.recent_p50, r.base_p50) AS ratio
FROM halves r
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE r.recent_runs >= 3 AND r.base_runs >= 10 AND r.recent_p50 >= 1.3D * r.base_p50
  AND r.recent_p50 - r.base_p50 >= 120D
ORDER BY ratio DESC, r.workspace_id, r.job_id
