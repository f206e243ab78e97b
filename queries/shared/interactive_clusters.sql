-- note: >
--   The last version of each cluster of this region made by hand or by API, deleted ones included (delete_time says
--   so). Clusters of jobs and pipelines, most of the table, are left out before the versions are compared; a version
--   that does not say who made the cluster is compared, too, because it may be the deletion; name and source are those
--   of the newest version that has one. Filter cluster_source again where this is read.
SELECT workspace_id, cluster_id, newest_known(cluster_name, cluster_id) AS cluster_name,
       newest_known(cluster_source, cluster_id) AS cluster_source,
       folded(owned_by) AS owned_by, auto_termination_minutes, worker_count,
       min_autoscale_workers, max_autoscale_workers, worker_node_type, dbr_version, data_security_mode, policy_id, tags,
       change_time, delete_time
FROM system.compute.clusters
WHERE cluster_source IS NULL OR cluster_source IN ('UI', 'API')
QUALIFY is_newest(cluster_id)
