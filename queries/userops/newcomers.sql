-- question: Who joined lately, and when did each of them have a first success?
-- params: {start: date, end: date}
-- grain: [person]
-- columns:
--   person: text  Person
--   joined: time  Added
--   started: time  First seen
--   succeeded: time  First success
--   denied: count  Denied
--   failed: count  Failed
--   table_full_name: text  Denied last
--   as_of: time
-- things: {person: [principal, person], table_full_name: [table, table_full_name]}
-- ttl: 1h
-- note: >
--   People whom somebody added to the account between :start and :end and who were not seen before that. Added is not begun: the clock runs
--   from the first thing that they did, a sign-in or a request that was refused. A success is a statement that finished (other than
--   SHOW, DESCRIBE, USE and SET) or a command of a notebook that ran. denied and failed are requests refused and statements that
--   failed before it, or so far, in any workspace: one is added to the account, so this is not limited to some.
--   as_of is the newest record of anybody: who has no success by then still waits. Services are no people.
WITH acts AS (
  SELECT event_time AS at, service_name = 'accounts' AND action_name = 'add' AS is_added,
         CASE WHEN service_name = 'accounts' AND action_name = 'add' THEN folded(request_params['targetUserName'])
              ELSE folded(user_identity.email) END AS person,
         service_name = 'notebook' AND action_name = 'runCommand' AND response.status_code = 200 AS good,
         response.status_code = 403 AS is_denied, false AS bad,
         CASE WHEN response.status_code = 403 THEN COALESCE(request_params['full_name_arg'], request_params['table_full_name']) END
           AS table_full_name
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end AND (service_name <> 'accounts' OR action_name <> 'add' OR response.status_code = 200)
  UNION ALL
  SELECT start_time AS at, false AS is_added, folded(executed_by) AS person,
         execution_status = 'FINISHED' AND COALESCE(statement_type, '') NOT IN ('SHOW', 'DESCRIBE', 'USE', 'SET') AS good,
         false AS is_denied, execution_status = 'FAILED' AS bad, CAST(NULL AS STRING) AS table_full_name
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND query_source.job_info.job_id IS NULL
), known AS (
  SELECT *, MIN(CASE WHEN is_added THEN at END) OVER (PARTITION BY person) AS joined,
         MIN(CASE WHEN NOT is_added THEN at END) OVER (PARTITION BY person) AS started,
         MIN(CASE WHEN good AND NOT is_added THEN at END) OVER (PARTITION BY person) AS succeeded,
         MAX(at) OVER () AS as_of
  FROM acts
)
SELECT person, MIN(joined) AS joined, MIN(started) AS started, MIN(succeeded) AS succeeded,
       SUM(CASE WHEN is_denied AND (succeeded IS NULL OR at < succeeded) THEN 1 ELSE 0 END) AS denied,
       SUM(CASE WHEN bad AND (succeeded IS NULL OR at < succeeded) THEN 1 ELSE 0 END) AS failed,
       max(struct(CASE WHEN table_full_name IS NULL THEN 0 ELSE unix_millis(at) END AS at, table_full_name)).table_full_name AS table_full_name,
       MIN(as_of) AS as_of
FROM known
WHERE contains(person, '@') AND joined IS NOT NULL AND (started IS NULL OR started >= joined)
GROUP BY person
ORDER BY joined DESC, person
