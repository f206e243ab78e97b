-- note: The last version of each classic cluster of this region, deleted ones included (delete_time says so).
--   Of two versions of one moment the deleted one counts.
--   A version may leave out what did not change, a deletion most of all; name and source are those of the newest version that has one.
SELECT workspace_id, cluster_id, newest_known(cluster_name, cluster_id) AS cluster_name,
       newest_known(cluster_source, cluster_id) AS cluster_source,
       folded(owned_by) AS owned_by, auto_termination_minutes, worker_count,
       min_autoscale_workers, max_autoscale_workers, driver_node_type, worker_node_type, dbr_version, policy_id, tags,
       change_time, delete_time
FROM system.compute.clusters
QUALIFY is_newest(cluster_id)
