-- note: >
--   Jobs of this region that ever had a cron schedule.
SELECT DISTINCT workspace_id, job_id
FROM system.lakeflow.jobs
WHERE trigger.schedule.quartz_cron_expression IS NOT NULL
  AND in_workspaces(workspace_id)
