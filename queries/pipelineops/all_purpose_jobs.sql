-- question: >
--   Which jobs run on all-purpose compute?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id, cluster_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text
--   cluster_id: text
--   cluster: text
--   owner: text
--   task_runs: count
--   hours: hours
-- ttl: 12h
-- uses: [jobs_latest, interactive_clusters]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   Task runs whose compute_ids name a cluster made in the UI or by API; job compute would be cheaper. hours sum the
--   slices.
WITH used AS (
  SELECT workspace_id, job_id, run_id, explode(compute_ids) AS cluster_id,
         unix_millis(period_end_time) - unix_millis(period_start_time) AS ms
  FROM system.lakeflow.job_task_run_timeline
  WHERE period_start_time >= :start AND period_start_time < :end
    AND (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
)
SELECT u.workspace_id, u.job_id, COALESCE(MAX(j.name), 'other region or deleted') AS name, u.cluster_id,
       MAX(c.cluster_name) AS cluster, MAX(COALESCE(j.run_as_user_name, j.run_as)) AS owner,
       COUNT(DISTINCT u.run_id) AS task_runs, CAST(SUM(u.ms) AS DOUBLE) / 3600000D AS hours
FROM used u
JOIN interactive_clusters c ON c.workspace_id = u.workspace_id AND c.cluster_id = u.cluster_id
LEFT JOIN jobs_latest j ON j.workspace_id = u.workspace_id AND j.job_id = u.job_id
WHERE c.cluster_source IN ('UI', 'API')
GROUP BY u.workspace_id, u.job_id, u.cluster_id
ORDER BY hours DESC, u.workspace_id, u.job_id, u.cluster_id
LIMIT :limit
