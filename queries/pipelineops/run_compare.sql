-- question: >
--   What differs between this run and the last good one?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, job_id: text, run_id: text}
-- grain: [which]
-- columns:
--   which: text
--   run_id: text
--   started: time
--   ended: time
--   result_state: text
--   termination_code: text
--   trigger_type: text
--   attempts: count
--   elapsed: seconds
--   queue: seconds
--   setup: seconds
--   execution: seconds
--   job_version: time
--   node_type: text
--   dbr_version: text
--   workers: count
-- ttl: 1h
-- uses: [job_runs]
-- note: >
--   Two rows: 'this' run and the 'good' one, the last that had succeeded before it started. job_version is when the
--   job's settings in force at the start were made. Phases are NULL before 2025-12. node_type (of the driver, if there
--   is none of workers), dbr_version and workers (the most, if it scales) are those of the run's cluster, the smallest
--   id of several, in its version at the run's start, or its first if it was made for the run; NULL on serverless.
WITH mine AS (
  SELECT * FROM job_runs WHERE workspace_id = :workspace_id AND job_id = :job_id
), this_run AS (
  SELECT * FROM mine WHERE run_id = :run_id
), good_run AS (
  SELECT m.*
  FROM mine m
  JOIN this_run t ON m.started < t.started AND m.ended <= t.started
  WHERE m.result_state = 'SUCCEEDED'
  QUALIFY ROW_NUMBER() OVER (ORDER BY m.started DESC, m.run_id) = 1
), both_runs AS (
  SELECT 'this' AS which, * FROM this_run
  UNION ALL
  SELECT 'good' AS which, * FROM good_run
), task_clusters AS (
  SELECT DISTINCT job_run_id AS run_id, cluster_id
  FROM (
    SELECT job_run_id, explode(compute_ids) AS cluster_id
    FROM system.lakeflow.job_task_run_timeline
    WHERE period_start_time >= :start AND period_start_time < date_add(:end, 3)
      AND workspace_id = :workspace_id AND job_id = :job_id
  ) used
), configurations AS (
  SELECT b.run_id, COALESCE(c.worker_node_type, c.driver_node_type) AS node_type, c.dbr_version,
         COALESCE(c.worker_count, c.max_autoscale_workers) AS workers
  FROM both_runs b
  JOIN task_clusters t ON t.run_id = b.run_id
  JOIN system.compute.clusters c
    ON c.workspace_id = :workspace_id AND c.cluster_id = t.cluster_id
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY b.run_id
    ORDER BY c.cluster_id, CASE WHEN c.change_time <= b.started THEN 0 ELSE 1 END,
             ABS(unix_millis(c.change_time) - unix_millis(b.started))) = 1
)
SELECT b.which, b.run_id, b.started, b.ended, b.result_state, b.termination_code, b.trigger_type, b.attempts,
       b.elapsed_seconds AS elapsed, CAST(b.queue_seconds AS DOUBLE) AS queue, CAST(b.setup_seconds AS DOUBLE) AS setup,
       CAST(b.execution_seconds AS DOUBLE) AS execution, v.job_version,
       c.node_type, c.dbr_version, c.workers
FROM both_runs b
LEFT JOIN (
  SELECT m.run_id, MAX(j.change_time) AS job_version
  FROM both_runs m
  JOIN system.lakeflow.jobs j ON j.workspace_id = :workspace_id AND j.job_id = :job_id AND j.change_time <= m.started
  GROUP BY m.run_id
) v ON v.run_id = b.run_id
LEFT JOIN configurations c ON c.run_id = b.run_id
ORDER BY b.which DESC
