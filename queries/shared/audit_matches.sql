-- uses: [audit_events]
-- optional: [system.lakeflow.jobs, system.lakeflow.pipelines, system.compute.warehouses, system.compute.clusters,
--   system.serving.served_entities]
-- note: >
--   Of audit_events those that fit what is asked for, each under the newest name of what it is about. Empty parameters ask
--   for all. :actor is a part of an address or id, :actors ids with commas between, either will do; :thing an id, or a part of a name; :action
--   a part of service and action; :sorts and :outcome are words of audit_events; of :person alone is told where it is not empty.
SELECT e.event, e.at, e.who, e.service, e.action, e.sort, e.sides, e.outcome, e.code, e.address, e.kind, e.workspace_id,
       COALESCE(CASE WHEN e.kind = 'endpoint' THEN n.thing_id END, e.thing_id) AS thing_id, COALESCE(n.name, CASE WHEN e.kind = 'notebook' THEN e.path END, e.thing_id) AS name
FROM audit_events e
LEFT JOIN (
  SELECT resource_kind AS kind, workspace_id, resource_id AS spelt, resource_id AS thing_id,
         MAX(struct(change_time, resource_name)).resource_name AS name
  FROM (
    SELECT 'job' AS resource_kind, workspace_id, job_id AS resource_id, name AS resource_name, change_time
    FROM system.lakeflow.jobs
    WHERE name IS NOT NULL
    UNION ALL
    SELECT 'pipeline' AS resource_kind, workspace_id, pipeline_id AS resource_id, name AS resource_name, change_time
    FROM system.lakeflow.pipelines
    WHERE name IS NOT NULL
    UNION ALL
    SELECT 'warehouse' AS resource_kind, workspace_id, warehouse_id AS resource_id, warehouse_name AS resource_name, change_time
    FROM system.compute.warehouses
    WHERE warehouse_name IS NOT NULL
    UNION ALL
    SELECT 'cluster' AS resource_kind, workspace_id, cluster_id AS resource_id, cluster_name AS resource_name, change_time
    FROM system.compute.clusters
    WHERE cluster_name IS NOT NULL
  ) versions
  GROUP BY resource_kind, workspace_id, resource_id
  UNION ALL
  SELECT 'endpoint' AS kind, workspace_id, endpoint_name AS spelt, MAX(struct(change_time, endpoint_id)).endpoint_id AS thing_id,
         endpoint_name AS name
  FROM system.serving.served_entities
  GROUP BY workspace_id, endpoint_name
) n ON n.kind = e.kind AND n.workspace_id = e.workspace_id AND n.spelt = e.thing_id
WHERE (:actor = '' OR contains(e.who, folded(:actor)) OR array_contains(split(:actors, ','), e.who))
  AND (:thing = '' OR folded(e.thing_id) = folded(:thing) OR contains(folded(CASE
         WHEN e.kind IN ('job', 'pipeline', 'cluster', 'warehouse', 'space', 'dashboard') THEN n.name
         WHEN e.kind = 'notebook' THEN COALESCE(e.path, e.thing_id) ELSE e.thing_id END), folded(:thing)))
