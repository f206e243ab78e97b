-- note: >
--   Jobs of this region that ever had a cron schedule.
SELECT DISTINCT workspace_id, job_id
FROM system.lakeflow.jobs
WHERE trigger.schedule.quartz_cron_expression IS NOT NULL
  AND (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
