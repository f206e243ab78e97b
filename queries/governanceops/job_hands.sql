-- question: >
--   Who made or changed jobs that run as somebody else?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id, who]
-- columns:
--   who: text  Who
--   way: code  By
--   name: text  Job
--   runs_as: text  It runs as
--   last_change: time  Last changed by them
--   workspace_id: text
--   job_id: text
-- things: {who: [principal, who], name: [job, workspace_id, job_id], runs_as: [principal, runs_as]}
-- ttl: 1h
-- uses: [jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name, system.lakeflow.jobs.creator_user_name]
-- evidence: [system.access.audit]
-- note: >
--   Jobs that are not deleted and run as another than who made them, or who changed them between :start and :end (create, update and reset that
--   were accepted, by the audit log): whoever did so may edit the job, so have it do anything that whom it runs as may do. CHANGED or MADE; the
--   second says nothing of now, the first that they could then. Who else may edit a job stands in its permissions, which are in no system table.
WITH hands AS (
  SELECT workspace_id, COALESCE(request_params['job_id'], request_params['jobId']) AS job_id, folded(user_identity.email) AS who,
         MAX(event_time) AS last_change
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end AND service_name = 'jobs' AND action_name IN ('create', 'update', 'reset')
    AND response.status_code = 200 AND in_workspaces(workspace_id)
  GROUP BY workspace_id, COALESCE(request_params['job_id'], request_params['jobId']), folded(user_identity.email)
), known AS (
  SELECT workspace_id, job_id, known_name(name) AS name, COALESCE(run_as_user_name, run_as) AS runs_as, creator_user_name AS maker
  FROM jobs_latest
  WHERE delete_time IS NULL AND in_workspaces(workspace_id)
), told AS (
  SELECT k.workspace_id, k.job_id, k.name, k.runs_as, h.who, h.last_change
  FROM known k
  JOIN hands h ON h.workspace_id = k.workspace_id AND h.job_id = k.job_id
  UNION ALL
  SELECT workspace_id, job_id, name, runs_as, maker AS who, CAST(NULL AS TIMESTAMP) AS last_change
  FROM known
)
SELECT who, CASE WHEN MAX(last_change) IS NOT NULL THEN 'CHANGED' ELSE 'MADE' END AS way, name, runs_as, MAX(last_change) AS last_change,
       workspace_id, job_id
FROM told
WHERE who IS NOT NULL AND runs_as IS NOT NULL AND who <> runs_as
GROUP BY who, name, runs_as, workspace_id, job_id
ORDER BY last_change DESC NULLS LAST, who, name, workspace_id, job_id
LIMIT :limit
