-- question: Which jobs share the cost of the all-purpose clusters, and how much of it ran no job?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, limit: integer}
-- grain: [workspace_id, cluster_id, part, job_id]
-- columns:
--   workspace_id: text
--   cluster_id: text
--   cluster: text
--   part: text
--   job_id: text
--   job: text
--   cost: money
--   job_hours: hours
-- things: {cluster: cluster, job: job}
-- ttl: 1h
-- uses: [cluster_usage, cluster_job_hours, interactive_clusters, job_names]
-- evidence: [system.billing.usage, system.lakeflow.job_task_run_timeline]
-- note: >
--   An estimate. Hour by hour: cost x (time in which any job ran / time billed) is shared among the jobs by their
--   task-run time (part 'job'); the rest is part 'no job', which is idle or interactive: notebook work leaves no trace
--   in the tables read here. The parts of a cluster add up to its cost within 1e-6. The :limit clusters that cost most; what the others of a
--   workspace cost is one row, part 'other clusters'.
WITH billed AS (
  SELECT workspace_id, cluster_id, hour, SUM(cost) AS cost, MAX(on_ms) AS on_ms
  FROM cluster_usage
  WHERE cost IS NOT NULL
  GROUP BY workspace_id, cluster_id, hour
), shared AS (
  SELECT b.workspace_id, b.cluster_id, b.cost, b.on_ms, j.job_id, j.job_ms, j.all_jobs_ms, j.busy_ms,
         ROW_NUMBER() OVER (PARTITION BY b.workspace_id, b.cluster_id, b.hour ORDER BY j.job_id) = 1 AS is_first
  FROM billed b
  LEFT JOIN cluster_job_hours j ON j.workspace_id = b.workspace_id AND j.cluster_id = b.cluster_id AND j.hour = b.hour
), parts AS (
  SELECT workspace_id, cluster_id, part, CASE WHEN part = 'job' THEN job_id END AS job_id,
         CASE WHEN part = 'job' THEN job_ms ELSE 0 END AS job_ms, CASE WHEN part = 'no job' THEN cost END AS hour_cost,
         CAST(CASE WHEN part = 'job' THEN
             CAST(cost AS DOUBLE) * try_divide(CAST(busy_ms AS DOUBLE), GREATEST(busy_ms, on_ms))
             * try_divide(CAST(job_ms AS DOUBLE), all_jobs_ms)
           ELSE CAST(cost AS DOUBLE) * (1 - COALESCE(try_divide(CAST(busy_ms AS DOUBLE), GREATEST(busy_ms, on_ms)), 0D))
           END AS DECIMAL(28, 12)) AS cost
  FROM shared
  LATERAL VIEW explode(array('job', 'no job')) e AS part
  WHERE CASE WHEN part = 'job' THEN job_id IS NOT NULL ELSE is_first END
), ranked AS (
  SELECT *, DENSE_RANK() OVER (ORDER BY cluster_cost DESC, workspace_id, cluster_id) > :limit AS is_rest
  FROM (
    SELECT workspace_id, cluster_id, part, job_id, SUM(cost) AS cost, SUM(hour_cost) AS hour_cost, SUM(job_ms) AS job_ms,
           SUM(SUM(hour_cost)) OVER (PARTITION BY workspace_id, cluster_id) AS cluster_cost
    FROM parts
    GROUP BY workspace_id, cluster_id, part, job_id
  ) totals
), shares AS (
  SELECT workspace_id, CASE WHEN NOT is_rest THEN cluster_id END AS cluster_id,
         CASE WHEN is_rest THEN 'other clusters' ELSE part END AS part, CASE WHEN NOT is_rest THEN job_id END AS job_id,
         CAST(SUM(CASE WHEN is_rest THEN hour_cost ELSE cost END) AS DECIMAL(28, 10)) AS cost,
         try_divide(CAST(SUM(CASE WHEN is_rest THEN 0 ELSE job_ms END) AS DOUBLE), 3600000) AS job_hours
  FROM ranked
  GROUP BY ALL
)
SELECT s.workspace_id, s.cluster_id,
       CASE WHEN s.cluster_id IS NULL THEN s.part ELSE known_name(k.cluster_name) END AS cluster,
       s.part, s.job_id,
       CASE WHEN s.part = 'job' THEN known_name(j.name) END AS job, s.cost, s.job_hours
FROM shares s
LEFT JOIN interactive_clusters k ON k.workspace_id = s.workspace_id AND k.cluster_id = s.cluster_id
LEFT JOIN job_names j ON j.workspace_id = s.workspace_id AND j.job_id = s.job_id
ORDER BY s.workspace_id, s.cluster_id NULLS LAST, s.cost DESC, s.part, s.job_id
