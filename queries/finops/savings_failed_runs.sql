-- question: What do failed job runs cost, job by job?
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
-- ttl: 12h
-- uses: [prices, usage_rows, jobs_latest, workspaces]
-- look_back: 0d
-- note: >
--   Cost is summed per run first, then the run's own last state is joined: FAILED, ERROR or TIMED_OUT. Cancelled runs
--   are left out, a run repaired to success within three days after :end counts as success, one that is being repaired
--   is no failure. All of a failed run's cost counts, an upper bound: some of its work may be kept. Jobs on all-purpose
--   clusters are not billed per run. Scaled to 30 days.
WITH hours AS (
  SELECT workspace_id, resource_id AS job_id, job_run_id, sku_name, cloud, usage_unit, usage_end_time,
         CAST(SUM(quantity) AS DECIMAL(20, 10)) AS quantity
  FROM usage_rows
  WHERE usage_date >= :start AND usage_date < :end AND resource_kind = 'job' AND job_run_id IS NOT NULL
  GROUP BY ALL
), costs AS (
  SELECT h.workspace_id, h.job_id, h.job_run_id, SUM(h.quantity * p.price) AS cost
  FROM hours h
  JOIN prices p
    ON p.sku_name = h.sku_name AND p.cloud = h.cloud AND p.usage_unit = h.usage_unit
   AND h.usage_end_time >= p.price_start_time AND (p.price_end_time IS NULL OR h.usage_end_time < p.price_end_time)
  GROUP BY h.workspace_id, h.job_id, h.job_run_id
), states AS (
  SELECT workspace_id, run_id, MAX_BY(result_state, period_end_time) AS result_state
  FROM system.lakeflow.job_run_timeline
  WHERE period_start_time >= date_sub(:start, 7) AND period_start_time < date_add(:end, 3)
  GROUP BY workspace_id, run_id
), jobs AS (
  SELECT c.workspace_id, c.job_id, COUNT(*) AS runs,
         SUM(CASE WHEN s.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') THEN 1 ELSE 0 END) AS failed_runs,
         SUM(CASE WHEN s.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') THEN c.cost ELSE 0 END) AS failed_cost
  FROM costs c
  LEFT JOIN states s ON s.workspace_id = c.workspace_id AND s.run_id = c.job_run_id
  GROUP BY c.workspace_id, c.job_id
)
SELECT 'Mend the job that keeps failing' AS what, b.workspace_id,
       COALESCE(s.workspace_name, 'other region or deleted') AS workspace, 'job' AS resource_kind,
       b.job_id AS resource_id, COALESCE(j.name, 'other region or deleted') AS resource,
       COALESCE(j.run_as_user_name, j.run_as) AS owner,
       CAST(try_divide(CAST(b.failed_cost AS DOUBLE) * 30, datediff(:end, :start)) AS DECIMAL(18, 2)) AS monthly_saving,
       CASE WHEN b.failed_runs >= 5 THEN 'medium' ELSE 'low' END AS confidence, 'high' AS effort,
       CAST(b.failed_runs AS STRING) || ' of ' || CAST(b.runs AS STRING) || ' billed runs failed' AS evidence
FROM jobs b
LEFT JOIN jobs_latest j ON j.workspace_id = b.workspace_id AND j.job_id = b.job_id
LEFT JOIN workspaces s ON s.workspace_id = b.workspace_id
WHERE b.failed_cost > 0 AND j.delete_time IS NULL
ORDER BY monthly_saving DESC, workspace_id, resource_id
