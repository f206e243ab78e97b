-- question: Which jobs and SQL warehouses could move to serverless compute, at what cost, and what came of those that did?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, resource_kind, resource_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   resource_kind: text  (job, warehouse)
--   resource_id: text
--   resource: text  On
--   owner: text  Owner
--   verdict: code  Serverless  (CANDIDATE, MOVED, BLOCKED)
--   barrier: code  Stands in the way  (of a blocked one)
--   runs: count  Classic runs
--   serverless_runs: count  Serverless runs
--   took: seconds  A run takes
--   setup: seconds  To start up  (mean of the classic runs)
--   serverless_setup: seconds  (mean of all serverless runs of the account)
--   monthly_cost: money  Classic a month
--   expected_low: money
--   expected_high: money
--   both_ways: count  (jobs of the account that ran often enough both ways)
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 12h
-- uses: [job_runs, jobs_latest, prices, usage_rows, warehouses_latest, workspaces]
-- optional: [system.compute.node_types, system.lakeflow.job_run_timeline.setup_duration_seconds]
-- evidence: [system.billing.usage]
-- note: >
--   Existing jobs of this region on clusters of their own, and classic or pro SQL warehouses, that were billed in the period. A
--   run is classic or serverless by its SKUs; one of both is neither, and runs on all-purpose clusters are billed with these. MOVED
--   is a job whose newest run is serverless and that ran classic before: classic is what its runs would have cost at the mean
--   of its classic ones, expected what they cost at the mean of its serverless ones, both measured; what else changed meanwhile
--   is in it. CANDIDATE: its classic cost times the least and the largest such ratio of the jobs with three priced runs or more
--   each way (both_ways); where there are fewer than three, times 0.64 and 1.57, what the ratio is within in four cases of five
--   where nothing is known. BLOCKED is what serverless does not run, by the newest cluster made for the job or its trigger. A
--   warehouse is priced by the serverless SKU of its size, as many hours; the SKU of classic ones names no region: it is that
--   of the workspace's other SKUs. Machines that the cloud bills apart are in no figure,
--   so classic costs more than this; the language of a job, its libraries and its network are in no table. Scaled to 30 days;
--   NULL without a price.
WITH billed AS (
  SELECT workspace_id, resource_kind, resource_id, job_run_id, contains(sku_name, 'SERVERLESS') AS is_serverless, sku_name, cloud,
         usage_unit, usage_end_time, exact_sum(quantity) AS quantity,
         CASE WHEN contains(sku_name, '_SERVERLESS_') OR contains(sku_name, '_SQL_PRO_')
              THEN NULLIF(regexp_extract(sku_name, '_COMPUTE_(.+)$', 1), '') END AS region
  FROM usage_rows
  WHERE usage_date >= :start AND usage_date < :end
    AND ((resource_kind = 'job' AND product = 'JOBS' AND job_run_id IS NOT NULL)
         OR (resource_kind = 'warehouse' AND product = 'SQL'))
  GROUP BY ALL
), placed AS (
  SELECT *, CASE WHEN resource_kind = 'warehouse' THEN
           regexp_replace(sku_name, '_SQL_(PRO_)?COMPUTE', '_SERVERLESS_SQL_COMPUTE')
           || CASE WHEN endswith(sku_name, '_COMPUTE') AND place IS NOT NULL THEN '_' || place ELSE '' END END AS serverless_sku
  FROM (SELECT *, MAX(region) OVER (PARTITION BY workspace_id) AS place FROM billed) regions
  WHERE NOT (resource_kind = 'warehouse' AND is_serverless)
), costs AS (
  SELECT b.workspace_id, b.resource_kind, b.resource_id, b.job_run_id, MAX(b.is_serverless) AS is_serverless,
         MAX(b.usage_end_time) AS ended,
         CASE WHEN COUNT(*) = COUNT(p.price) THEN SUM(CAST(b.quantity * p.price AS DOUBLE)) END AS cost,
         CASE WHEN COUNT(*) = COUNT(s.price) THEN SUM(CAST(b.quantity * s.price AS DOUBLE)) END AS as_serverless
  FROM placed b
  LEFT JOIN prices p ON in_force(p, b.usage_end_time)
  LEFT JOIN prices s ON in_force(s, b.usage_end_time, b.serverless_sku)
  GROUP BY b.workspace_id, b.resource_kind, b.resource_id, b.job_run_id
  HAVING MIN(b.is_serverless) = MAX(b.is_serverless)
), timed AS (
  SELECT c.*, CAST(r.setup_seconds AS DOUBLE) AS setup, CAST(r.elapsed_seconds AS DOUBLE) AS took,
         AVG(CASE WHEN c.is_serverless THEN CAST(r.setup_seconds AS DOUBLE) END) OVER () AS serverless_setup
  FROM costs c
  LEFT JOIN job_runs r ON c.resource_kind = 'job' AND r.workspace_id = c.workspace_id AND r.job_id = c.resource_id
                      AND r.run_id = c.job_run_id
), things AS (
  SELECT workspace_id, resource_kind, resource_id, COUNT(CASE WHEN NOT is_serverless THEN 1 END) AS runs,
         COUNT(CASE WHEN is_serverless THEN 1 END) AS serverless_runs,
         COALESCE(MAX(CASE WHEN is_serverless THEN ended END) > MAX(CASE WHEN NOT is_serverless THEN ended END), false) AS moved,
         AVG(CASE WHEN NOT is_serverless THEN took END) AS took, AVG(CASE WHEN NOT is_serverless THEN setup END) AS setup,
         MAX(serverless_setup) AS serverless_setup, SUM(as_serverless) AS as_serverless,
         CASE WHEN COUNT(CASE WHEN NOT is_serverless AND cost IS NULL THEN 1 END) = 0
              THEN AVG(CASE WHEN NOT is_serverless THEN cost END) END AS classic_run,
         CASE WHEN COUNT(CASE WHEN is_serverless AND cost IS NULL THEN 1 END) = 0
              THEN AVG(CASE WHEN is_serverless THEN cost END) END AS serverless_run
  FROM timed
  GROUP BY workspace_id, resource_kind, resource_id
), learned AS (
  SELECT *, COUNT(ratio) OVER () AS both_ways, MIN(ratio) OVER () AS least, MAX(ratio) OVER () AS most
  FROM (
    SELECT *, CASE WHEN resource_kind = 'job' AND runs >= 3 AND serverless_runs >= 3 AND classic_run > 0
                   THEN try_divide(serverless_run, classic_run) END AS ratio
    FROM things
  ) pairs
), made AS (
  SELECT workspace_id, job_id, CASE
           WHEN contains(dbr_version, '-gpu-') OR gpus > 0 THEN 'GPU'
           WHEN startswith(dbr_version, 'custom:') THEN 'CUSTOM_IMAGE'
           WHEN size(init_scripts) > 0 THEN 'INIT_SCRIPTS'
           WHEN data_security_mode = 'NONE' OR startswith(data_security_mode, 'LEGACY') THEN 'NO_ISOLATION' END AS why,
         ROW_NUMBER() OVER (PARTITION BY workspace_id, job_id ORDER BY change_time DESC, cluster_id) AS place
  FROM (
    SELECT c.workspace_id, regexp_extract(c.cluster_name, '^job-([0-9]+)-run-', 1) AS job_id, c.cluster_id, c.change_time,
           c.dbr_version, c.init_scripts, c.data_security_mode, n.gpu_count AS gpus
    FROM system.compute.clusters c
    LEFT JOIN system.compute.node_types n ON n.node_type = COALESCE(c.worker_node_type, c.driver_node_type)
    WHERE c.change_date >= :start AND c.change_date < :end AND c.cluster_source = 'JOB' AND c.delete_time IS NULL
      AND in_workspaces(c.workspace_id)
  ) own
), moves AS (
  SELECT l.workspace_id, l.resource_kind, l.resource_id, COALESCE(k.name, w.warehouse_name) AS name,
         CASE WHEN l.resource_kind = 'job' THEN COALESCE(k.run_as_user_name, k.run_as) ELSE w.created_by END AS owner,
         CASE WHEN l.moved THEN 'MOVED' WHEN k.trigger.continuous.enabled OR m.why IS NOT NULL THEN 'BLOCKED'
              ELSE 'CANDIDATE' END AS verdict,
         CASE WHEN l.moved THEN NULL WHEN k.trigger.continuous.enabled THEN 'CONTINUOUS' ELSE m.why END AS barrier,
         CASE WHEN l.resource_kind = 'job' THEN l.runs END AS runs,
         CASE WHEN l.resource_kind = 'job' THEN l.serverless_runs END AS serverless_runs, l.took, l.setup,
         CASE WHEN l.resource_kind = 'job' THEN l.serverless_setup END AS serverless_setup,
         CASE WHEN l.resource_kind = 'job' THEN l.both_ways END AS both_ways,
         l.classic_run * CASE WHEN l.moved THEN l.runs + l.serverless_runs ELSE l.runs END AS cost,
         CASE WHEN l.moved THEN l.serverless_run * (l.runs + l.serverless_runs)
              WHEN l.resource_kind = 'warehouse' THEN l.as_serverless
              ELSE l.classic_run * l.runs * CASE WHEN l.both_ways >= 3 THEN l.least ELSE 0.64D END END AS low,
         CASE WHEN l.moved THEN l.serverless_run * (l.runs + l.serverless_runs)
              WHEN l.resource_kind = 'warehouse' THEN l.as_serverless
              ELSE l.classic_run * l.runs * CASE WHEN l.both_ways >= 3 THEN l.most ELSE 1.57D END END AS high
  FROM learned l
  LEFT JOIN jobs_latest k ON l.resource_kind = 'job' AND k.workspace_id = l.workspace_id AND k.job_id = l.resource_id
  LEFT JOIN warehouses_latest w ON l.resource_kind = 'warehouse' AND w.workspace_id = l.workspace_id
                               AND w.warehouse_id = l.resource_id
  LEFT JOIN made m ON l.resource_kind = 'job' AND m.workspace_id = l.workspace_id AND m.job_id = l.resource_id AND m.place = 1
  WHERE l.runs > 0 AND ((k.job_id IS NOT NULL AND k.delete_time IS NULL)
                        OR (w.delete_time IS NULL AND w.warehouse_type IN ('CLASSIC', 'PRO')))
)
SELECT m.workspace_id, known_name(s.workspace_name) AS workspace, m.resource_kind, m.resource_id, known_name(m.name) AS resource,
       m.owner, m.verdict, m.barrier, m.runs, m.serverless_runs, m.took, m.setup, m.serverless_setup,
       CAST(CAST(m.cost * try_divide(30D, CAST(datediff(:end, :start) AS DOUBLE)) AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS monthly_cost,
       CASE WHEN m.verdict <> 'BLOCKED' THEN CAST(CAST(
         m.low * try_divide(30D, CAST(datediff(:end, :start) AS DOUBLE)) AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) END AS expected_low,
       CASE WHEN m.verdict <> 'BLOCKED' THEN CAST(CAST(
         m.high * try_divide(30D, CAST(datediff(:end, :start) AS DOUBLE)) AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) END AS expected_high,
       m.both_ways
FROM moves m
LEFT JOIN workspaces s ON s.workspace_id = m.workspace_id
ORDER BY monthly_cost DESC NULLS LAST, m.workspace_id, m.resource_kind, m.resource_id
