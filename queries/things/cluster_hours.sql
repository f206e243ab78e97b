-- question: When does this cluster run, and how busy are its machines?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, cluster_id: text}
-- grain: [hour]
-- columns:
--   hour: time  Hour
--   minutes: count  Minutes it ran
--   idle_minutes: count  Minutes without work
--   nodes: count  Most machines at once
--   cpu: ratio  CPU
--   memory: ratio  Memory
-- ttl: 30m
-- note: >
--   Clock hours (UTC) with at least one minute that a machine of it was measured in. cpu is user and system time, the mean of the
--   machines in each minute, then of the minutes; memory is the most that one machine used in a minute. A minute is without
--   work where every machine used less than 5 % of its CPU and at most 80 % of its memory. An hour without measurements is
--   absent: it did not run, or its machines lived for less than about ten minutes.
WITH machines AS (
  SELECT date_trunc('MINUTE', start_time) AS minute, instance_id, MAX(cpu_user_percent + cpu_system_percent) AS cpu,
         MAX(mem_used_percent) AS memory
  FROM system.compute.node_timeline
  WHERE start_time >= :start AND start_time < :end AND workspace_id = :workspace_id AND cluster_id = :cluster_id
    AND in_workspaces(workspace_id)
  GROUP BY date_trunc('MINUTE', start_time), instance_id
), measured AS (
  SELECT minute, COUNT(*) AS nodes, AVG(cpu) AS cpu, MAX(cpu) AS busiest, MAX(memory) AS memory
  FROM machines
  GROUP BY minute
)
SELECT date_trunc('HOUR', minute) AS hour, COUNT(*) AS minutes,
       SUM(CASE WHEN busiest < 5 AND memory <= 80 THEN 1 ELSE 0 END) AS idle_minutes, MAX(nodes) AS nodes,
       AVG(cpu) / 100D AS cpu, MAX(memory) / 100D AS memory
FROM measured
GROUP BY date_trunc('HOUR', minute)
ORDER BY hour
