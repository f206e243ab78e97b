-- question: >
--   What changed lately?
-- params: {start: date, end: date, now: time, within: integer, workspaces: text, limit: integer}
-- grain: [kind, workspace_id, thing_id, at, what]
-- columns:
--   at: time  When
--   what: text  What  (before → after)
--   name: text  On
--   who: text  By  (where the audit log or the thing says it)
--   kind: text  (job, pipeline, warehouse, cluster, table, endpoint or another securable)
--   workspace_id: text
--   thing_id: text
-- things: {name: [=kind, workspace_id, thing_id], who: [principal, who]}
-- ttl: 5m
-- uses: [job_runs, jobs_latest, thing_changes]
-- evidence: [system.access.audit, system.lakeflow.job_run_timeline]
-- note: >
--   Within :within days before :now, newest first: what became different (see the shared CTE), and jobs that began to fail: their
--   first run that failed, errored or timed out after one that succeeded, where none has succeeded since (skipped and
--   cancelled runs say nothing; at is when it ended). :start and :end bound the runs that are looked at.
WITH states AS (
  SELECT workspace_id, job_id, run_name, ended, result_state, termination_code,
         LAG(result_state) OVER (PARTITION BY workspace_id, job_id ORDER BY started, run_id) AS before_state,
         COUNT(CASE WHEN result_state = 'SUCCEEDED' THEN 1 END) OVER (
           PARTITION BY workspace_id, job_id ORDER BY started DESC, run_id DESC
           ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS succeeded_since
  FROM job_runs
  WHERE result_state IN ('SUCCEEDED', 'FAILED', 'ERROR', 'TIMED_OUT')
), found AS (
  SELECT 'job' AS kind, s.workspace_id, s.job_id AS thing_id, known_name(n.name, s.run_name) AS name, s.ended AS at,
         concat('runs succeeded → failed (', COALESCE(s.termination_code, 'no code'), ')') AS what,
         CAST(NULL AS STRING) AS who
  FROM states s
  LEFT JOIN jobs_latest n ON n.workspace_id = s.workspace_id AND n.job_id = s.job_id
  WHERE s.result_state <> 'SUCCEEDED' AND s.before_state = 'SUCCEEDED' AND s.succeeded_since = 0
  UNION ALL
  SELECT kind, workspace_id, thing_id, known_name(name) AS name, at, what, who
  FROM thing_changes
)
SELECT at, what, name, who, kind, workspace_id, thing_id
FROM found
WHERE unix_seconds(at) >= unix_seconds(:now) - 86400 * :within AND unix_seconds(at) <= unix_seconds(:now)
  AND in_workspaces(workspace_id)
ORDER BY at DESC, kind, workspace_id, name, thing_id, what
LIMIT :limit
