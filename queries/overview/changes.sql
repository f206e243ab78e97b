-- question: >
--   What changed since yesterday?
-- params: {start: date, end: date, now: time, workspaces: text, limit: integer}
-- grain: [kind, workspace_id, subject_id, at, detail]
-- columns:
--   kind: text  What
--   subject: text  Where
--   subject_id: text  (of a job, warehouse or cluster; of other things their name)
--   workspace_id: text
--   at: time  When
--   detail: text  Detail
--   weight: number
-- ttl: 5m
-- uses: [job_runs, jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name]
-- note: >
--   Within 24 hours before :now: jobs whose newest finished run failed, errored or timed out after one that succeeded
--   (skipped and cancelled runs say nothing; at is when it ended), privileges that changed, new settings of compute,
--   jobs made, changed or deleted. :start and :end bound the runs that are looked at.
WITH states AS (
  SELECT r.workspace_id, r.job_id, known_name(j.name, r.run_name) AS name, r.started, r.ended,
         r.result_state, r.termination_code,
         LAG(r.result_state) OVER (PARTITION BY r.workspace_id, r.job_id ORDER BY r.started, r.run_id) AS before_state,
         ROW_NUMBER() OVER (PARTITION BY r.workspace_id, r.job_id ORDER BY r.started DESC, r.run_id DESC) AS newest
  FROM job_runs r
  LEFT JOIN jobs_latest j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id
  WHERE r.result_state IN ('SUCCEEDED', 'FAILED', 'ERROR', 'TIMED_OUT')
), found AS (
  SELECT 'job began to fail' AS kind, name AS subject, job_id AS subject_id, workspace_id,
         ended AS at,
         COALESCE(termination_code, 'no code') AS detail, 3D AS weight
  FROM states
  WHERE newest = 1 AND result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') AND before_state = 'SUCCEEDED'
  UNION ALL
  SELECT 'privilege changed' AS kind, COALESCE(request_params['securable_full_name'], 'unknown object') AS subject,
         request_params['securable_full_name'] AS subject_id,
         COALESCE(request_params['workspace_id'], workspace_id) AS workspace_id, event_time AS at,
         COALESCE(folded(user_identity.email), 'unknown') AS detail, 2D AS weight
  FROM system.access.audit
  WHERE event_date >= date_sub(to_date(:now), 2) AND service_name = 'unityCatalog' AND action_name = 'updatePermissions'
    AND response.status_code = 200
  QUALIFY ROW_NUMBER() OVER (PARTITION BY COALESCE(event_id, concat_ws(' ', CAST(unix_micros(event_time) AS STRING), folded(user_identity.email),
                                                          request_params['securable_full_name']))
                             ORDER BY event_time) = 1
  UNION ALL
  SELECT CASE WHEN delete_time IS NOT NULL THEN 'warehouse deleted' ELSE 'warehouse changed' END AS kind,
         known_name AS subject, warehouse_id AS subject_id, workspace_id, COALESCE(delete_time, change_time) AS at,
         concat_ws(', ', warehouse_size, concat('auto-stop ', CAST(auto_stop_minutes AS STRING), ' min')) AS detail,
         2D AS weight
  FROM (
    SELECT *, FIRST_VALUE(warehouse_name) IGNORE NULLS OVER (
           PARTITION BY workspace_id, warehouse_id ORDER BY change_time DESC, delete_time DESC NULLS LAST
           ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS known_name
    FROM system.compute.warehouses
  ) versions
  WHERE change_time >= date_sub(to_date(:now), 2) OR delete_time >= date_sub(to_date(:now), 2)
  UNION ALL
  SELECT CASE WHEN delete_time IS NOT NULL THEN 'cluster deleted' ELSE 'cluster changed' END AS kind,
         known_name AS subject, cluster_id AS subject_id, workspace_id, COALESCE(delete_time, change_time) AS at,
         concat_ws(', ', worker_node_type, dbr_version) AS detail, 1D AS weight
  FROM (
    SELECT *, FIRST_VALUE(cluster_name) IGNORE NULLS OVER (
           PARTITION BY workspace_id, cluster_id ORDER BY change_time DESC, delete_time DESC NULLS LAST
           ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS known_name,
           FIRST_VALUE(cluster_source) IGNORE NULLS OVER (
           PARTITION BY workspace_id, cluster_id ORDER BY change_time DESC, delete_time DESC NULLS LAST
           ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS known_source
    FROM system.compute.clusters
    WHERE cluster_source IS NULL OR cluster_source IN ('UI', 'API')
  ) versions
  WHERE known_source IN ('UI', 'API')
    AND (change_time >= date_sub(to_date(:now), 2) OR delete_time >= date_sub(to_date(:now), 2))
  UNION ALL
  SELECT CASE WHEN delete_time IS NOT NULL THEN 'job deleted' ELSE 'job changed' END AS kind, name AS subject,
         job_id AS subject_id, workspace_id, COALESCE(delete_time, change_time) AS at,
         COALESCE(run_as_user_name, run_as, 'unknown') AS detail, 1D AS weight
  FROM jobs_latest
)
SELECT kind, subject, subject_id, workspace_id, at, detail, weight
FROM found
WHERE unix_seconds(at) >= unix_seconds(:now) - 86400 AND unix_seconds(at) <= unix_seconds(:now)
  AND in_workspaces(workspace_id)
ORDER BY weight DESC, at DESC, kind, workspace_id, subject, subject_id, detail
LIMIT :limit
