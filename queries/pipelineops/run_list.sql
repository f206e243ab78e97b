-- question: >
--   Which runs are there to look at?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, job_id: text, limit: integer}
-- grain: [workspace_id, job_id, run_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   run_id: text
--   name: text
--   started: time
--   result_state: code
--   elapsed: seconds
-- things: {name: job}
-- ttl: 5m
-- uses: [job_runs, jobs_latest]
-- note: >
--   Finished runs, newest first; an empty workspace_id or job_id means any.
SELECT r.workspace_id, r.job_id, r.run_id, known_name(j.name, r.run_name) AS name, r.started,
       r.result_state, r.elapsed_seconds AS elapsed
FROM job_runs r
LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
WHERE r.result_state IS NOT NULL AND (:workspace_id = '' OR r.workspace_id = :workspace_id)
  AND (:job_id = '' OR r.job_id = :job_id)
ORDER BY r.started DESC, r.workspace_id, r.job_id, r.run_id
LIMIT :limit
