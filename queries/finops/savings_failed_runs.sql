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
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 12h
-- uses: [prices, usage_rows, jobs_latest, workspaces]
-- look_back: 0d
-- note: >
--   Cost is summed per run first, then the run's own last state is joined: FAILED, ERROR or TIMED_OUT. Cancelled runs
--   are left out, a run repaired to success within three days after :end counts as success, one that is being repaired
--   is no failure. All of a failed run's cost counts, an upper bound: some of its work may be kept. Jobs on all-purpose
--   clusters are not billed per run. Scaled to 30 days from the days with evidence: all but those on which the job was
--   billed before the first run of the region that the timeline knows, or after the last. NULL without a price.
WITH hours AS (
  SELECT workspace_id, resource_id AS job_id, job_run_id, sku_name, cloud, usage_unit, usage_end_time,
         MIN(usage_date) AS first_day, MAX(usage_date) AS last_day, MAX(billed_name) AS billed_name,
         exact_sum(quantity) AS quantity
  FROM usage_rows
  WHERE usage_date >= :start AND usage_date < :end AND resource_kind = 'job' AND job_run_id IS NOT NULL
  GROUP BY ALL
), costs AS (
  SELECT h.workspace_id, h.job_id, h.job_run_id, MIN(h.first_day) AS first_day, MAX(h.last_day) AS last_day,
         MAX(h.billed_name) AS billed_name, SUM(h.quantity * p.price) AS cost
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.workspace_id, h.job_id, h.job_run_id
), states AS (
  SELECT workspace_id, run_id,
         CASE WHEN MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) = MAX(period_end_time)
              THEN max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) END AS result_state,
         MIN(to_date(MIN(period_start_time))) OVER () AS first_known,
         MAX(to_date(MAX(period_end_time))) OVER () AS last_known
  FROM system.lakeflow.job_run_timeline
  WHERE period_start_time >= date_sub(:start, 7) AND period_start_time < date_add(:end, 3)
  GROUP BY workspace_id, run_id
), runs AS (
  SELECT c.workspace_id, c.job_id, c.billed_name, c.cost, c.first_day, c.last_day,
         COALESCE(s.result_state, '') IN ('FAILED', 'ERROR', 'TIMED_OUT') AS has_failed,
         MAX(s.first_known) OVER () AS first_known, MAX(s.last_known) OVER () AS last_known
  FROM costs c
  LEFT JOIN states s ON s.workspace_id = c.workspace_id AND s.run_id = c.job_run_id
), jobs AS (
  SELECT workspace_id, job_id, MAX(billed_name) AS billed_name, COUNT(*) AS runs,
         SUM(CASE WHEN has_failed THEN 1 ELSE 0 END) AS failed_runs, SUM(CASE WHEN has_failed THEN cost END) AS failed_cost,
         SUM(CASE WHEN last_day >= first_known AND first_day <= last_known THEN cost END) AS known_cost,
         datediff(CASE WHEN MAX(last_day) > MAX(last_known) THEN date_add(MAX(last_known), 1) ELSE :end END,
                  CASE WHEN MIN(first_day) < MAX(first_known) THEN MAX(first_known) ELSE :start END) AS evidence_days
  FROM runs
  GROUP BY workspace_id, job_id
)
SELECT 'Mend the job that keeps failing' AS what, b.workspace_id,
       known_name(s.workspace_name) AS workspace, 'job' AS resource_kind,
       b.job_id AS resource_id, known_name(j.name, b.billed_name) AS resource,
       COALESCE(j.run_as_user_name, j.run_as) AS owner,
       CAST(CAST(try_divide(CAST(LEAST(b.failed_cost, b.known_cost) AS DOUBLE) * 30, b.evidence_days) AS DECIMAL(28, 6))
            AS DECIMAL(18, 2)) AS monthly_saving,
       CASE WHEN b.failed_runs >= 5 THEN 'medium' ELSE 'low' END AS confidence, 'high' AS effort,
       CAST(b.failed_runs AS STRING) || ' of ' || CAST(b.runs AS STRING) || ' billed runs failed'
         || CASE WHEN b.evidence_days < datediff(:end, :start) THEN '; known on ' || CAST(b.evidence_days AS STRING)
                   || ' of ' || CAST(datediff(:end, :start) AS STRING) || ' days' ELSE '' END
         || CASE WHEN b.failed_cost IS NULL THEN '; no price in ' || :currency ELSE '' END AS evidence
FROM jobs b
LEFT JOIN jobs_latest j ON j.workspace_id = b.workspace_id AND j.job_id = b.job_id
LEFT JOIN workspaces s ON s.workspace_id = b.workspace_id
WHERE b.failed_runs > 0 AND COALESCE(b.failed_cost, 1) > 0 AND j.delete_time IS NULL
ORDER BY monthly_saving DESC NULLS LAST, workspace_id, resource_id
