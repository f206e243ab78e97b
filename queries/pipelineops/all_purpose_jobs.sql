-- question: >
--   Which jobs run on all-purpose compute?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id, cluster_id]
-- columns:
--   workspace_id: text
--   job_id: text  (NULL where the row is the rest)
--   name: text  Job
--   cluster_id: text
--   cluster: text  Cluster
--   owner: text  Owner
--   task_runs: count  Task runs
--   hours: hours  Time
-- things: {name: job, cluster: cluster, owner: [principal, owner]}
-- ttl: 12h
-- uses: [jobs_latest, job_names, interactive_clusters]
-- optional: [system.billing.usage, system.lakeflow.jobs.run_as_user_name]
-- evidence: [system.lakeflow.job_task_run_timeline]
-- note: >
--   Task runs whose compute_ids name a cluster made in the UI or by API; job compute would be cheaper. hours sum the
--   slices. The :limit jobs with most hours on a cluster stand alone, the rest is one row of no job.
WITH used AS (
  SELECT workspace_id, job_id, run_id, explode(array_distinct(compute_ids)) AS cluster_id,
         unix_millis(period_end_time) - unix_millis(period_start_time) AS ms
  FROM system.lakeflow.job_task_run_timeline
  WHERE period_start_time >= :start AND period_start_time < :end
    AND in_workspaces(workspace_id)
), lines AS (
  SELECT u.workspace_id, u.job_id, MAX(n.name) AS name, u.cluster_id, MAX(c.cluster_name) AS cluster,
         MAX(COALESCE(j.run_as_user_name, j.run_as)) AS owner, COUNT(DISTINCT u.run_id) AS task_runs, SUM(u.ms) AS ms,
         ROW_NUMBER() OVER (ORDER BY SUM(u.ms) DESC, u.workspace_id, u.job_id, u.cluster_id) > :limit AS is_rest
  FROM used u
  JOIN interactive_clusters c ON c.workspace_id = u.workspace_id AND c.cluster_id = u.cluster_id
  LEFT JOIN jobs_latest j ON j.workspace_id = u.workspace_id AND j.job_id = u.job_id
  LEFT JOIN job_names n ON n.workspace_id = u.workspace_id AND n.job_id = u.job_id
  WHERE c.cluster_source IN ('UI', 'API')
  GROUP BY u.workspace_id, u.job_id, u.cluster_id
), kept AS (
  SELECT is_rest, CASE WHEN NOT is_rest THEN workspace_id END AS workspace_id,
         CASE WHEN NOT is_rest THEN job_id END AS job_id,
         CASE WHEN is_rest THEN 'other jobs' ELSE known_name(name) END AS name,
         CASE WHEN NOT is_rest THEN cluster_id END AS cluster_id, CASE WHEN NOT is_rest THEN cluster END AS cluster,
         CASE WHEN NOT is_rest THEN owner END AS owner, SUM(task_runs) AS task_runs, SUM(ms) AS ms
  FROM lines
  GROUP BY ALL
)
SELECT workspace_id, job_id, name, cluster_id, cluster, owner, task_runs, CAST(ms AS DOUBLE) / 3600000D AS hours
FROM kept
ORDER BY is_rest, ms DESC, workspace_id, job_id, cluster_id
