-- uses: [prices]
-- note: >
--   Cost per job run from usage_metadata.job_run_id, all record types; jobs on all-purpose clusters have none. Usage is
--   read to three days after :end, because a run that began in the window may end later.
SELECT h.workspace_id, h.job_id, h.run_id, SUM(h.quantity * p.price) AS cost
FROM (
  SELECT workspace_id, usage_metadata.job_id AS job_id, usage_metadata.job_run_id AS run_id, sku_name, cloud,
         usage_unit, usage_end_time,
         exact_sum(exact(usage_quantity)) AS quantity
  FROM system.billing.usage
  WHERE usage_date >= :start AND usage_date < date_add(:end, 3) AND usage_metadata.job_run_id IS NOT NULL
    AND in_workspaces(workspace_id)
  GROUP BY ALL
) h
JOIN prices p ON in_force(p, h.usage_end_time)
GROUP BY h.workspace_id, h.job_id, h.run_id
