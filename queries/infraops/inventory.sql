-- question: Which clusters and SQL warehouses are there, how is each set up, and whose is it?
-- params: {start: date, workspaces: text, limit: integer}
-- grain: [resource_kind, workspace_id, resource_id]
-- columns:
--   resource_kind: code  Kind
--   workspace_id: text
--   workspace: text  Workspace
--   resource_id: text
--   resource: text  Name
--   owner: text  Owner
--   made_by: code  Source  (UI, API; of a warehouse its type)
--   size: text  Size
--   runtime: text  Runtime
--   access_mode: code  Access mode
--   policy: text  Policy
--   auto_stop_minutes: count  Stops after (min)
--   tags: text  Tags
--   changed: time  Changed
--   deleted: time  Deleted
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 1h
-- uses: [interactive_clusters, warehouses_latest, workspaces]
-- note: >
--   The newest version of each warehouse and of each cluster that people made, by hand or by API; those of jobs and pipelines live for
--   a run. A version, a deletion most of all, may leave out what did not change: the name and the source are then those of the newest version that has one.
--   Those deleted since :start are there with the moment, older ones are not. Auto-stop 0 is never; NULL is not known.
WITH compute AS (
  SELECT 'cluster' AS resource_kind, workspace_id, cluster_id AS resource_id, cluster_name AS resource, owned_by AS owner,
         cluster_source AS made_by,
         concat(COALESCE(CAST(worker_count AS STRING),
                         concat(CAST(min_autoscale_workers AS STRING), ' to ', CAST(max_autoscale_workers AS STRING))),
                COALESCE(concat(' × ', worker_node_type), ' workers')) AS size,
         dbr_version AS runtime, data_security_mode AS access_mode, policy_id AS policy,
         auto_termination_minutes AS auto_stop_minutes, tags, change_time AS changed, delete_time AS deleted
  FROM interactive_clusters
  WHERE cluster_source IN ('UI', 'API') AND in_workspaces(workspace_id)
  UNION ALL
  SELECT 'warehouse' AS resource_kind, workspace_id, warehouse_id AS resource_id, warehouse_name AS resource, created_by AS owner,
         warehouse_type AS made_by,
         concat(replace(replace(replace(replace(warehouse_size, '_', '-'), 'SMALL', 'Small'), 'MEDIUM', 'Medium'), 'LARGE', 'Large'),
                COALESCE(concat(', ', CAST(min_clusters AS STRING), ' to ', CAST(max_clusters AS STRING), ' clusters'), '')) AS size,
         CAST(NULL AS STRING) AS runtime, CAST(NULL AS STRING) AS access_mode, CAST(NULL AS STRING) AS policy,
         auto_stop_minutes, tags, change_time AS changed, delete_time AS deleted
  FROM warehouses_latest
  WHERE in_workspaces(workspace_id)
)
SELECT c.resource_kind, c.workspace_id, known_name(s.workspace_name) AS workspace, c.resource_id, known_name(c.resource) AS resource,
       c.owner, c.made_by, c.size, c.runtime, c.access_mode, c.policy, c.auto_stop_minutes,
       NULLIF(array_join(array_sort(transform(map_entries(c.tags), e -> concat(e.key, '=', COALESCE(e.value, '')))), ', '), '') AS tags,
       c.changed, c.deleted
FROM compute c
LEFT JOIN workspaces s ON s.workspace_id = c.workspace_id
WHERE c.deleted IS NULL OR c.deleted >= :start
ORDER BY c.deleted DESC NULLS FIRST, c.resource_kind, c.workspace_id, c.resource_id
LIMIT :limit
