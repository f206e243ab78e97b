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
--   2025-12; paused NULL is not known, read as not paused only where a schedule is known. since is when the present
--   schedule, zone and pause came into force: a new name or the deletion does not move it, a job made again after its
--   deletion starts anew. Versions from before the columns say nothing of a change.
WITH versions AS (
  SELECT workspace_id, job_id, change_time, delete_time,
         CASE WHEN trigger IS NOT NULL OR to_date(change_time) >= DATE'2025-12-01' THEN
           concat_ws(' ', trigger.schedule.quartz_cron_expression, trigger.schedule.timezone_id,
                     CAST(CASE WHEN trigger.schedule.quartz_cron_expression IS NULL THEN paused
                               ELSE COALESCE(paused, false) END AS STRING)) END AS plan
  FROM system.lakeflow.jobs
  WHERE (:workspaces = '' OR array_contains(split(:workspaces, ','), workspace_id))
), steps AS (
  SELECT workspace_id, job_id, change_time, delete_time, plan,
         ROW_NUMBER() OVER (PARTITION BY workspace_id, job_id ORDER BY change_time) AS place,
         LAG(plan) OVER (PARTITION BY workspace_id, job_id ORDER BY change_time) AS plan_before,
         LAG(delete_time) OVER (PARTITION BY workspace_id, job_id ORDER BY change_time) AS deleted_before
  FROM versions
), starts AS (
  SELECT workspace_id, job_id, MAX(change_time) AS since
  FROM steps
  WHERE place = 1 OR plan <> plan_before OR (deleted_before IS NOT NULL AND delete_time IS NULL)
  GROUP BY workspace_id, job_id
)
SELECT j.workspace_id, j.job_id, j.name, j.trigger.schedule.quartz_cron_expression AS quartz,
       j.trigger.schedule.timezone_id AS zone, j.paused, s.since, j.delete_time AS deleted,
       COALESCE(j.run_as_user_name, j.run_as) AS owner
FROM jobs_latest j
JOIN starts s ON s.workspace_id = j.workspace_id AND s.job_id = j.job_id
ORDER BY j.workspace_id, j.job_id
