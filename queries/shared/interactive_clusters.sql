-- note: >
--   The last version of each cluster of this region made by hand or by API, deleted ones included (delete_time says
--   so). Clusters of jobs and pipelines, most of the table, are left out before the versions are compared; a version
--   that does not say who made the cluster is compared, too, because it may be the deletion; name and source are those
--   of the newest version that has one. Filter cluster_source again where this is read.
SELECT workspace_id, cluster_id, FIRST_VALUE(cluster_name) IGNORE NULLS OVER (
         PARTITION BY workspace_id, cluster_id ORDER BY change_time DESC, delete_time DESC NULLS LAST
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS cluster_name,
       FIRST_VALUE(cluster_source) IGNORE NULLS OVER (
         PARTITION BY workspace_id, cluster_id ORDER BY change_time DESC, delete_time DESC NULLS LAST
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS cluster_source,
       folded(owned_by) AS owned_by, auto_termination_minutes, worker_count,
       min_autoscale_workers, max_autoscale_workers, dbr_version, tags, change_time, delete_time
FROM system.compute.clusters
WHERE cluster_source IS NULL OR cluster_source IN ('UI', 'API')
QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id, cluster_id ORDER BY change_time DESC, delete_time DESC NULLS LAST) = 1
