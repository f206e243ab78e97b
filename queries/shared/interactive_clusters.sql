-- note: >
--   The last version of each cluster of this region made by hand or by API, deleted ones included (delete_time says
--   so). Clusters of jobs and pipelines, most of the table, are left out before the versions are compared; a version
--   that does not say who made the cluster is compared, too, because it may be the deletion. Filter cluster_source
--   again where this is read.
SELECT workspace_id, cluster_id, cluster_name, cluster_source, folded(owned_by) AS owned_by, auto_termination_minutes, delete_time
FROM system.compute.clusters
WHERE cluster_source IS NULL OR cluster_source IN ('UI', 'API')
QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id, cluster_id ORDER BY change_time DESC, delete_time DESC NULLS LAST) = 1
