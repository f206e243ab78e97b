-- note: >
--   The latest version of each job of this region, deleted ones included (delete_time is then set): filter after this,
--   never before, or a deleted job comes back with its last living version.
--   Of two versions of one moment the deleted one counts.
--   A version may leave out what did not change, a deletion most of all; the name is that of the newest version that has one.
SELECT workspace_id, job_id, newest_known(name, job_id) AS name,
       NULLIF(folded(run_as_user_name), '') AS run_as_user_name, NULLIF(folded(run_as), '') AS run_as,
       folded(creator_user_name) AS creator_user_name, creator_id, tags, trigger_type, trigger,
       paused, timeout_seconds, change_time, create_time, delete_time
FROM system.lakeflow.jobs
QUALIFY is_newest(job_id)
