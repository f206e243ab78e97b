-- uses: [prices]
-- note: >
--   Cost per job run from usage_metadata.job_run_id, all record types; jobs on all-purpose clusters have none. Usage is
--   read to three days after :end, because a run that began in the window may end later.
SELECT h.workspace_id, h.job_id, h.run_id, SUM(h.quantity * p.price) AS cost
FROM (
  SELECT workspace_id, usage_metadata.job_id AS job_id, usage_metadata.job_run_id AS run_id, sku_name, cloud,
         usage_unit, usage_end_time,
         CAST(SUM(CAST(usage_quantity AS DECIMAL(22, 10))) AS DECIMAL(22, 10)) AS quantity
  FROM system.billing.usage
  WHERE usage_date >= :start AND usage_date < date_add(:end, 3) AND usage_metadata.job_run_id IS NOT NULL
    AND (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
  GROUP BY ALL
) h
JOIN prices p
  ON p.sku_name = h.sku_name AND p.cloud = h.cloud AND p.usage_unit = h.usage_unit
 AND h.usage_end_time >= p.price_start_time AND (p.price_end_time IS NULL OR h.usage_end_time < p.price_end_time)
GROUP BY h.workspace_id, h.job_id, h.run_id
