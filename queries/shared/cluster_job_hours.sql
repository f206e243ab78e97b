-- note: >
--   Each job's time on a cluster per clock hour: job_ms sums its task runs (parallel tasks count twice), all_jobs_ms
--   those of every job, busy_ms the time in which at least one ran. Only clusters that task runs name in compute_ids.
SELECT workspace_id, cluster_id, hour, job_id, SUM(to_ms - from_ms) AS job_ms,
       SUM(SUM(to_ms - from_ms)) OVER (PARTITION BY workspace_id, cluster_id, hour) AS all_jobs_ms,
       SUM(SUM(new_ms)) OVER (PARTITION BY workspace_id, cluster_id, hour) AS busy_ms
FROM (
  SELECT workspace_id, cluster_id, hour, job_id, from_ms, to_ms,
         GREATEST(0, to_ms - GREATEST(from_ms, COALESCE(MAX(to_ms) OVER (
           PARTITION BY workspace_id, cluster_id, hour ORDER BY from_ms, to_ms
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), from_ms))) AS new_ms
  FROM (
    SELECT workspace_id, job_id, cluster_id, hour,
           GREATEST(unix_millis(period_start_time), unix_millis(hour)) AS from_ms,
           LEAST(unix_millis(period_end_time), unix_millis(hour) + 3600000) AS to_ms
    FROM (
      SELECT workspace_id, job_id, compute_ids, period_start_time, period_end_time
      FROM system.lakeflow.job_task_run_timeline
      WHERE period_start_time >= date_sub(:start, 1) AND period_start_time < :end
        AND period_end_time > period_start_time AND period_end_time > :start AND compute_ids IS NOT NULL
    ) slices
    LATERAL VIEW explode(array_distinct(compute_ids)) c AS cluster_id
    LATERAL VIEW explode(sequence(date_trunc('HOUR', period_start_time), date_trunc('HOUR', period_end_time),
                                  INTERVAL 1 HOUR)) h AS hour
  ) clipped
  WHERE to_ms > from_ms AND hour >= :start AND hour < :end
) pieces
GROUP BY workspace_id, cluster_id, hour, job_id
