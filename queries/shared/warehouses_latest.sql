-- note: The last version of each SQL warehouse of this region, deleted ones included (delete_time says so).
--   Of two versions of one moment the deleted one counts.
--   A version may leave out what did not change, a deletion most of all; the name is that of the newest version that has one.
SELECT workspace_id, warehouse_id, newest_known(warehouse_name, warehouse_id) AS warehouse_name,
       warehouse_type, warehouse_size, min_clusters, max_clusters,
       auto_stop_minutes, tags, folded(created_by) AS created_by, change_time, delete_time
FROM system.compute.warehouses
QUALIFY is_newest(warehouse_id)
