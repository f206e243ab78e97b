-- uses: [cluster_usage, clusters_latest]
-- note: >
--   Per existing all-purpose cluster between :start and :end: its cost, and the part of it that fell on idle minutes
--   (idle_cost, DOUBLE): minutes in which every node used less than 5 % CPU and at most 80 % memory. Hours without node
--   measurements count as busy. A cluster deleted by now is left out.
SELECT u.workspace_id, u.cluster_id, k.cluster_name, k.owned_by,
       COALESCE(k.auto_termination_minutes, 0) AS auto_minutes,
       SUM(u.cost) AS cost, SUM(u.cost * COALESCE(n.idle_share, 0D)) AS idle_cost,
       SUM(COALESCE(n.idle_minutes, 0)) AS idle_minutes, SUM(COALESCE(n.minutes, 0)) AS minutes
FROM (
  SELECT workspace_id, cluster_id, hour, CAST(SUM(cost) AS DOUBLE) AS cost
  FROM cluster_usage
  GROUP BY workspace_id, cluster_id, hour
) u
JOIN clusters_latest k ON k.workspace_id = u.workspace_id AND k.cluster_id = u.cluster_id AND k.delete_time IS NULL
LEFT JOIN (
  SELECT workspace_id, cluster_id, date_trunc('HOUR', minute) AS hour, COUNT(*) AS minutes,
         SUM(CASE WHEN cpu < 5 AND memory <= 80 THEN 1 ELSE 0 END) AS idle_minutes,
         try_divide(CAST(SUM(CASE WHEN cpu < 5 AND memory <= 80 THEN 1 ELSE 0 END) AS DOUBLE), COUNT(*)) AS idle_share
  FROM (
    SELECT workspace_id, cluster_id, date_trunc('MINUTE', start_time) AS minute,
           MAX(cpu_user_percent + cpu_system_percent) AS cpu, MAX(mem_used_percent) AS memory
    FROM system.compute.node_timeline
    WHERE start_time >= :start AND start_time < :end
    GROUP BY ALL
  ) minutes
  GROUP BY ALL
) n ON n.workspace_id = u.workspace_id AND n.cluster_id = u.cluster_id AND n.hour = u.hour
WHERE k.cluster_source IN ('UI', 'API')
GROUP BY u.workspace_id, u.cluster_id, k.cluster_name, k.owned_by, k.auto_termination_minutes
