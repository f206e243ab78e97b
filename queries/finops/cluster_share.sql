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
-- ttl: 1h
-- uses: [cluster_usage, cluster_job_hours, clusters_latest, jobs_latest]
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
), chosen AS (
  SELECT workspace_id, cluster_id, SUM(cost) AS cost,
         ROW_NUMBER() OVER (ORDER BY SUM(cost) DESC, workspace_id, cluster_id) > :limit AS is_rest
  FROM billed
  GROUP BY workspace_id, cluster_id
), busy AS (
  SELECT DISTINCT workspace_id, cluster_id, hour, busy_ms FROM cluster_job_hours
), parts AS (
  SELECT b.workspace_id, b.cluster_id, 'job' AS part, j.job_id,
         CAST(CAST(b.cost AS DOUBLE) * try_divide(CAST(j.busy_ms AS DOUBLE), GREATEST(j.busy_ms, b.on_ms))
           * try_divide(CAST(j.job_ms AS DOUBLE), j.all_jobs_ms) AS DECIMAL(28, 10)) AS cost, j.job_ms
  FROM billed b
  JOIN cluster_job_hours j ON j.workspace_id = b.workspace_id AND j.cluster_id = b.cluster_id AND j.hour = b.hour
  UNION ALL
  SELECT b.workspace_id, b.cluster_id, 'no job' AS part, CAST(NULL AS STRING) AS job_id,
         CAST(CAST(b.cost AS DOUBLE) * (1 - COALESCE(try_divide(CAST(y.busy_ms AS DOUBLE),
           GREATEST(y.busy_ms, b.on_ms)), 0D)) AS DECIMAL(28, 10)) AS cost, 0 AS job_ms
  FROM billed b
  LEFT JOIN busy y ON y.workspace_id = b.workspace_id AND y.cluster_id = b.cluster_id AND y.hour = b.hour
), shares AS (
  SELECT p.workspace_id, p.cluster_id, p.part, p.job_id, SUM(p.cost) AS cost,
         try_divide(CAST(SUM(p.job_ms) AS DOUBLE), 3600000) AS job_hours
  FROM parts p
  JOIN chosen c ON c.workspace_id = p.workspace_id AND c.cluster_id = p.cluster_id
  WHERE NOT c.is_rest
  GROUP BY p.workspace_id, p.cluster_id, p.part, p.job_id
  UNION ALL
  SELECT workspace_id, CAST(NULL AS STRING) AS cluster_id, 'other clusters' AS part, CAST(NULL AS STRING) AS job_id,
         SUM(cost) AS cost, 0D AS job_hours
  FROM chosen
  WHERE is_rest
  GROUP BY workspace_id
)
SELECT s.workspace_id, s.cluster_id,
       CASE WHEN s.cluster_id IS NULL THEN s.part ELSE COALESCE(k.cluster_name, 'other region or deleted') END AS cluster,
       s.part, s.job_id,
       CASE WHEN s.part = 'job' THEN COALESCE(j.name, 'other region or deleted') END AS job, s.cost, s.job_hours
FROM shares s
LEFT JOIN clusters_latest k ON k.workspace_id = s.workspace_id AND k.cluster_id = s.cluster_id
LEFT JOIN jobs_latest j ON j.workspace_id = s.workspace_id AND j.job_id = s.job_id
ORDER BY s.workspace_id, s.cluster_id NULLS LAST, s.cost DESC, s.part, s.job_id
