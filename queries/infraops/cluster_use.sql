-- question: How much of their CPU and memory do the drivers and the workers of all-purpose clusters use at their height?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, cluster_id, role]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   cluster_id: text
--   cluster: text  Cluster
--   owner: text  Owner
--   role: text  Machines  (driver, workers, single machine; not measured)
--   cpu: ratio  CPU, 95 %
--   memory: ratio  Memory, 95 %
--   cpu_peak: ratio  (99 %)
--   memory_peak: ratio
--   swapping: ratio  Swapped
--   machines: count  Machines at once
--   days: count  Days measured
--   measured: ratio  Measured of billed
--   workers: count  Workers
--   workers_least: count
--   autoscales: flag
--   cost_a_day: money  Cost a day
-- things: {workspace: workspace, cluster: cluster, owner: [principal, owner]}
-- ttl: 12h
-- uses: [cluster_usage, interactive_clusters, workspaces]
-- evidence: [system.billing.usage, system.compute.node_timeline]
-- note: >
--   Existing clusters made by hand or by API that were billed. The 95th percentile over the minutes of each machine of a
--   role: a mean would hide the height, and a driver is no worker; the peaks are the 99th, by which something is made smaller. A cluster that has no workers is a single machine.
--   Machines that lived for less than about ten minutes have no measurements: measured says which share of the billed time
--   has them, and a cluster without any has one row, whose role is not measured. cost_a_day is over the days it was billed.
WITH machines AS (
  SELECT workspace_id, cluster_id, driver, instance_id, date_trunc('MINUTE', start_time) AS minute,
         MAX(cpu_user_percent + cpu_system_percent) AS cpu, MAX(mem_used_percent) AS memory, MAX(mem_swap_percent) AS swap
  FROM system.compute.node_timeline
  WHERE start_time >= :start AND start_time < :end AND in_workspaces(workspace_id)
  GROUP BY ALL
), roles AS (
  SELECT workspace_id, cluster_id, COALESCE(driver, FALSE) AS driver,
         percentile_cont(0.95) WITHIN GROUP (ORDER BY cpu) AS cpu,
         percentile_cont(0.95) WITHIN GROUP (ORDER BY memory) AS memory,
         percentile_cont(0.99) WITHIN GROUP (ORDER BY cpu) AS cpu_peak,
         percentile_cont(0.99) WITHIN GROUP (ORDER BY memory) AS memory_peak,
         AVG(CASE WHEN swap > 0 THEN 1D ELSE 0D END) AS swapping, COUNT(*) AS machine_minutes,
         COUNT(DISTINCT minute) AS minutes, COUNT(DISTINCT to_date(minute)) AS days
  FROM machines
  GROUP BY workspace_id, cluster_id, COALESCE(driver, FALSE)
), bills AS (
  SELECT workspace_id, cluster_id, SUM(cost) AS cost, SUM(on_ms) AS on_ms, COUNT(DISTINCT to_date(hour)) AS days
  FROM (
    SELECT workspace_id, cluster_id, hour, SUM(cost) AS cost, MAX(on_ms) AS on_ms
    FROM cluster_usage
    GROUP BY workspace_id, cluster_id, hour
  ) hours
  GROUP BY workspace_id, cluster_id
)
SELECT b.workspace_id, known_name(s.workspace_name) AS workspace, b.cluster_id, known_name(k.cluster_name) AS cluster,
       k.owned_by AS owner,
       CASE WHEN r.driver IS NULL THEN 'not measured' WHEN NOT r.driver THEN 'workers'
            WHEN COALESCE(k.max_autoscale_workers, k.worker_count) = 0 THEN 'single machine' ELSE 'driver' END AS role,
       r.cpu / 100D AS cpu, r.memory / 100D AS memory,
       r.cpu_peak / 100D AS cpu_peak, r.memory_peak / 100D AS memory_peak, r.swapping,
       CAST(ROUND(try_divide(CAST(r.machine_minutes AS DOUBLE), r.minutes)) AS BIGINT) AS machines, r.days,
       LEAST(1D, try_divide(CAST(COALESCE(r.minutes, 0) AS DOUBLE) * 60000D, b.on_ms)) AS measured,
       COALESCE(k.max_autoscale_workers, k.worker_count) AS workers, k.min_autoscale_workers AS workers_least,
       k.max_autoscale_workers IS NOT NULL AS autoscales,
       CAST(try_divide(b.cost, b.days) AS DECIMAL(28, 10)) AS cost_a_day
FROM bills b
JOIN interactive_clusters k ON k.workspace_id = b.workspace_id AND k.cluster_id = b.cluster_id
LEFT JOIN roles r ON r.workspace_id = b.workspace_id AND r.cluster_id = b.cluster_id
LEFT JOIN workspaces s ON s.workspace_id = b.workspace_id
WHERE k.cluster_source IN ('UI', 'API') AND k.delete_time IS NULL
ORDER BY cost_a_day DESC NULLS LAST, workspace_id, cluster_id, role
