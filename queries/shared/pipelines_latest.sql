-- note: >
--   The latest version of each pipeline of this region, deleted ones included (delete_time is then set).
--   Of two versions of one moment the deleted one counts.
--   A version may leave out what did not change, a deletion most of all; the name is that of the newest version that has one.
SELECT workspace_id, pipeline_id, pipeline_type, newest_known(name, pipeline_id) AS name,
       folded(created_by) AS created_by, folded(run_as) AS run_as, tags, settings, change_time, delete_time
FROM system.lakeflow.pipelines
QUALIFY is_newest(pipeline_id)
