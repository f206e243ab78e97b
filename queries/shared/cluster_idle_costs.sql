-- uses: [cluster_usage, interactive_clusters]
-- note: >
--   Per existing all-purpose cluster between :start and :end: the part of its cost that fell on idle minutes, scaled to
--   30 days (monthly_idle_cost, DOUBLE; NULL without a price): minutes in which every node used less than 5 % CPU and
--   at most 80 % memory. Hours without node measurements count as busy. It is scaled from evidence_days: all days but
--   those on which the cluster was billed before any of these clusters was measured, or after the last measurement; and
--   it is at most what the cluster cost on them. A cluster deleted by now is left out.
SELECT workspace_id, cluster_id, cluster_name, owned_by, auto_minutes, idle_minutes, minutes,
       datediff(until, since) AS evidence_days,
       try_divide(30 * LEAST(idle_cost, known_cost), datediff(until, since)) AS monthly_idle_cost
FROM (
  SELECT workspace_id, cluster_id, cluster_name, owned_by, auto_minutes, since, until,
         SUM(CASE WHEN day >= since AND day < until THEN cost END) AS known_cost,
         SUM(cost * COALESCE(idle_share, 0D)) AS idle_cost, SUM(COALESCE(idle_minutes, 0)) AS idle_minutes,
         SUM(COALESCE(minutes, 0)) AS minutes
  FROM (
    SELECT *, CASE WHEN first_day < first_measured THEN first_measured ELSE :start END AS since,
           CASE WHEN last_day > last_measured THEN date_add(last_measured, 1) ELSE :end END AS until
    FROM (
      SELECT u.workspace_id, u.cluster_id, k.cluster_name, k.owned_by,
             COALESCE(k.auto_termination_minutes, 0) AS auto_minutes, to_date(u.hour) AS day, u.cost, n.minutes,
             n.idle_minutes, try_divide(CAST(n.idle_minutes AS DOUBLE), n.minutes) AS idle_share,
             MIN(to_date(u.hour)) OVER (PARTITION BY u.workspace_id, u.cluster_id) AS first_day,
             MAX(to_date(u.hour)) OVER (PARTITION BY u.workspace_id, u.cluster_id) AS last_day,
             MIN(to_date(n.hour)) OVER () AS first_measured, MAX(to_date(n.hour)) OVER () AS last_measured
      FROM (
        SELECT workspace_id, cluster_id, hour, CAST(SUM(cost) AS DOUBLE) AS cost
        FROM cluster_usage
        GROUP BY workspace_id, cluster_id, hour
      ) u
      JOIN interactive_clusters k ON k.workspace_id = u.workspace_id AND k.cluster_id = u.cluster_id
      LEFT JOIN (
        SELECT workspace_id, cluster_id, date_trunc('HOUR', minute) AS hour, COUNT(*) AS minutes,
               SUM(CASE WHEN cpu < 5 AND memory <= 80 THEN 1 ELSE 0 END) AS idle_minutes
        FROM (
          SELECT workspace_id, cluster_id, date_trunc('MINUTE', start_time) AS minute,
                 MAX(cpu_user_percent + cpu_system_percent) AS cpu, MAX(mem_used_percent) AS memory
          FROM system.compute.node_timeline
          WHERE start_time >= :start AND start_time < :end
          GROUP BY ALL
        ) minutes
        GROUP BY ALL
      ) n ON n.workspace_id = u.workspace_id AND n.cluster_id = u.cluster_id AND n.hour = u.hour
      WHERE k.cluster_source IN ('UI', 'API') AND k.delete_time IS NULL
    ) hours
  ) bounded
  GROUP BY workspace_id, cluster_id, cluster_name, owned_by, auto_minutes, since, until
) clusters
