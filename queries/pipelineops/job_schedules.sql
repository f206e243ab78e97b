-- question: >
--   When was each job meant to run, by the schedule then in force?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, job_id, since]
-- columns:
--   workspace_id: text
--   job_id: text
--   name: text
--   quartz: text
--   zone: text
--   paused: flag
--   since: time
--   until: time
--   deleted: time
-- things: {name: job}
-- ttl: 1h
-- optional: [system.lakeflow.jobs.trigger, system.lakeflow.jobs.paused]
-- note: >
--   One row for each schedule, zone and pause that was in force from :start to :end, from since to until (NULL: still in
--   force); jobs deleted before are left out. name is that of the newest version that has one. A new name or the deletion
--   begins no row, even where the latter leaves out what did not change; a job made again after its deletion does. quartz and zone are NULL without a cron schedule. Versions
--   from before the columns (2025-12) say nothing of a change: they are read as the next that is known; where none is,
--   quartz, zone and paused are NULL.
WITH versions AS (
  SELECT workspace_id, job_id, change_time, delete_time, paused, name,
         trigger.schedule.quartz_cron_expression AS quartz, trigger.schedule.timezone_id AS zone,
         CASE WHEN trigger IS NOT NULL OR (to_date(change_time) >= DATE'2025-12-01' AND delete_time IS NULL) THEN
           concat_ws(' ', trigger.schedule.quartz_cron_expression, trigger.schedule.timezone_id,
                     CAST(COALESCE(paused, false) AS STRING)) END AS plan,
         ROW_NUMBER() OVER (PARTITION BY workspace_id, job_id ORDER BY change_time, delete_time NULLS FIRST) AS place
  FROM system.lakeflow.jobs
  WHERE in_workspaces(workspace_id)
    AND only_jobs(workspace_id, job_id)
), known AS (
  SELECT workspace_id, job_id, place, change_time, delete_time, paused, quartz, zone,
         COALESCE(CASE WHEN delete_time IS NOT NULL THEN
                    LAST_VALUE(plan) IGNORE NULLS OVER (PARTITION BY workspace_id, job_id ORDER BY place
                                                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) END,
                  FIRST_VALUE(plan) IGNORE NULLS OVER (PARTITION BY workspace_id, job_id ORDER BY place
                                                       ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS plan,
         LAG(delete_time) OVER (PARTITION BY workspace_id, job_id ORDER BY place) AS deleted_before,
         LAST_VALUE(name) IGNORE NULLS OVER (PARTITION BY workspace_id, job_id ORDER BY place
                                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS name
  FROM versions
), steps AS (
  SELECT *, LAG(plan) OVER (PARTITION BY workspace_id, job_id ORDER BY place) AS plan_before
  FROM known
), numbered AS (
  SELECT *,
         SUM(CASE WHEN plan <> plan_before OR (deleted_before IS NOT NULL AND delete_time IS NULL) THEN 1 ELSE 0 END)
           OVER (PARTITION BY workspace_id, job_id ORDER BY place
                 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS number
  FROM steps
), plans AS (
  SELECT workspace_id, job_id, number, MAX(name) AS name, MAX(quartz) AS quartz, MAX(zone) AS zone,
         max_by(paused, place) FILTER (WHERE paused IS NOT NULL) AS paused, MIN(change_time) AS since, MAX(delete_time) AS deleted
  FROM numbered
  GROUP BY workspace_id, job_id, number
), spans AS (
  SELECT *, LEAST(deleted, LEAD(since) OVER (PARTITION BY workspace_id, job_id ORDER BY number)) AS until
  FROM plans
)
SELECT workspace_id, job_id, name, quartz, zone, paused, since, until, deleted
FROM spans
WHERE (until IS NULL OR until >= :start) AND since < :end
ORDER BY workspace_id, job_id, since
