-- question: Which runtime did each job and all-purpose cluster use last, and what does it cost a month?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, resource_kind, resource_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   resource_kind: text  (job, cluster)
--   resource_id: text
--   resource: text  On
--   owner: text  Owner
--   runtime: code  Runtime  (as it is set; NULL where no table says it)
--   last_used: time  Last used
--   monthly_cost: money  A month
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 12h
-- uses: [jobs_latest, prices, usage_rows, workspaces]
-- evidence: [system.billing.usage, system.lakeflow.job_task_run_timeline]
-- note: >
--   What was billed in the period: a cluster that nobody used has no row, whatever it is set to. The runtime is that of the
--   version in force when it was last used: a later change of the settings says nothing of what ran. A job's is that of the
--   cluster made for its newest task run; a job on an all-purpose cluster runs on that cluster's, and a serverless one on
--   none that anybody chooses: they have no row of their own. The cost is scaled to 30 days; NULL without a price.
WITH used AS (
  SELECT workspace_id, resource_kind, resource_id, usage_end_time, sku_name, cloud, usage_unit, MAX(billed_name) AS billed_name,
         MAX(owner) AS owner, exact_sum(quantity) AS quantity
  FROM usage_rows
  WHERE usage_date >= :start AND usage_date < :end
    AND ((resource_kind = 'job' AND product = 'JOBS') OR (resource_kind = 'cluster' AND product = 'ALL_PURPOSE'))
  GROUP BY workspace_id, resource_kind, resource_id, usage_end_time, sku_name, cloud, usage_unit
), bills AS (
  SELECT u.workspace_id, u.resource_kind, u.resource_id, MAX(u.billed_name) AS billed_name, MAX(u.owner) AS owner,
         MAX(u.usage_end_time) AS last_used, SUM(u.quantity * p.price) AS cost
  FROM used u
  LEFT JOIN prices p ON in_force(p, u.usage_end_time)
  GROUP BY u.workspace_id, u.resource_kind, u.resource_id
), tasks AS (
  SELECT workspace_id, job_id, cluster_id, MAX(period_end_time) AS last_used
  FROM system.lakeflow.job_task_run_timeline
  LATERAL VIEW explode(compute_ids) c AS cluster_id
  WHERE period_start_time >= date_sub(:start, 1) AND period_start_time < :end AND in_workspaces(workspace_id)
  GROUP BY workspace_id, job_id, cluster_id
), versions AS (
  SELECT workspace_id, cluster_id, cluster_source, cluster_name, folded(owned_by) AS owned_by, dbr_version, change_time
  FROM system.compute.clusters
  WHERE dbr_version IS NOT NULL AND change_time < :end AND in_workspaces(workspace_id)
), ran AS (
  SELECT b.*, v.dbr_version, v.cluster_name, v.owned_by,
         ROW_NUMBER() OVER (PARTITION BY b.workspace_id, b.resource_kind, b.resource_id
                            ORDER BY v.dbr_version IS NULL, t.last_used DESC NULLS LAST, v.change_time DESC NULLS LAST,
                                     v.dbr_version) AS place
  FROM bills b
  LEFT JOIN tasks t ON b.resource_kind = 'job' AND t.workspace_id = b.workspace_id AND t.job_id = b.resource_id
  LEFT JOIN versions v ON v.workspace_id = b.workspace_id AND v.change_time <= b.last_used
                      AND v.cluster_id = CASE WHEN b.resource_kind = 'job' THEN t.cluster_id ELSE b.resource_id END
                      AND (v.cluster_source IN ('UI', 'API')) = (b.resource_kind = 'cluster')
)
SELECT b.workspace_id, known_name(s.workspace_name) AS workspace, b.resource_kind, b.resource_id,
       known_name(CASE WHEN b.resource_kind = 'job' THEN j.name ELSE b.cluster_name END, b.billed_name) AS resource,
       CASE WHEN b.resource_kind = 'job' THEN COALESCE(j.run_as_user_name, b.owner) ELSE COALESCE(b.owned_by, b.owner) END
         AS owner,
       b.dbr_version AS runtime, b.last_used,
       CAST(b.cost * try_divide(30D, CAST(datediff(:end, :start) AS DOUBLE)) AS DECIMAL(18, 2)) AS monthly_cost
FROM ran b
LEFT JOIN jobs_latest j ON b.resource_kind = 'job' AND j.workspace_id = b.workspace_id AND j.job_id = b.resource_id
LEFT JOIN workspaces s ON s.workspace_id = b.workspace_id
WHERE b.place = 1 AND (b.dbr_version IS NOT NULL OR b.resource_kind = 'cluster')
ORDER BY monthly_cost DESC NULLS LAST, workspace_id, resource_kind, resource_id
