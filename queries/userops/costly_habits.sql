-- question: Whose statements spill, or read whole tables for a few rows?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [person]
-- columns:
--   person: text  Person
--   habit: code  Habit
--   affected: count  Statements
--   share: share  Of theirs
--   task_hours: hours  Task time of these
--   read_bytes: bytes  Read
--   spilled_bytes: bytes  Spilled
--   newest: time  Newest
-- things: {person: [principal, person]}
-- ttl: 1h
-- note: >
--   Statements of people that finished and were not answered from the result cache, on SQL warehouses and serverless compute. SPILLS: more
--   than 1 GB went to disk. READS_ALL: more than 10 GB was read, nothing was pruned, and at most 100 rows came out. A person's habit is the
--   one with most statements, where it is at least a fifth of theirs and 5 in number. For the person and for those who help.
WITH mine AS (
  SELECT folded(executed_by) AS person, start_time, COALESCE(total_task_duration_ms, 0) AS task_ms,
         COALESCE(read_bytes, 0) AS read_bytes, COALESCE(spilled_local_bytes, 0) AS spilled,
         COALESCE(spilled_local_bytes, 0) > 1000000000 AS spills,
         COALESCE(read_bytes, 0) > 10000000000 AND COALESCE(pruned_files, 0) = 0 AND COALESCE(produced_rows, 0) <= 100
           AND statement_type = 'SELECT' AS reads_all
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND contains(folded(executed_by), '@') AND execution_status = 'FINISHED'
    AND COALESCE(from_result_cache, false) = false
    AND query_source.job_info.job_id IS NULL AND query_source.alert_id IS NULL AND in_workspaces(workspace_id)
), counted AS (
  SELECT person, COUNT(*) AS statements, SUM(CASE WHEN spills THEN 1 ELSE 0 END) AS spilling,
         SUM(CASE WHEN reads_all THEN 1 ELSE 0 END) AS reading,
         SUM(CASE WHEN spills OR reads_all THEN task_ms ELSE 0 END) AS task_ms,
         SUM(CASE WHEN spills OR reads_all THEN read_bytes ELSE 0 END) AS read_bytes, SUM(spilled) AS spilled_bytes,
         MAX(CASE WHEN spills OR reads_all THEN start_time END) AS newest
  FROM mine
  GROUP BY person
)
SELECT person, CASE WHEN spilling >= reading THEN 'SPILLS' ELSE 'READS_ALL' END AS habit,
       GREATEST(spilling, reading) AS affected, try_divide(CAST(GREATEST(spilling, reading) AS DOUBLE), statements) AS share,
       CAST(task_ms AS DOUBLE) / 3600000D AS task_hours, read_bytes, spilled_bytes, newest
FROM counted
WHERE GREATEST(spilling, reading) >= 5 AND GREATEST(spilling, reading) * 5 >= statements
ORDER BY task_ms DESC, person
LIMIT :limit
