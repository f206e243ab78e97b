-- question: >
--   Which jobs cost most, and which grow?
-- params: {previous: date, previous_end: date, start: date, end: date, workspaces: text, currency: text, basis: text,
--   limit: integer}
-- grain: [workspace_id, job_id, name]
-- columns:
--   workspace_id: text
--   job_id: text  (NULL where a row stands for several)
--   name: text  Job
--   owner: text  Owner
--   cost: money  Cost
--   previous_cost: money  Before
--   change: money  Change
--   unpriced_rows: count
-- things: {name: job, owner: [principal, owner]}
-- ttl: 1h
-- uses: [prices, jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   Usage that names a job (serverless and job compute; not jobs on all-purpose clusters), this period and the one
--   before. A period with usage but no price at all has no cost (NULL, never 0), one without usage costs 0. Names come
--   from the latest version, also of deleted jobs, else from the bill. Runs submitted from outside have a job id each:
--   what is no job of this region and ran once is summed by its name. The :limit costliest stand alone, the rest is one
--   row of no workspace.
WITH hours AS (
  SELECT workspace_id, usage_metadata.job_id AS job_id, usage_date >= :start AS is_current, sku_name, cloud, usage_unit,
         usage_end_time, exact_sum(exact(usage_quantity)) AS quantity,
         COUNT(*) AS usage_rows, MAX(COALESCE(usage_metadata.job_name, usage_metadata.run_name)) AS billed_name,
         MIN(usage_metadata.job_run_id) AS first_run, MAX(usage_metadata.job_run_id) AS last_run
  FROM system.billing.usage
  WHERE in_periods(usage_date) AND usage_metadata.job_id IS NOT NULL
    AND in_workspaces(workspace_id)
    AND only_jobs(workspace_id, usage_metadata.job_id)
  GROUP BY ALL
), costs AS (
  SELECT h.workspace_id, h.job_id, MAX(h.billed_name) AS billed_name, MIN(h.first_run) = MAX(h.last_run) AS ran_once,
         CASE WHEN COUNT(CASE WHEN h.is_current THEN 1 END) = 0 THEN 0
              ELSE SUM(CASE WHEN h.is_current THEN h.quantity * p.price END) END AS cost,
         CASE WHEN COUNT(CASE WHEN NOT h.is_current THEN 1 END) = 0 THEN 0
              ELSE SUM(CASE WHEN NOT h.is_current THEN h.quantity * p.price END) END AS previous_cost,
         SUM(CASE WHEN h.is_current AND p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.workspace_id, h.job_id
), named AS (
  SELECT c.workspace_id, c.job_id, known_name(j.name, c.billed_name) AS name,
         CASE WHEN j.job_id IS NOT NULL OR c.billed_name IS NULL OR NOT COALESCE(c.ran_once, false) THEN c.job_id END
           AS line_id,
         COALESCE(j.run_as_user_name, j.run_as) AS owner, c.cost, c.previous_cost, c.unpriced_rows
  FROM costs c
  LEFT JOIN jobs_latest j ON j.workspace_id = c.workspace_id AND j.job_id = c.job_id
), lines AS (
  SELECT workspace_id, CASE WHEN COUNT(*) = 1 THEN MAX(job_id) END AS job_id, name, owner, SUM(cost) AS cost,
         SUM(previous_cost) AS previous_cost, SUM(unpriced_rows) AS unpriced_rows,
         ROW_NUMBER() OVER (ORDER BY SUM(cost) DESC NULLS LAST, workspace_id, name, line_id) > :limit AS is_rest
  FROM named
  GROUP BY workspace_id, line_id, name, owner
), kept AS (
  SELECT is_rest, CASE WHEN NOT is_rest THEN workspace_id END AS workspace_id,
         CASE WHEN NOT is_rest THEN job_id END AS job_id, CASE WHEN is_rest THEN 'other jobs' ELSE name END AS name,
         CASE WHEN NOT is_rest THEN owner END AS owner, SUM(cost) AS cost, SUM(previous_cost) AS previous_cost,
         SUM(unpriced_rows) AS unpriced_rows
  FROM lines
  GROUP BY ALL
)
SELECT workspace_id, job_id, name, owner, cost, previous_cost, cost - previous_cost AS change, unpriced_rows
FROM kept
ORDER BY is_rest, cost DESC NULLS LAST, workspace_id, job_id, name
