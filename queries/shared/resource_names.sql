-- uses: [jobs_latest, pipelines_latest, warehouses_latest, clusters_latest]
-- optional: [system.lakeflow.jobs, system.lakeflow.pipelines, system.compute.warehouses, system.compute.clusters]
-- note: >
--   The last known name of each job, pipeline, warehouse and cluster of this region, deleted ones included: what was
--   billed keeps its name. Objects of other regions, and those deleted long ago, are absent.
SELECT workspace_id, 'job' AS resource_kind, job_id AS resource_id, name AS resource_name FROM jobs_latest
UNION ALL
SELECT workspace_id, 'pipeline' AS resource_kind, pipeline_id AS resource_id, name AS resource_name
FROM pipelines_latest
UNION ALL
SELECT workspace_id, 'warehouse' AS resource_kind, warehouse_id AS resource_id, warehouse_name AS resource_name
FROM warehouses_latest
UNION ALL
SELECT workspace_id, 'cluster' AS resource_kind, cluster_id AS resource_id, cluster_name AS resource_name
FROM clusters_latest
