-- optional: [system.lakeflow.jobs, system.lakeflow.pipelines, system.compute.warehouses, system.compute.clusters]
-- note: >
--   Every version with a name of each job, pipeline, warehouse and cluster of this region, deleted ones included: what
--   was billed keeps its name. Objects of other regions, and those deleted long ago, are absent. These tables are long
--   (each cluster of a job is in them): join first, then keep the newest version of what is left, by change_time and of
--   one moment the deleted one.
SELECT workspace_id, 'job' AS resource_kind, job_id AS resource_id, name AS resource_name, change_time, delete_time
FROM system.lakeflow.jobs
WHERE name IS NOT NULL
UNION ALL
SELECT workspace_id, 'pipeline' AS resource_kind, pipeline_id AS resource_id, name AS resource_name, change_time,
       delete_time
FROM system.lakeflow.pipelines
WHERE name IS NOT NULL
UNION ALL
SELECT workspace_id, 'warehouse' AS resource_kind, warehouse_id AS resource_id, warehouse_name AS resource_name,
       change_time, delete_time
FROM system.compute.warehouses
WHERE warehouse_name IS NOT NULL
UNION ALL
SELECT workspace_id, 'cluster' AS resource_kind, cluster_id AS resource_id, cluster_name AS resource_name, change_time,
       delete_time
FROM system.compute.clusters
WHERE cluster_name IS NOT NULL
