-- question: What belongs to this person or service, or runs as them?
-- params: {workspaces: text, id: text, limit: integer}
-- grain: [resource_kind, workspace_id, resource_id]
-- columns:
--   resource_kind: code  Kind
--   workspace_id: text
--   workspace: text  Workspace
--   resource_id: text
--   resource: text  Name
--   changed: time  Last changed
-- things: {resource: [=resource_kind, workspace_id, resource_id], workspace: workspace}
-- ttl: 1h
-- uses: [jobs_latest, pipelines_latest, warehouses_latest, clusters_latest, workspaces]
-- note: >
--   Jobs and pipelines that run as them, warehouses and clusters that are theirs, in this region; what is deleted, and the
--   clusters that jobs and pipelines make for themselves, belong to nobody any more.
WITH owned AS (
  SELECT 'job' AS resource_kind, workspace_id, job_id AS resource_id, name AS resource, change_time AS changed
  FROM jobs_latest
  WHERE delete_time IS NULL AND folded(:id) = COALESCE(run_as_user_name, run_as)
  UNION ALL
  SELECT 'pipeline' AS resource_kind, workspace_id, pipeline_id AS resource_id, name AS resource, change_time AS changed
  FROM pipelines_latest
  WHERE delete_time IS NULL AND folded(:id) = COALESCE(NULLIF(run_as, ''), created_by)
  UNION ALL
  SELECT 'warehouse' AS resource_kind, workspace_id, warehouse_id AS resource_id, warehouse_name AS resource,
         change_time AS changed
  FROM warehouses_latest
  WHERE delete_time IS NULL AND created_by = folded(:id)
  UNION ALL
  SELECT 'cluster' AS resource_kind, workspace_id, cluster_id AS resource_id, cluster_name AS resource,
         change_time AS changed
  FROM clusters_latest
  WHERE delete_time IS NULL AND owned_by = folded(:id) AND cluster_source IN ('UI', 'API')
)
SELECT o.resource_kind, o.workspace_id, known_name(w.workspace_name) AS workspace, o.resource_id,
       COALESCE(o.resource, o.resource_id) AS resource, o.changed
FROM owned o
LEFT JOIN workspaces w ON w.workspace_id = o.workspace_id
WHERE in_workspaces(o.workspace_id)
ORDER BY o.resource_kind, resource, o.workspace_id, o.resource_id
LIMIT :limit
