-- note: >
--   How long each job run that began in the window worked: ms sums the slices of every attempt, without the time between
--   a failure and its repair. Read to three days after :end, as job_runs is.
SELECT workspace_id, job_id, run_id, SUM(unix_millis(period_end_time) - unix_millis(period_start_time)) AS ms
FROM system.lakeflow.job_run_timeline
WHERE period_start_time >= :start AND period_start_time < date_add(:end, 3)
  AND (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
GROUP BY workspace_id, job_id, run_id
