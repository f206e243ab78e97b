-- question: Of which jobs do the machines not come, how often, and how often before?
-- params: {start: date, split: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text  Job
--   code: code  Code  (of the newest failed start)
--   failed: count  Failed starts  (since :split)
--   runs: count  Runs  (since :split)
--   failed_before: count  Before  (from :start to :split)
--   runs_before: count
--   first_failed: time  Since  (the first failed start since :split)
--   last_failed: time  Last
-- things: {name: job}
-- ttl: 30m
-- uses: [job_runs, jobs_latest]
-- note: >
--   Runs of jobs between :start and :end whose first attempt ended, also those that a repair rescued. A start failed where the first
--   attempt ended with a code of the cloud (no machines, too many requests), of the cluster or of what is installed on it. The
--   :limit jobs with most failed starts since :split; one without any is no row.
WITH tried AS (
  SELECT workspace_id, job_id, started, first_code, started >= :split AS is_late,
         first_state IN ('FAILED', 'ERROR', 'TIMED_OUT') AND first_code IN (
           'CLOUD_FAILURE', 'CLUSTER_ERROR', 'CLUSTER_REQUEST_LIMIT_EXCEEDED', 'LIBRARY_INSTALLATION_ERROR') AS is_failed_start
  FROM job_runs
  WHERE run_type = 'JOB_RUN' AND first_state IS NOT NULL
), counted AS (
  SELECT workspace_id, job_id,
         MAX(CASE WHEN is_failed_start AND is_late THEN struct(started, first_code) END).first_code AS code,
         COUNT(CASE WHEN is_failed_start AND is_late THEN 1 END) AS failed, COUNT(CASE WHEN is_late THEN 1 END) AS runs,
         COUNT(CASE WHEN is_failed_start AND NOT is_late THEN 1 END) AS failed_before,
         COUNT(CASE WHEN NOT is_late THEN 1 END) AS runs_before,
         MIN(CASE WHEN is_failed_start AND is_late THEN started END) AS first_failed,
         MAX(CASE WHEN is_failed_start AND is_late THEN started END) AS last_failed
  FROM tried
  GROUP BY workspace_id, job_id
)
SELECT c.workspace_id, c.job_id, known_name(j.name) AS name, c.code, c.failed, c.runs, c.failed_before, c.runs_before,
       c.first_failed, c.last_failed
FROM counted c
LEFT JOIN jobs_latest j ON j.workspace_id = c.workspace_id AND j.job_id = c.job_id
WHERE c.failed > 0
ORDER BY c.failed DESC, c.workspace_id, c.job_id
LIMIT :limit
