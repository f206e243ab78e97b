-- note: >
--   Statements of people that failed between :start and :end (of the chosen workspaces), by person and class: that in front of the
--   message, without its sub-class; NO_CLASS where it has none. asked is how many statements the person ran, last_success when the newest
--   good one began. Stuck is who met it on two days or more and had no success for a day before the newest. Jobs, alerts and services are no people.
WITH mine AS (
  SELECT folded(executed_by) AS person, start_time, execution_status = 'FINISHED' AS good,
         CASE WHEN execution_status = 'FAILED' THEN
           CASE WHEN error_message LIKE '[%]%' THEN split_part(substring(split_part(error_message, ']', 1), 2), '.', 1)
                ELSE 'NO_CLASS' END END AS error_class
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND contains(folded(executed_by), '@')
    AND query_source.job_info.job_id IS NULL AND query_source.alert_id IS NULL AND in_workspaces(workspace_id)
), known AS (
  SELECT person, start_time, error_class, MAX(CASE WHEN good THEN start_time END) OVER (PARTITION BY person) AS last_success,
         COUNT(*) OVER (PARTITION BY person) AS asked
  FROM mine
)
SELECT *, days >= 2 AND (last_success IS NULL OR last_success < newest - INTERVAL 1 DAY) AS is_stuck
FROM (
  SELECT person, error_class, COUNT(*) AS statements, COUNT(DISTINCT to_date(start_time)) AS days, MIN(start_time) AS first_seen,
         MAX(start_time) AS newest, MAX(last_success) AS last_success, MAX(asked) AS asked
  FROM known
  WHERE error_class IS NOT NULL
  GROUP BY person, error_class
) met
