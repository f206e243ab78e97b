-- question: >
--   When is each job meant to run?
-- params: {workspaces: text}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text
--   quartz: text
--   zone: text
--   paused: flag
--   since: time
--   deleted: time
--   owner: text
-- ttl: 1h
-- uses: [jobs_latest]
-- optional: [system.lakeflow.jobs.trigger, system.lakeflow.jobs.paused, system.lakeflow.jobs.run_as_user_name]
-- note: >
--   The latest version of each job. quartz and zone are NULL without a cron schedule and on versions older than
--   2025-12; paused NULL is not known, read as not paused only where a schedule is known. since is when this version
--   began.
SELECT workspace_id, job_id, name, trigger.schedule.quartz_cron_expression AS quartz, trigger.schedule.timezone_id AS zone,
       COALESCE(paused, false) AS paused, change_time AS since, delete_time AS deleted,
       COALESCE(run_as_user_name, run_as) AS owner
FROM jobs_latest
WHERE (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
ORDER BY workspace_id, job_id
