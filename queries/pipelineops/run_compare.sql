-- question: >
--   What differs between this run and the last good one?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, job_id: text, run_id: text}
-- grain: [which]
-- columns:
--   which: text
--   run_id: text
--   started: time
--   ended: time
--   result_state: code
--   termination_code: code
--   trigger_type: code
--   attempts: count
--   elapsed: seconds
--   queue: seconds
--   setup: seconds
--   execution: seconds
--   job_version: time
--   run_as: text
--   node_type: text
--   dbr_version: text
--   workers: count
-- ttl: 1h
-- uses: [job_runs]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   Two rows: 'this' run and the 'good' one, the last that had succeeded before it started. job_version is when the
--   job's settings in force at the start were made, run_as whom the job ran as by them: a name, or an id where only that is
--   known. Phases are NULL before 2025-12. node_type (of the driver, if there
--   is none of workers), dbr_version and workers (the most, if it scales) are those of the run's cluster, the smallest
--   id of several, in its version at the run's start, or its first if it was made for the run; NULL on serverless.
WITH mine AS (
  SELECT *, MAX(CASE WHEN run_id = :run_id THEN started END) OVER () AS this_started
  FROM job_runs
  WHERE workspace_id = :workspace_id AND job_id = :job_id
), both_runs AS (
  SELECT *, CASE WHEN run_id = :run_id THEN 'this' ELSE 'good' END AS which
  FROM mine
  WHERE run_id = :run_id OR (result_state = 'SUCCEEDED' AND started < this_started AND ended <= this_started)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY run_id = :run_id ORDER BY started DESC, run_id) = 1
), task_clusters AS (
  SELECT DISTINCT job_run_id AS run_id, cluster_id
  FROM (
    SELECT job_run_id, explode(compute_ids) AS cluster_id
    FROM system.lakeflow.job_task_run_timeline
    WHERE period_start_time >= :start AND period_start_time < date_add(:end, 3)
      AND workspace_id = :workspace_id AND job_id = :job_id
  ) used
)
SELECT b.which, b.run_id, b.started, b.ended, b.result_state, b.termination_code, b.trigger_type, b.attempts,
       b.elapsed_seconds AS elapsed, CAST(b.queue_seconds AS DOUBLE) AS queue, CAST(b.setup_seconds AS DOUBLE) AS setup,
       CAST(b.execution_seconds AS DOUBLE) AS execution, MAX(j.change_time) OVER (PARTITION BY b.run_id) AS job_version,
       MAX(CASE WHEN COALESCE(folded(j.run_as_user_name), folded(j.run_as)) IS NOT NULL
                THEN struct(j.change_time, COALESCE(folded(j.run_as_user_name), folded(j.run_as)) AS known) END)
         OVER (PARTITION BY b.run_id).known AS run_as,
       COALESCE(c.worker_node_type, c.driver_node_type) AS node_type, c.dbr_version,
       COALESCE(c.worker_count, c.max_autoscale_workers) AS workers
FROM both_runs b
LEFT JOIN system.lakeflow.jobs j
  ON j.workspace_id = :workspace_id AND j.job_id = :job_id AND j.change_time <= b.started
LEFT JOIN task_clusters t ON t.run_id = b.run_id
LEFT JOIN system.compute.clusters c ON c.workspace_id = :workspace_id AND c.cluster_id = t.cluster_id
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY b.run_id
  ORDER BY c.cluster_id NULLS LAST, CASE WHEN c.change_time <= b.started THEN 0 ELSE 1 END,
           ABS(unix_millis(c.change_time) - unix_millis(b.started))) = 1
ORDER BY b.which DESC
