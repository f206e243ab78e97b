-- question: Which jobs run on all-purpose clusters, and what would they save on job compute?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, resource_id]
-- columns:
--   what: text
--   workspace_id: text
--   workspace: text
--   resource_kind: text
--   resource_id: text
--   resource: text
--   owner: text
--   monthly_saving: money
--   confidence: text
--   effort: text
--   evidence: text
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 12h
-- uses: [prices, cluster_usage, cluster_job_hours, jobs_latest, job_names, workspaces]
-- evidence: [system.billing.usage, system.lakeflow.job_task_run_timeline]
-- note: >
--   The job's share of each cluster hour (as in cluster_share) x (all-purpose price - jobs price) at that hour; the
--   jobs SKU is the all-purpose SKU with JOBS in its name instead of ALL_PURPOSE, same cloud and unit. Hours without
--   such a price save nothing; where not even the all-purpose SKU has a price the saving is NULL. The job's own cluster
--   must start for each run, which this leaves out. Scaled to 30 days from the days since the first task run that the
--   timeline knows, if clusters were billed before it; else from all days.
WITH billed AS (
  SELECT *, MIN(to_date(hour)) OVER () AS first_billed FROM cluster_usage
), job_hours AS (
  SELECT u.workspace_id, j.job_id, CASE WHEN ROW_NUMBER() OVER (
           PARTITION BY u.workspace_id, u.cluster_id, u.hour, j.job_id ORDER BY u.usage_end_time, u.sku_name) = 1
         THEN j.job_ms ELSE 0 END AS job_ms, u.cost, u.quantity, p.price,
         try_divide(CAST(j.busy_ms AS DOUBLE), GREATEST(j.busy_ms, u.on_ms))
           * try_divide(CAST(j.job_ms AS DOUBLE), j.all_jobs_ms) AS share,
         datediff(:end, CASE WHEN u.first_billed < t.first_known THEN GREATEST(t.first_known, :start) ELSE :start END)
           AS evidence_days
  FROM billed u
  JOIN cluster_job_hours j ON j.workspace_id = u.workspace_id AND j.cluster_id = u.cluster_id AND j.hour = u.hour
  CROSS JOIN (
    SELECT to_date(MIN(period_start_time)) AS first_known
    FROM system.lakeflow.job_task_run_timeline
    WHERE period_start_time >= date_sub(:start, 1) AND period_start_time < :end
  ) t
  LEFT JOIN prices p ON in_force(p, u.usage_end_time, replace(u.sku_name, 'ALL_PURPOSE', 'JOBS'))
  WHERE contains(u.sku_name, 'ALL_PURPOSE') AND (p.price IS NOT NULL OR u.cost IS NULL)
), jobs AS (
  SELECT workspace_id, job_id, evidence_days, SUM(CAST(cost - quantity * price AS DOUBLE) * share) AS saving,
         SUM(CAST(cost AS DOUBLE) * share) AS cost, SUM(job_ms) AS job_ms
  FROM job_hours
  GROUP BY workspace_id, job_id, evidence_days
)
SELECT 'Move the job to job compute' AS what, b.workspace_id,
       known_name(s.workspace_name) AS workspace, 'job' AS resource_kind,
       b.job_id AS resource_id, known_name(n.name) AS resource,
       COALESCE(j.run_as_user_name, j.run_as) AS owner,
       CAST(CAST(try_divide(LEAST(b.saving, b.cost) * 30, b.evidence_days) AS DECIMAL(28, 6)) AS DECIMAL(18, 2))
         AS monthly_saving,
       'medium' AS confidence, 'low' AS effort,
       CASE WHEN b.cost IS NULL THEN 'no price in ' || :currency || ' for '
            ELSE CAST(CAST(round(b.cost) AS BIGINT) AS STRING) || ' ' || :currency || ' in ' END
         || CAST(CAST(round(try_divide(CAST(b.job_ms AS DOUBLE), 3600000)) AS BIGINT) AS STRING)
         || CASE WHEN b.cost IS NULL THEN ' task hours' ELSE ' task hours at the all-purpose price' END
         || CASE WHEN b.evidence_days < datediff(:end, :start) THEN '; known on ' || CAST(b.evidence_days AS STRING)
                   || ' of ' || CAST(datediff(:end, :start) AS STRING) || ' days' ELSE '' END AS evidence
FROM jobs b
LEFT JOIN jobs_latest j ON j.workspace_id = b.workspace_id AND j.job_id = b.job_id
LEFT JOIN job_names n ON n.workspace_id = b.workspace_id AND n.job_id = b.job_id
LEFT JOIN workspaces s ON s.workspace_id = b.workspace_id
WHERE (b.cost IS NULL OR b.saving > 0) AND j.delete_time IS NULL
ORDER BY monthly_saving DESC NULLS LAST, workspace_id, resource_id
